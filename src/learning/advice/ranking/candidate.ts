/** What could be labelled next. */
import type { KeptCell } from '../../../activity/kept-cells.ts';

/** A frame without a label. */
export interface Candidate {
  readonly id: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  readonly cells: readonly KeptCell[];
  /** [cells, width]; null where none are kept. Called for the frames of the shortlist alone. */
  readonly embeddings: () => Float32Array | null;
  /** Cosine distance of its most unusual cell to what was known when it was kept, 0..2; null where nothing was. */
  readonly novelty: number | null;
  /** False: its scores are of the present head. Else they may be of an older one. */
  readonly stale?: boolean;
}
