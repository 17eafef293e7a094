/** Keeps how finely the beach is read, frame after frame. */
import type { ReadFrame } from '../activity/beach-reader.ts';
import type { SeenDetail } from '../messaging/describe.ts';

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
