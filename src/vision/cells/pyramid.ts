/** The sizes at which a frame is read: a rider of any height is then seen at one of them as the network likes it. */
import { GRAIN } from './engine.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Height in pixels, as a level shows it, of the smallest rider that is seen well, and of the largest. */
export const SEEN_PX = { least: 12, most: 48 } as const;

/** A level this low, in pixels, shows riders of more than a third of its height. */
const LOWEST = 3 * SEEN_PX.most;

/**
 * From the finest level down by halves, until riders of a third of the frame's height are seen.
 *
 * @param frame in pixels
 * @param scale pixels of the finest level to one of the frame
 * @returns finest first; width and height are multiples of 32, which changes their ratio by 2 % or so
 */
export function pyramidOf(frame: Size, scale: number): Size[] {
  const levels: Size[] = [];
  for (let share = scale; ; share /= 2) {
    levels.push({ width: grained(frame.width * share), height: grained(frame.height * share) });
    if (frame.height * share <= LOWEST) return levels;
  }
}

/** Height in pixels of the frame of the smallest rider that is seen well. */
export function smallestSeen(scale: number): number {
  return SEEN_PX.least / scale;
}

/** Pixels of all levels together. */
export function pixelsOf(levels: readonly Size[]): number {
  return levels.reduce((sum, { width, height }) => sum + width * height, 0);
}

/** Share of a side that a level may lose beside the frame: libvips shrinks in a tenth of the time that it stretches in. */
const MOST_LOST = 0.03;

function grained(pixels: number): number {
  const below = Math.floor(pixels / GRAIN) * GRAIN;
  if (pixels - below <= MOST_LOST * pixels) return below;
  return Math.max(GRAIN, Math.round(pixels / GRAIN) * GRAIN);
}
