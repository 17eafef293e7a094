/** What can be set about learning on the board. */
export interface LearningOptions {
  /** What is kept of frames that are worth a label. */
  readonly keep: 'nothing' | 'embeddings' | 'pictures';
  /** Kept pictures show only blocks outside of the zones. */
  readonly pixelate: boolean;
  readonly maxFrames: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Bytes that stay free on the disk. */
  readonly minFree: number;
  /** A frame is kept this often whatever it shows; 0 keeps none for that reason. */
  readonly sampleEveryMs: number;
  /** Activities that may be labelled though no head knows them yet. */
  readonly newActivities: readonly string[];
  /** Labelled frames of a new activity before a head gets an output for it. */
  readonly newActivityFrames: number;
  /** Folder with `<labels>/*.jpg` that is watched; absent watches none. */
  readonly labelledDir?: string;
  /** Largest picture that may be sent to be labelled, in bytes. */
  readonly maxImageBytes: number;
  readonly epochs: number;
  readonly macroF1Tolerance: number;
  readonly recallTolerance: number;
  /** Heads made on the board that are kept. */
  readonly keepHeads: number;
  /** How long a new head is on probation, and rolled back if it misbehaves; 0 does not watch. */
  readonly probationMs: number;
}

export const LEARNING_DEFAULTS: LearningOptions = {
  keep: 'pictures',
  pixelate: false,
  maxFrames: 5_000,
  maxBytes: 1_000_000_000,
  maxAgeMs: 90 * 86_400_000,
  minFree: 500_000_000,
  sampleEveryMs: 30 * 60_000,
  newActivities: [],
  newActivityFrames: 8,
  maxImageBytes: 10_000_000,
  epochs: 12,
  macroF1Tolerance: 0.02,
  recallTolerance: 0.1,
  keepHeads: 5,
  probationMs: 30 * 60_000,
};
