/** The score of whoever was at a place, frame by frame. */
import type { SeenFrame, SeenRider } from '../../seen.ts';

export interface PlaceScore {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** 0..1; null where no rider of this activity was found there. */
  readonly score: number | null;
}

/** A rider drifts between frames: so far as a share of the frame, or so many of their heights. */
const NEAR = { share: 0.02, sizes: 1.5 };

/** In each frame the score of the nearest rider of the same activity, if any is near. */
export function placeScores(
  frames: readonly SeenFrame[],
  { activity, x, y, size }: SeenRider,
): readonly PlaceScore[] {
  const reach = Math.max(NEAR.share, NEAR.sizes * size);
  return frames.map(({ takenAt, riders }) => {
    const near = riders
      .filter(one => one.activity === activity)
      .map(one => ({ score: one.score, distance: Math.hypot(one.x - x, one.y - y) }))
      .filter(({ distance }) => distance <= reach)
      .sort((a, b) => a.distance - b.distance);
    return { atMs: Date.parse(takenAt), score: near[0]?.score ?? null };
  });
}
