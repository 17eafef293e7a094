/** The schedule of whole days, for people. */
import type { ScheduleOptions } from './options.ts';
import { openSpans, timeZoneOf } from './schedule.ts';
import { lengthOf, type Span } from './spans.ts';
import { daylight, type KnownCrossings } from './sun.ts';
import { type LocalDay, localDays } from './time-zone.ts';

export interface PlannedDay extends LocalDay {
  /** Daylight without the offsets, cut off at the midnights; null where there is none to go by. */
  readonly light: readonly Span[] | null;
  /** When the camera is watched. */
  readonly open: readonly Span[];
  readonly openMs: number;
}

/** The days of the schedule's time zone, the first with `fromMs` in it. They are planned as if it were switched on. */
export function plannedDays(fromMs: number, count: number, options: ScheduleOptions): PlannedDay[] {
  // A day more than asked for, as some have 25 hours.
  const toMs = fromMs + count * 25 * 3_600_000;
  const days = localDays(fromMs, toMs, timeZoneOf(options)).slice(0, count);
  const known: KnownCrossings = new Map();
  return days.map(day => {
    const open = openSpans(day.fromMs, day.toMs, options, known);
    return { ...day, light: lightOf(day, options, known), open, openMs: lengthOf(open) };
  });
}

function lightOf({ fromMs, toMs }: LocalDay, options: ScheduleOptions, known: KnownCrossings): Span[] | null {
  const { daylight: kind, latitude, longitude } = options;
  if (kind === 'all' || latitude === null || longitude === null) return null;
  return daylight(fromMs, toMs, { daylight: kind, latitude, longitude }, known).map(span => ({
    fromMs: Math.max(span.fromMs, fromMs),
    toMs: Math.min(span.toMs, toMs),
  }));
}
