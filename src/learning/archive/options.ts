/** How much the archive may hold, and when a frame adds nothing to it. */
export interface ArchiveOptions {
  readonly maxFrames: number;
  /** The most that pictures and embeddings may take. */
  readonly maxBytes: number;
  /** Frames that nobody labelled go after that time. */
  readonly maxAgeMs: number;
  /** What is left to others on the disk: unlabelled frames go, and no new ones are kept, to leave as much. */
  readonly minFreeBytes: number;
  /** Cosine distance, 0..2, up to which each cell of a frame must lie of one kept lately to be as good as that one. */
  readonly duplicateDistance: number;
  /** How many of the frames kept last a new one is compared with. */
  readonly compared: number;
}

/** When a frame adds nothing; measured by `scripts/bench-learning.ts`. */
export const ARCHIVE_LIKENESS = {
  duplicateDistance: 0.02,
  compared: 200,
} as const satisfies Partial<ArchiveOptions>;
