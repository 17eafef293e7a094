/** The content of the topic `stats/hourly`. */
import type { Stats } from '../messaging/stats-payload.ts';
import { addDays, localDate, startOfDate } from '../schedule/time-zone.ts';
import { HOUR_MS } from './accumulate.ts';
import type { HourRow } from './read.ts';
import { BEACH } from './seen.ts';
import { ridersOf, totalsOf } from './totals.ts';

/** Hours that are listed one by one. */
const LISTED_HOURS = 48;

export interface StatsInput {
  readonly nowMs: number;
  readonly site: string;
  readonly timeZone: string;
  readonly hours: (fromHour: number, toHour: number) => readonly HourRow[];
}

/** An hour belongs to the day on which it begins by the clock of the time zone. */
export function statsPayload({ nowMs, site, timeZone, hours }: StatsInput): Stats {
  const date = localDate(nowMs, timeZone);
  const dayBefore = addDays(date, -1);
  const present = Math.floor(nowMs / HOUR_MS);
  const first = Math.min(present - LISTED_HOURS + 1, hourAt(startOfDate(dayBefore, timeZone)));
  const rows = hours(first, present + 1);
  const [midnight, midnightBefore] = [date, dayBefore].map(day => hourAt(startOfDate(day, timeZone)));
  const dayOf = (day: string, from = 0, to = present + 1) => ({
    date: day,
    ...minutesOf(rows.filter(row => row.scope === BEACH && row.hour >= from && row.hour < to)),
  });
  return {
    v: 1,
    ts: new Date(nowMs).toISOString(),
    site,
    timeZone,
    today: dayOf(date, midnight),
    yesterday: dayOf(dayBefore, midnightBefore, midnight),
    hours: listed(rows, present),
    zones: zonesOf(rows.filter(({ hour }) => hour >= (midnight ?? 0))),
  };
}

/** The first full hour that begins at or after a time. */
function hourAt(ms: number): number {
  return Math.ceil(ms / HOUR_MS);
}

function listed(rows: readonly HourRow[], present: number): Stats['hours'] {
  return Array.from({ length: LISTED_HOURS }, (_, index) => present - LISTED_HOURS + 1 + index).flatMap(
    hour => {
      const own = rows.filter(row => row.scope === BEACH && row.hour === hour);
      return own.length === 0 ? [] : [{ start: new Date(hour * HOUR_MS).toISOString(), ...minutesOf(own) }];
    },
  );
}

function zonesOf(rows: readonly HourRow[]): Stats['zones'] {
  const names = [...new Set(rows.map(({ scope }) => scope))].filter(scope => scope !== BEACH);
  return Object.fromEntries(names.map(name => [name, minutesOf(rows.filter(row => row.scope === name))]));
}

function minutesOf(rows: readonly HourRow[]) {
  const totals = totalsOf(rows);
  const riders = ridersOf(totals);
  return {
    watched: minutes(totals.watchedMs),
    minutes: mapped(totals.presentMs),
    unknown: mapped(totals.unknownMs),
    ...(riders !== null && { riders }),
  };
}

function mapped(sums: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(sums).map(([name, ms]) => [name, minutes(ms)]));
}

/** Rounded down, so that no figure is more than its time. */
function minutes(ms: number): number {
  return Math.floor(ms / 6_000) / 10;
}
