/** How scores become a reported activity. Durations in milliseconds of monotonic time. */
export interface ActivityOptions {
  /** Half-life of the exponential smoothing, 0 (none) and up: after this long a new level counts for half. */
  readonly halfLifeMs: number;
  /** A changed condition is reported after it held this long, and for three samples at least. */
  readonly dwellMs: number;
  /** The state is published again at least this often. */
  readonly heartbeatMs: number;
  /** Without a picture for this long the activity is `unknown`. At least twice the slowest capture interval. */
  readonly staleAfterMs: number;
  /** A session outlives an `unknown` of this length, and ends when it was last seen if it lasts longer. */
  readonly sessionGapMs: number;
  /**
   * Enter threshold per activity, a calibrated probability 0..1, from the head or the config; 0.5 where one is missing.
   * Smoothed scores stay within 0.018..0.982, so a threshold above that switches an activity off.
   */
  readonly thresholds: Readonly<Record<string, number>>;
}
