/** How long to wait after a failure. */

export interface BackoffOptions {
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
}

/**
 * Doubles with each failure in a row, half of it left to chance so that many boards don't try again at the same moment.
 *
 * @param failures how many in a row, 1 or more.
 * @returns milliseconds from `retryMinMs` to `retryMaxMs`.
 */
export function backoffMs(failures: number, options: BackoffOptions, random = Math.random): number {
  const most = Math.min(options.retryMaxMs, options.retryMinMs * 2 ** Math.min(failures, 30));
  return Math.max(options.retryMinMs, most * (0.5 + 0.5 * random()));
}
