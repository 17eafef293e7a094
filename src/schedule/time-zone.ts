/** Clocks of time zones. Temporal knows what becomes of a time that the clock skips or shows twice. */
import { Temporal } from 'temporal-polyfill';

/** A day of the calendar with the time between its midnights, which may be 23 or 25 hours. */
export interface LocalDay {
  /** `2026-06-01` */
  readonly date: string;
  /** 0 is Monday. */
  readonly weekday: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The name of the system's time zone, `UTC` where it has none. */
export function systemTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
}

/**
 * When a clock shows a time of a day, in milliseconds since the epoch (UTC). A time that is skipped is when the clock is
 * put forward; of one that is shown twice it is the `first` or the `last`.
 *
 * @param minutes after midnight, 0 to 1440
 */
export function atLocalTime(
  date: string,
  minutes: number,
  timeZone: string,
  which: 'first' | 'last',
): number {
  const day = Temporal.PlainDate.from(date).add({ days: Math.floor(minutes / 1440) });
  const time = Temporal.PlainTime.from({ hour: Math.floor(minutes / 60) % 24, minute: minutes % 60 });
  const wanted = day.toPlainDateTime(time);
  const disambiguation = which === 'first' ? 'earlier' : 'later';
  const found = wanted.toZonedDateTime(timeZone, { disambiguation });
  if (found.toPlainDateTime().equals(wanted)) return found.epochMilliseconds;
  const before = wanted.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  return before.getTimeZoneTransition('next')?.epochMilliseconds ?? found.epochMilliseconds;
}

/** The days from the one with `fromMs` in it to the one with `toMs`. */
export function localDays(fromMs: number, toMs: number, timeZone: string): LocalDay[] {
  const days: LocalDay[] = [];
  let date = zoned(fromMs, timeZone).toPlainDate();
  let start = startOf(date, timeZone);
  for (;;) {
    const next = date.add({ days: 1 });
    const end = startOf(next, timeZone);
    days.push({ date: date.toString(), weekday: date.dayOfWeek - 1, fromMs: start, toMs: end });
    if (end > toMs) return days;
    [date, start] = [next, end];
  }
}

/** The midnight with which a day begins; a day that begins without one begins when the clock is put forward. */
export function startOfDate(date: string, timeZone: string): number {
  return startOf(Temporal.PlainDate.from(date), timeZone);
}

/** The day that is so many days after another, `2026-06-01`. */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** `2026-06-01` */
export function localDate(atMs: number, timeZone: string): string {
  return zoned(atMs, timeZone).toPlainDate().toString();
}

/** `04:58`, to the nearest minute. */
export function localTime(atMs: number, timeZone: string): string {
  const time = zoned(atMs, timeZone).toPlainTime();
  return time.round('minute').toString({ smallestUnit: 'minute' });
}

/** The hour that the clock shows, 0 to 23. */
export function localHour(atMs: number, timeZone: string): number {
  return zoned(atMs, timeZone).hour;
}

/** 0 is Monday. */
export function localWeekday(atMs: number, timeZone: string): number {
  return zoned(atMs, timeZone).dayOfWeek - 1;
}

function zoned(atMs: number, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs)).toZonedDateTimeISO(timeZone);
}

function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}
