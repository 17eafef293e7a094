/** The history as tables and charts for people, and as JSON for programs. */
import { HOUR_MS } from '../../history/accumulate.ts';
import { bar, shade } from '../../history/chart.ts';
import { inMinutes } from '../../history/csv.ts';
import type { HourRow, SessionRow } from '../../history/read.ts';
import { type Bucket, ridersOf } from '../../history/totals.ts';
import { DAYS } from '../../schedule/options.ts';
import { localDate, localHour, localTime, localWeekday } from '../../schedule/time-zone.ts';
import { colours as pc } from '../colours.ts';
import { printTable } from '../table.ts';

const BAR_WIDTH = 20;

/** The names in all buckets, the longest first, `none` not among them. */
function activitiesIn(buckets: readonly Bucket[]): string[] {
  const sums = new Map<string, number>();
  for (const { presentMs } of buckets) {
    for (const [name, ms] of Object.entries(presentMs)) sums.set(name, (sums.get(name) ?? 0) + ms);
  }
  sums.delete('none');
  return [...sums].sort(([, one], [, other]) => other - one).map(([name]) => name);
}

/** One row a bucket; the bar is the share of the watched time in which something was there. */
export function printBuckets(by: string, buckets: readonly Bucket[]): void {
  const activities = activitiesIn(buckets);
  const head = [by, ...activities, 'none', 'watched', 'unknown', 'share with anybody'];
  const rows = buckets.map(({ key, watchedMs, presentMs, unknownMs }) => {
    const share = watchedMs === 0 ? 0 : 1 - (presentMs.none ?? 0) / watchedMs;
    return [
      key,
      ...activities.map(name => inMinutes(presentMs[name] ?? 0)),
      inMinutes(presentMs.none ?? 0),
      inMinutes(watchedMs),
      inMinutes(sum(unknownMs)),
      watchedMs === 0
        ? ''
        : `${pc.cyan(bar(share, BAR_WIDTH).padEnd(BAR_WIDTH))} ${Math.round(share * 100)} %`,
    ];
  });
  printTable(head, rows);
}

/** One row a bucket in which riders were counted: on average, and in brackets the most at a time. */
export function printRiders(by: string, buckets: readonly Bucket[]): void {
  const activities = activitiesIn(buckets);
  const counted = buckets.flatMap(bucket => {
    const riders = ridersOf(bucket);
    return riders === null ? [] : [{ key: bucket.key, riders }];
  });
  if (counted.length === 0 || activities.length === 0) return;
  const most = Math.max(...counted.map(({ riders }) => meanOf(riders)));
  const rows = counted.map(({ key, riders }) => {
    const mean = meanOf(riders);
    return [
      key,
      ...activities.map(name => `${(riders[name]?.mean ?? 0).toFixed(1)} (${riders[name]?.peak ?? 0})`),
      mean === 0 ? '' : `${pc.cyan(bar(mean / most, BAR_WIDTH).padEnd(BAR_WIDTH))} ${mean.toFixed(1)}`,
    ];
  });
  console.log();
  printTable([by, ...activities.map(name => `${name}: riders (most)`), 'riders on average'], rows);
}

function meanOf(riders: NonNullable<ReturnType<typeof ridersOf>>): number {
  return Object.values(riders).reduce((sum, { mean }) => sum + mean, 0);
}

export function printSessions(sessions: readonly SessionRow[], timeZone: string): void {
  const rows = sessions.map(({ startMs, durationMs, zone, activity, peak, peakCount, open }) => [
    `${localDate(startMs, timeZone)} ${localTime(startMs, timeZone)}`,
    inMinutes(durationMs),
    zone,
    activity,
    peak.toFixed(2),
    `${peakCount ?? ''}`,
    open ? 'lasts' : '',
  ]);
  printTable(['began', 'minutes', 'zone', 'activity', 'peak', 'most riders', ''], rows);
}

/** Minutes as numbers, for JSON. */
export function bucketJson(bucket: Bucket) {
  const { key, watchedMs, presentMs, unknownMs } = bucket;
  const riders = ridersOf(bucket);
  const minutes = (sums: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(sums).map(([name, ms]) => [name, Number(inMinutes(ms))]));
  return {
    key,
    watched: Number(inMinutes(watchedMs)),
    minutes: minutes(presentMs),
    unknown: minutes(unknownMs),
    ...(riders !== null && { riders }),
  };
}

export function sessionJson({ startMs, durationMs, ...rest }: SessionRow) {
  return { ...rest, start: new Date(startMs).toISOString(), durationS: durationMs / 1000 };
}

function sum(sums: Readonly<Record<string, number>>): number {
  return Object.values(sums).reduce((total, ms) => total + ms, 0);
}

/** Lines of a map: a row for each weekday, a sign for each hour of the day, darkest where the share is greatest. */
export function heatMap(rows: readonly HourRow[], timeZone: string): string[] {
  const watched = new Float64Array(7 * 24);
  const empty = new Float64Array(7 * 24);
  for (const { hour, kind, name, ms } of rows) {
    const cell = localWeekday(hour * HOUR_MS, timeZone) * 24 + localHour(hour * HOUR_MS, timeZone);
    if (kind === 'watched') watched[cell] = (watched[cell] ?? 0) + ms;
    if (kind === 'present' && name === 'none') empty[cell] = (empty[cell] ?? 0) + ms;
  }
  const shares = [...watched].map((ms, cell) => (ms === 0 ? null : 1 - (empty[cell] ?? 0) / ms));
  const most = Math.max(0, ...shares.map(share => share ?? 0));
  const lines = DAYS.map((day, weekday) => {
    const own = shares.slice(weekday * 24, weekday * 24 + 24);
    return `${day}  ${own.map(share => shade(share === null || most === 0 ? share : share / most)).join('')}`;
  });
  return ['     0     6     12    18', ...lines];
}
