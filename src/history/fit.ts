/** An hour has sixty minutes, however often the wall clock shows it. */
import { HOUR_MS, isTime, type Row } from './accumulate.ts';

/**
 * Cuts what is to be added to one hour of one scope down to what has room in it: a clock that was put back passes the
 * same hour again.
 *
 * @param rows all of the same hour and scope
 * @param takenMs `watched` and `unknown` that are there already
 */
export function fitted(
  rows: readonly Row[],
  takenMs: number,
): { readonly rows: readonly Row[]; readonly cutMs: number } {
  const addedMs = rows.reduce((sum, { kind, ms }) => (isTime(kind) ? sum + ms : sum), 0);
  const roomMs = Math.max(0, HOUR_MS - takenMs);
  if (addedMs <= roomMs) return { rows, cutMs: 0 };
  const share = roomMs / addedMs;
  return {
    rows: rows.map(row => ({ ...row, ms: Math.floor(row.ms * share) })).filter(({ ms }) => ms > 0),
    cutMs: addedMs - roomMs,
  };
}
