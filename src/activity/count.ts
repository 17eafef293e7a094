/** How many riders of each activity there are: counts of single frames, made into one that neither flaps nor lags. */
import type { ActivityOptions } from './options.ts';

/** Whole numbers, by activity; one that is not there is 0. */
export type Count = Readonly<Record<string, number>>;

// As many as a presence needs to change: of a slow camera the dwell holds fewer.
const SAMPLES = 3;

/** Plain data. Times are monotonic, in milliseconds. */
export interface Counting {
  /** Those of the dwell, three at least where there were so many; the newest is the last. */
  readonly samples: readonly { readonly atMs: number; readonly count: Count }[];
  readonly smoothed: Count;
}

/**
 * Takes the count of one frame in. A smoothed count stays while it lies within the middle half of the counts of the
 * dwell, and else becomes their median: one that swings between two neighbours stays, a new level takes most of a dwell.
 *
 * @param count what the frame showed; undefined where that is not known, which leaves the count before until it is stale
 */
export function stepCount(
  before: Counting | null,
  count: Count | undefined,
  nowMs: number,
  { dwellMs, staleAfterMs }: Pick<ActivityOptions, 'dwellMs' | 'staleAfterMs'>,
): Counting | null {
  const old = before?.samples ?? [];
  if (count === undefined) {
    const newestMs = old.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    return nowMs - newestMs > staleAfterMs ? null : before;
  }
  const all = [...old, { atMs: nowMs, count }];
  const samples = all.filter(({ atMs }, index) => nowMs - atMs <= dwellMs || index >= all.length - SAMPLES);
  const activities = new Set(samples.flatMap(sample => Object.keys(sample.count)));
  const smoothed = [...activities].map(activity => {
    const counts = samples.map(sample => countOf(sample.count, activity));
    const held = before === null ? undefined : countOf(before.smoothed, activity);
    return [activity, settle(held, counts)] as const;
  });
  return { samples, smoothed: Object.fromEntries(smoothed) };
}

/**
 * What is reported: 0 of an activity that is not present, at least 1 of one that is.
 *
 * @param activities all that are told apart
 * @param least of a present activity, where more is known than the count itself
 */
export function reportedCount(
  counting: Counting | null,
  activities: readonly string[],
  present: readonly string[],
  least: Count = {},
): Count | null {
  if (counting === null) return null;
  const counts = activities.map(activity => {
    const riders = Math.max(1, countOf(counting.smoothed, activity), countOf(least, activity));
    return [activity, present.includes(activity) ? riders : 0] as const;
  });
  return Object.fromEntries(counts);
}

/** An own property only: `constructor` is a fine name for an activity. */
export function countOf(count: Count, activity: string): number {
  return Object.hasOwn(count, activity) ? (count[activity] ?? 0) : 0;
}

export function sameCount(one: Count | null, other: Count | null): boolean {
  if (one === null || other === null) return one === other;
  const activities = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...activities].every(activity => countOf(one, activity) === countOf(other, activity));
}

/** @param counts one at least */
function settle(held: number | undefined, counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b);
  const quarter = Math.floor(sorted.length / 4);
  const [low = 0, high = 0] = [sorted[quarter], sorted[sorted.length - 1 - quarter]];
  if (held !== undefined && low <= held && held <= high) return held;
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
