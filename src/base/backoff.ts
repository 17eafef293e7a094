/** How long to wait after a failure. */

export interface BackoffBounds {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Doubles with each failure in a row, half of it left to chance, so that many boards do not try again at the same moment.
 *
 * @param failures how many in a row, 1 or more
 * @returns milliseconds from `minMs` to `maxMs`
 */
export function backoffMs(failures: number, { minMs, maxMs }: BackoffBounds, random = Math.random): number {
  const most = Math.min(maxMs, minMs * 2 ** Math.min(failures, 30));
  return Math.max(minMs, most * (0.5 + 0.5 * random()));
}
