/** A crop in the making: pixels, and what is known of each place in it. */
import type { Area, Mark, Material } from '../data/material.ts';

/** In pixels of the crop. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface PlacedMark extends Omit<Mark, 'box'> {
  readonly box: PixelBox;
}

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], changed in place. */
  readonly rgb: Uint8Array;
  readonly marks: readonly PlacedMark[];
  /** Places of which nothing is known but what is marked there. */
  readonly unknown: readonly PixelBox[];
  /** Corners in pixels of the crop. */
  readonly areas: readonly Area[];
  readonly complete: Material['complete'];
  /** Where it was cut from; null where something was pasted in. */
  readonly window: CropWindow | null;
}

/** A part of a picture at a scale. */
export interface CropWindow {
  /** Index of the picture. */
  readonly picture: number;
  /** Middle, in pixels of the picture. */
  readonly x: number;
  readonly y: number;
  /** Pixels of the crop to one of the picture. */
  readonly scale: number;
}

/** How tall a rider counts as: one who lies is wider than tall. Any unit. */
export function extentOf(width: number, height: number): number {
  return Math.max(height, width / 2);
}

/** Share of the smaller of two boxes that lies in the other, 0..1. */
export function overlapOf(a: PixelBox, b: PixelBox): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: PixelBox) => (box.right - box.left) * (box.bottom - box.top);
  return (width * height) / Math.max(1e-6, Math.min(area(a), area(b)));
}

/** What is left of a box within another; null where nothing is. */
export function cutTo(box: PixelBox, limit: PixelBox): PixelBox | null {
  const cut = {
    left: Math.max(box.left, limit.left),
    top: Math.max(box.top, limit.top),
    right: Math.min(box.right, limit.right),
    bottom: Math.min(box.bottom, limit.bottom),
  };
  return cut.right > cut.left && cut.bottom > cut.top ? cut : null;
}
