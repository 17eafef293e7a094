/** What `surfwatch history` is asked for: which time, which scope. */

import { SurfwatchError } from '../../errors.ts';
import { addDays, localDate, startOfDate } from '../../schedule/time-zone.ts';

export interface Period {
  /** The first day and the last, `2026-06-01`. */
  readonly from: string;
  readonly to: string;
  readonly fromMs: number;
  /** The midnight after the last day. */
  readonly toMs: number;
}

/** The last `days` with today, or those from `from` to `to`; a missing end is today, a missing beginning the same day. */
export function periodOf(
  asked: { readonly days: number; readonly from?: string; readonly to?: string },
  nowMs: number,
  timeZone: string,
): Period {
  const today = localDate(nowMs, timeZone);
  const to = asked.to ?? today;
  const from = asked.from ?? addDays(to, 1 - asked.days);
  if (from > to) throw new SurfwatchError('history-period', `${from} is after ${to}`);
  return { from, to, fromMs: startOfDate(from, timeZone), toMs: startOfDate(addDays(to, 1), timeZone) };
}
