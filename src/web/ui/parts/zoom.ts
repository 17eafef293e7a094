/** Which part of a picture is shown: plain arithmetic. */
import type { Point } from '../../../base/geometry.ts';

export interface Zoom {
  /** 1 shows the whole. */
  readonly scale: number;
  /** Upper left corner of what is shown, in shares of the picture. */
  readonly x: number;
  readonly y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
/** A rider of 8 pixels is then as high as a thumb. */
const MOST = 16;

/** Enlarged by a factor; the place under `at`, in shares of what is shown, stays where it is. */
export function zoomed({ scale, x, y }: Zoom, factor: number, at: Point): Zoom {
  const next = Math.min(MOST, Math.max(1, scale * factor));
  return held({ scale: next, x: x + at.x / scale - at.x / next, y: y + at.y / scale - at.y / next });
}

/** @param by in shares of what is shown */
export function moved({ scale, x, y }: Zoom, by: Point): Zoom {
  return held({ scale, x: x - by.x / scale, y: y - by.y / scale });
}

/** What is shown never reaches beyond the picture. */
function held({ scale, x, y }: Zoom): Zoom {
  const most = 1 - 1 / scale;
  return { scale, x: Math.min(most, Math.max(0, x)), y: Math.min(most, Math.max(0, y)) };
}
