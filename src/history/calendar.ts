/** Keys of the calendar, by which hours are grouped. An hour belongs to the day on which it begins. */
import { DAYS } from '../schedule/options.ts';
import { localDate, localHour, localWeekday } from '../schedule/time-zone.ts';
import { HOUR_MS } from './accumulate.ts';
import type { By } from './totals.ts';

/** `2026-06-01 09:00`, `2026-06-01`, `mon` or `2026-06` of an hour since the epoch. */
export function keyOf(hour: number, by: By, timeZone: string): string {
  const atMs = hour * HOUR_MS;
  if (by === 'weekday') return DAYS[localWeekday(atMs, timeZone)] ?? '';
  const date = localDate(atMs, timeZone);
  if (by === 'day') return date;
  if (by === 'month') return date.slice(0, 7);
  return `${date} ${String(localHour(atMs, timeZone)).padStart(2, '0')}:00`;
}

/** Keys in the order of the calendar; weekdays begin with Monday. */
export function compareKeys(one: string, other: string, by: By): number {
  if (by === 'weekday') return DAYS.indexOf(one as 'mon') - DAYS.indexOf(other as 'mon');
  return one < other ? -1 : one > other ? 1 : 0;
}
