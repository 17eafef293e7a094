/** What can be set about the picture on the topic `snapshot`, as plain data. */

export interface SnapshotOptions {
  /** Publish pictures. Default false: whoever may read the topic sees the beach. */
  readonly publish: boolean;
  /** Only those that change the activity. Default false. */
  readonly onlyChanges: boolean;
  /** Wider pictures are scaled down to this width in pixels; 0 leaves them. Default 640. */
  readonly width: number;
  /** JPEG quality, 1..100. Default 75. */
  readonly quality: number;
  /** Between two pictures, in ms. Default 10,000. */
  readonly minIntervalMs: number;
}

export const SNAPSHOT_DEFAULTS: SnapshotOptions = {
  publish: false,
  onlyChanges: false,
  width: 640,
  quality: 75,
  minIntervalMs: 10_000,
};
