/** What can be set about the picture on the topic `snapshot`, as plain data. */

export interface SnapshotOptions {
  /** Publish pictures. Whoever may read the topic sees the beach. */
  readonly publish: boolean;
  /** Only those that change the activity. */
  readonly onlyChanges: boolean;
  /** Wider pictures are scaled down to this width in pixels; 0 leaves them. */
  readonly width: number;
  /** Between two pictures, in ms. */
  readonly minIntervalMs: number;
}
