/** Sums over hours. */
import { DAYS } from '../schedule/options.ts';
import { localDate, localHour, localWeekday } from '../schedule/time-zone.ts';
import { HOUR_MS, type Kind } from './accumulate.ts';
import type { HourRow } from './read.ts';

/** Milliseconds. */
export interface Totals {
  /** The picture could be judged. */
  readonly watchedMs: number;
  /** It could not, by reason. */
  readonly unknownMs: Readonly<Record<string, number>>;
  /** By activity, and `none`; with several at once they are more than `watchedMs`. */
  readonly presentMs: Readonly<Record<string, number>>;
  /** Riders were counted, of `watchedMs`. */
  readonly countedMs: number;
  /** The time of each rider together, by activity; none of an activity that nobody was counted for. */
  readonly ridersMs: Readonly<Record<string, number>>;
  /** Most riders at a time, by activity. */
  readonly peaks: Readonly<Record<string, number>>;
}

/** The rows of one scope, or of several that are not to be told apart. */
export function totalsOf(rows: Iterable<Pick<HourRow, 'kind' | 'name' | 'ms' | 'peak'>>): Totals {
  const sums: Record<Kind, Record<string, number>> = {
    watched: {},
    present: {},
    unknown: {},
    counted: {},
    riders: {},
  };
  const peaks: Record<string, number> = {};
  for (const { kind, name, ms, peak } of rows) {
    sums[kind][name] = (sums[kind][name] ?? 0) + ms;
    if (peak !== null) peaks[name] = Math.max(peaks[name] ?? 0, peak);
  }
  return {
    watchedMs: sums.watched[''] ?? 0,
    unknownMs: sums.unknown,
    presentMs: sums.present,
    countedMs: sums.counted[''] ?? 0,
    ridersMs: sums.riders,
    peaks,
  };
}

/** How many riders there were. */
export interface Riders {
  /** Over all the time in which they were counted, that without any too. */
  readonly mean: number;
  /** Most at a time. */
  readonly peak: number;
}

/** By activity; an activity that is not there had none. Null where nobody counted. */
export function ridersOf({ countedMs, ridersMs, peaks }: Totals): Record<string, Riders> | null {
  if (countedMs === 0) return null;
  return Object.fromEntries(
    Object.entries(ridersMs).map(([activity, ms]) => [
      activity,
      { mean: Math.round((ms / countedMs) * 100) / 100, peak: peaks[activity] ?? 0 },
    ]),
  );
}

export type By = 'hour' | 'day' | 'weekday' | 'month';

export interface Bucket extends Totals {
  readonly key: string;
}

/** Groups rows by a key; in the order in which the keys come first. */
export function bucketsOf(rows: readonly HourRow[], keyOf: (hour: number) => string): Bucket[] {
  const groups = new Map<string, HourRow[]>();
  const keys = new Map<number, string>();
  for (const row of rows) {
    const key = keys.get(row.hour) ?? keyOf(row.hour);
    keys.set(row.hour, key);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].map(([key, group]) => ({ key, ...totalsOf(group) }));
}

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
