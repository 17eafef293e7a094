/** How finely the beach is read at present, and how long ago each part of it was. */
import type { ReadFrame } from '../activity/beach-reader.ts';

export interface SeenDetail {
  /** Pixels of the finest level to one of the frame. */
  readonly scale: number;
  /** Height in pixels of the frame of the smallest rider that is seen well. */
  readonly smallestPx: number;
  /** What reading the newest frame took, decoding and all, in milliseconds. */
  readonly tookMs: number;
  /** Parts of the frame, in shares of its height, and when each was last read as finely; monotonic milliseconds. */
  readonly bands: readonly { readonly from: number; readonly to: number; readonly readMs: number }[];
}

/** Takes a frame in that was read just now. */
export function seeDetail(
  before: SeenDetail | null,
  { detail, tookMs }: ReadFrame,
  nowMs: number,
): SeenDetail {
  const { scale, smallestPx, span, turns } = detail;
  const others =
    before?.scale === scale && turns > 1 ? before.bands.filter(band => band.from !== span.from) : [];
  const bands = [...others, { ...span, readMs: nowMs }].sort((a, b) => a.from - b.from);
  return { scale, smallestPx, tookMs: tookMs.decode + tookMs.embed + tookMs.score, bands };
}

/** Whether what can be seen differs, which is worth telling. */
export function sameDetail(before: SeenDetail | null, after: SeenDetail): boolean {
  return before?.scale === after.scale;
}
