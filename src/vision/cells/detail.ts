/** How finely frames are read: as finely as riders need and the board has time for. */
import { pixelsOf, pyramidOf, type Size } from './pyramid.ts';

export interface DetailOptions {
  /** Pixels of the finest level to one of the frame; `auto` chooses. */
  readonly detail: 'auto' | number;
  /** Of the interval between two frames the share that reading one may take, 0..1. */
  readonly share: number;
}

export const LEAST_SCALE = 0.1;
export const MOST_SCALE = 4;

/** Width in pixels of a frame as `auto` would have it read: enlarged beyond that no more riders are found. */
const FULL_WIDTH = 2560;
/** An enlarged picture has no more in it: beyond this nothing is gained by it. */
const MOST_ENLARGED = 2;
/** Finer than that nothing is read in one piece: memory. */
const MOST_PIXELS = 6_000_000;
/** From one choice to the next: half as many pixels. */
const STEP = Math.SQRT1_2;

/** The scale at which nothing is left to be seen in a frame of this size. */
export function fullScale({ width, height }: Size): number {
  const scale = Math.min(MOST_ENLARGED, FULL_WIDTH / width);
  return Math.min(scale, Math.sqrt(MOST_PIXELS / (width * height)));
}

/**
 * The finest scale of those from {@link fullScale} down, each with half of the pixels of the one before, that is read in
 * the time there is.
 *
 * @param msPerPixel that reading takes on this board; null where it is not known yet, when the finest is taken
 * @param budgetMs time for one frame
 */
export function affordableScale(frame: Size, msPerPixel: number | null, budgetMs: number): number {
  const full = fullScale(frame);
  if (msPerPixel === null) return full;
  let scale = full;
  while (pixelsOf(pyramidOf(frame, scale)) * msPerPixel > budgetMs && scale * STEP >= LEAST_SCALE) scale *= STEP;
  return scale;
}
