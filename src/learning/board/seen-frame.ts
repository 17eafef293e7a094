/** A frame the daemon has looked at, as learning needs it. */
import type { ReadFrame } from '../../activity/beach-reader.ts';
import type { Scores } from '../../activity/scores.ts';
import type { Visibility } from '../../activity/visibility.ts';
import type { Frame } from '../../capture/source.ts';
import type { KeptBecause, NewFrame } from '../archive/types.ts';

export interface SeenFrame {
  readonly frame: Frame;
  readonly monotonicMs: number;
  /** Of the whole picture, by the gates. */
  readonly visibility: Visibility;
  readonly read: ReadFrame;
  /** What is reported of the beach with this frame: activity, `none` or `unknown`. */
  readonly activity: string;
  /** Of each activity the score from which it counts as present, 0..1. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** Scores of each zone by this frame alone. */
export function zoneScoresOf({ scored }: SeenFrame): Scores[] {
  return Object.values(scored.zones).map(({ scores }) => scores);
}

/** Of each activity the score of the strongest zone. */
export function frameScoresOf(seen: SeenFrame): Scores {
  const strongest: Record<string, number> = {};
  for (const scores of zoneScoresOf(seen)) {
    for (const [activity, score] of Object.entries(scores))
      strongest[activity] = Math.max(strongest[activity] ?? 0, score);
  }
  return strongest;
}

/** As the archive takes it, with the camera's own bytes as its picture. */
export function newFrameOf(
  { frame, visibility, scored }: SeenFrame,
  because: KeptBecause,
  backbone: string,
  novelty: number | null,
): NewFrame {
  return {
    id: frame.id,
    takenAt: frame.takenAt,
    because,
    visibility,
    head: scored.head,
    backbone,
    novelty,
    tiles: scored.tiles,
    picture: frame.bytes,
    embeddings: scored.embeddings,
  };
}
