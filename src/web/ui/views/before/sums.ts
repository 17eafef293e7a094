/** Hours of the history added up for the views of it: plain arithmetic. */

export interface HistoryHour {
  /** Its beginning, ISO 8601. */
  readonly hour: string;
  /** A zone; empty for the beach as a whole. */
  readonly scope: string;
  /** Also `none`, and `unknown` where nothing could be judged. */
  readonly activity: string;
  readonly minutes: number;
  /** Most riders at a time; null where they were not counted. */
  readonly peak: number | null;
}

export interface HistorySession {
  readonly id: string;
  readonly zone: string;
  readonly activity: string;
  readonly start: string;
  readonly durationS: number;
  readonly peakCount: number | null;
  readonly open: boolean;
  /** A frame of it whose picture is kept. */
  readonly frame: string | null;
}

export interface History {
  readonly hours: readonly HistoryHour[];
  readonly sessions: readonly HistorySession[];
}

export type Measure = 'minutes' | 'riders';

export interface Timeline {
  /** Beginning of each hour or day, in seconds since the epoch, rising. */
  readonly times: readonly number[];
  /** One list for each activity that was seen, as long as the times. */
  readonly rows: readonly { readonly activity: string; readonly values: readonly number[] }[];
}

/** How long somebody was there, on average, in one hour of the week. */
export interface WeekHour {
  /** 0 Monday … 6 Sunday. */
  readonly day: number;
  readonly hour: number;
  /** Minutes; null where that hour was never watched. */
  readonly minutes: number | null;
}

const HOUR_MS = 3_600_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** A period in milliseconds since the epoch, from the beginning of an hour to that of another. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface TimelineOptions extends Span {
  /** Days are those of the time zone. */
  readonly by: 'hour' | 'day';
  readonly measure: Measure;
  readonly timeZone: string;
}

/** Every hour or day of a period: minutes are added up, of riders the most count. */
export function timelineOf(
  hours: readonly HistoryHour[],
  { fromMs, toMs, by, measure, timeZone }: TimelineOptions,
): Timeline {
  const local = localTime(timeZone);
  const keyOf = (atMs: number) =>
    by === 'hour' ? String(Math.floor(atMs / HOUR_MS)) : local(new Date(atMs).toISOString()).date;
  const times = new Map<string, number>();
  for (let atMs = fromMs; atMs < toMs; atMs += HOUR_MS) {
    const key = keyOf(atMs);
    times.set(key, times.get(key) ?? atMs / 1_000);
  }
  const sums = new Map<string, Map<string, number>>();
  for (const { hour, activity, minutes, peak } of hours) {
    const key = keyOf(Date.parse(hour));
    if (!isActivity(activity) || !times.has(key)) continue;
    const row = sums.get(activity) ?? new Map<string, number>();
    const before = row.get(key) ?? 0;
    row.set(key, measure === 'minutes' ? before + minutes : Math.max(before, peak ?? 0));
    sums.set(activity, row);
  }
  return {
    times: [...times.values()],
    rows: [...sums]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([activity, row]) => ({ activity, values: [...times.keys()].map(key => row.get(key) ?? 0) })),
  };
}

/** All hours of a week, Monday first. */
export function weekOf(hours: readonly HistoryHour[], timeZone: string): readonly WeekHour[] {
  const local = localTime(timeZone);
  const week = Array.from({ length: 7 * 24 }, () => ({ minutes: 0, watched: 0 }));
  for (const own of byHour(hours)) {
    const cell = week[local(own[0]?.hour ?? '').hourOfWeek];
    const minutesOf = (isWanted: (activity: string) => boolean) =>
      own.filter(({ activity }) => isWanted(activity)).reduce((sum, { minutes }) => sum + minutes, 0);
    const idle = minutesOf(activity => !isActivity(activity));
    const isWatched = own.some(({ activity }) => activity !== 'unknown');
    if (cell === undefined || !isWatched) continue;
    cell.watched += 1;
    // Two activities at once are no two hours.
    cell.minutes += Math.max(0, Math.min(minutesOf(isActivity), 60 - idle));
  }
  return week.map(({ minutes, watched }, at) => ({
    day: Math.floor(at / 24),
    hour: at % 24,
    minutes: watched === 0 ? null : minutes / watched,
  }));
}

/** Those with the most, which somebody was seen in. */
export function busiestOf(week: readonly WeekHour[], most: number): readonly WeekHour[] {
  return week
    .filter(({ minutes }) => minutes !== null && minutes >= 1)
    .toSorted((a, b) => (b.minutes ?? 0) - (a.minutes ?? 0))
    .slice(0, most);
}

/** `Map.groupBy` is not in all browsers of a season's phones. */
function byHour(hours: readonly HistoryHour[]): readonly (readonly HistoryHour[])[] {
  const groups = new Map<string, HistoryHour[]>();
  for (const one of hours) {
    const group = groups.get(one.hour);
    if (group === undefined) groups.set(one.hour, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function isActivity(name: string): boolean {
  return name !== 'none' && name !== 'unknown';
}

/** The day and the place in the week of each hour, in a time zone. */
function localTime(timeZone: string) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const known = new Map<string, { readonly date: string; readonly hourOfWeek: number }>();
  return (hour: string) => {
    const before = known.get(hour);
    if (before !== undefined) return before;
    const parts = Object.fromEntries(
      format.formatToParts(new Date(hour)).map(({ type, value }) => [type, value]),
    );
    const { weekday = '', year, month, day } = parts;
    const local = {
      date: `${year}-${month}-${day}`,
      hourOfWeek: 24 * DAYS.indexOf(weekday) + Number(parts.hour),
    };
    known.set(hour, local);
    return local;
  };
}
