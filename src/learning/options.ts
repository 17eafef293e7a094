/** What can be set about learning on the board. */
export interface LearningOptions {
  /** What is kept of frames that are worth a label. */
  readonly keep: 'nothing' | 'embeddings' | 'pictures';
  /** Kept pictures show only blocks outside of the zones. */
  readonly pixelate: boolean;
  readonly maxFrames: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** A frame is kept this often whatever it shows; 0 keeps none for that reason. */
  readonly sampleEveryMs: number;
  /** Activities that may be labelled though no head knows them yet. */
  readonly newActivities: readonly string[];
  /** Folder with `<labels>/*.jpg` that is watched; absent watches none. */
  readonly labelledDir?: string;
  /** How long a new head is on probation, and rolled back if it misbehaves; 0 does not watch. */
  readonly probationMs: number;
}
