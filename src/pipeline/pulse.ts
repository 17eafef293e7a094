/** The pipeline at one moment, as the watchdog looks at it. */

/** The pipeline at one moment. */
export interface Pulse {
  /** Pictures judged or found unreadable, and failed attempts at one, since the start: grows while the pipeline lives. */
  readonly steps: number;
  /** Since when a frame is at work, by the monotonic clock; null where none is. */
  readonly frameSinceMs: number | null;
  /** Nothing is due: the source has ended, or the schedule has the camera rest. */
  readonly resting: boolean;
}
