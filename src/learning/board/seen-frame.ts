/** A frame the daemon has looked at, as learning needs it. */
import type { ReadFrame } from '../../activity/beach-reader.ts';
import type { Visibility } from '../../activity/visibility.ts';
import type { Frame } from '../../capture/source.ts';
import type { KeptBecause, NewFrame } from '../archive/types.ts';

export interface SeenFrame {
  readonly frame: Frame;
  readonly monotonicMs: number;
  /** Visibility of the whole picture, by the gates. */
  readonly visibility: Visibility;
  readonly read: ReadFrame;
  /** What is reported of the beach with this frame: activity, `none` or `unknown`. */
  readonly activity: string;
  /** The score of each activity from which it counts as present, 0..1. */
  readonly thresholds: Readonly<Record<string, number>>;
}

/** As the archive takes it, with the camera's own bytes as its picture. */
export function newFrameOf(
  { frame, visibility, read }: SeenFrame,
  because: KeptBecause,
  backbone: string,
  novelty: number | null,
): NewFrame {
  return {
    id: frame.id,
    takenAt: frame.takenAt,
    because,
    visibility,
    head: read.head,
    backbone,
    novelty,
    cells: read.cells,
    picture: frame.bytes,
    embeddings: read.embeddings,
  };
}
