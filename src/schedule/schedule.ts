/** Whether the camera is to be watched at a time, and until when. */
import { isClockSet } from './clock-set.ts';
import { DAYS, type Day, type ScheduleOptions, type WindowSetting } from './options.ts';
import { contains, intersection, merged, type Span } from './spans.ts';
import { daylight, type KnownCrossings } from './sun.ts';
import { atLocalTime, localDays, systemTimeZone } from './time-zone.ts';
import { daysIn, minutesOf } from './weekdays.ts';

/**
 * `always`: there is no schedule. `clock-unset`: the wall clock is obviously wrong, and a beach that is watched by night
 * is better than one that is not watched by day. `scheduled`: it is open. `sun-down`, `outside-windows`: it is closed.
 */
export type ScheduleReason = 'always' | 'clock-unset' | 'scheduled' | 'sun-down' | 'outside-windows';

export interface ScheduleState {
  readonly open: boolean;
  readonly reason: ScheduleReason;
  /** When it opens or closes next: milliseconds since the epoch (UTC); null where it does not within a year. */
  readonly nextChangeMs: number | null;
}

export interface Schedule {
  /** Cheap enough for every tick; whatever the wall clock does in between, the answer is that of its present time. */
  at(nowMs: number): ScheduleState;
}

const DAY_MS = 86_400_000;
/** So much is worked out at once: a week, so that every window is in it. */
const CHUNK_MS = 8 * DAY_MS;
const CHUNKS = 50;
/** Offsets are smaller: daylight is looked for so much around a time. */
const MARGIN_MS = DAY_MS;

/** The time zone of a schedule. */
export function timeZoneOf({ timeZone }: Pick<ScheduleOptions, 'timeZone'>): string {
  return timeZone ?? systemTimeZone();
}

/** Keeps the last answer for as long as it holds. */
export function createSchedule(options: ScheduleOptions): Schedule {
  let known: (Span & { readonly state: ScheduleState }) | undefined;
  return {
    at(nowMs) {
      if (known !== undefined && contains(known, nowMs)) return known.state;
      const state = scheduleAt(nowMs, options);
      const toMs = holdsUntil(nowMs, state, options);
      known = state.reason === 'clock-unset' ? undefined : { fromMs: nowMs, toMs, state };
      return state;
    },
  };
}

/** A day at most: what it goes by may not reach further. The reason of a closed one may change before it opens. */
function holdsUntil(nowMs: number, { open, nextChangeMs }: ScheduleState, options: ScheduleOptions): number {
  const endMs = Math.min(nextChangeMs ?? Number.POSITIVE_INFINITY, nowMs + DAY_MS);
  if (open) return endMs;
  const edges = daylightSpans(nowMs, endMs, options, new Map()).flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  return Math.min(endMs, ...edges.filter(ms => ms > nowMs));
}

/** A pure function of the wall clock. */
export function scheduleAt(atMs: number, options: ScheduleOptions): ScheduleState {
  if (!options.enabled) return { open: true, reason: 'always', nextChangeMs: null };
  if (!isClockSet(atMs)) return { open: true, reason: 'clock-unset', nextChangeMs: null };
  const known: KnownCrossings = new Map();
  const open = openSpans(atMs, atMs + 1, options, known).length > 0;
  const reason = reasonAt(atMs, open, options, known);
  return { open, reason, nextChangeMs: nextChange(atMs, open, options, known) };
}

/** When the schedule is open between two times, cut off at them. */
export function openSpans(
  fromMs: number,
  toMs: number,
  options: ScheduleOptions,
  known: KnownCrossings = new Map(),
): Span[] {
  const light = daylightSpans(fromMs, toMs, options, known);
  const windows = windowsOf(fromMs, toMs, options);
  return intersection([{ fromMs, toMs }], intersection(light, windows));
}

/** Daylight with its offsets; all the time where there is none to go by. */
function daylightSpans(
  fromMs: number,
  toMs: number,
  options: ScheduleOptions,
  known: KnownCrossings,
): Span[] {
  const { daylight: kind, latitude, longitude, morningOffsetMs, eveningOffsetMs } = options;
  if (kind === 'all' || latitude === null || longitude === null) return [{ fromMs, toMs }];
  const place = { daylight: kind, latitude, longitude };
  const spans = daylight(fromMs - MARGIN_MS, toMs + MARGIN_MS, place, known);
  return merged(
    spans.map(span => ({ fromMs: span.fromMs + morningOffsetMs, toMs: span.toMs + eveningOffsetMs })),
  );
}

function windowsOf(fromMs: number, toMs: number, options: ScheduleOptions): Span[] {
  if (options.windows.length === 0) return [{ fromMs, toMs }];
  return windowSpans(fromMs, toMs, options.windows, timeZoneOf(options));
}

function reasonAt(
  atMs: number,
  open: boolean,
  options: ScheduleOptions,
  known: KnownCrossings,
): ScheduleReason {
  if (open) return 'scheduled';
  return daylightSpans(atMs, atMs + 1, options, known).some(span => contains(span, atMs))
    ? 'outside-windows'
    : 'sun-down';
}

function nextChange(
  atMs: number,
  open: boolean,
  options: ScheduleOptions,
  known: KnownCrossings,
): number | null {
  if (options.daylight === 'all' && options.windows.length === 0) return null;
  for (let chunk = 0; chunk < CHUNKS; chunk++) {
    const fromMs = atMs + chunk * CHUNK_MS;
    const toMs = fromMs + CHUNK_MS;
    const [first] = openSpans(fromMs, toMs, options, known);
    const startsOpen = first !== undefined && first.fromMs === fromMs;
    if (startsOpen !== open) return fromMs;
    const changeMs = open ? first?.toMs : first?.fromMs;
    if (changeMs !== undefined && changeMs < toMs) return changeMs;
  }
  return null;
}

/**
 * The windows that reach into the time between `fromMs` and `toMs`, in order. A window goes by the clock on the wall:
 * it begins when the clock first shows `from` and ends when it last shows `to`, however long that is on the days on
 * which the clock is changed.
 */
function windowSpans(
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
