/**
 * The pause before a new attempt: doubled at each failure between the two bounds, then shortened by up to half at
 * random, so that many boards do not come back to a broker at the same moment.
 *
 * @param failures attempts that failed in a row, 1 or more.
 * @param random 0..1.
 */
export function backoffMs(
  failures: number,
  bounds: { readonly reconnectMinMs: number; readonly reconnectMaxMs: number },
  random: number,
): number {
  const doubled = bounds.reconnectMinMs * 2 ** Math.min(Math.max(0, failures - 1), 30);
  return Math.min(doubled, bounds.reconnectMaxMs) * (1 - random / 2);
}
