/** The windows of a week as stretches of time. */
import { DAYS, type Day, type WindowSetting } from './options.ts';
import { merged, type Span } from './spans.ts';
import { atLocalTime, localDays } from './time-zone.ts';
import { daysIn, minutesOf } from './weekdays.ts';

const DAY_MS = 86_400_000;

/**
 * The windows that reach into the time between `fromMs` and `toMs`, in order. A window goes by the clock on the wall:
 * it begins when the clock first shows `from` and ends when it last shows `to`, however long that is on the days on
 * which the clock is changed.
 */
export function windowSpans(
  fromMs: number,
  toMs: number,
  windows: readonly WindowSetting[],
  timeZone: string,
): Span[] {
  const parsed = windows.map(({ days, from, to }) => {
    const [start, end] = [minutesOf(from), minutesOf(to)];
    // At or before its beginning: on the next day.
    return { days: daysOf(days ?? DAYS), start, end: end > start ? end : end + 1440 };
  });
  // A window of the day before may last into the first one.
  const spans = localDays(fromMs - DAY_MS, toMs, timeZone).flatMap(({ date, weekday }) =>
    parsed
      .filter(({ days }) => days.has(DAYS[weekday] ?? 'mon'))
      .map(({ start, end }) => ({
        fromMs: atLocalTime(date, start, timeZone, 'first'),
        toMs: atLocalTime(date, end, timeZone, 'last'),
      })),
  );
  return merged(spans).filter(span => span.toMs > fromMs && span.fromMs < toMs);
}

function daysOf(texts: readonly string[]): Set<Day> {
  return new Set(texts.flatMap(daysIn));
}
