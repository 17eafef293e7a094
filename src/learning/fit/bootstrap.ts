/** How sure a figure is: 95 % intervals by resampling whole groups. */
import { quantile } from '../../base/quantile.ts';
import { createRandom } from '../../base/random.ts';
import type { Interval } from '../../base/words.ts';

/** Counts of each group side by side: row g of `counts` ([groups, width]) belongs to group g. */
export interface GroupCounts {
  readonly groups: number;
  readonly width: number;
  readonly counts: Float64Array;
}

/** A figure from counts summed over groups; null where there is nothing to divide by. */
export type Statistic = (sums: Float64Array) => number | null;

const ROUNDS = 1000;

/**
 * Percentile intervals of the cluster bootstrap (Davison and Hinkley 1997, 3.8): pictures of one group are alike, so
 * groups are drawn with replacement, not pictures.
 *
 * One group says nothing of the next, so its interval is 0 to 1. Where every round gives 0 or every round gives 1 the
 * bootstrap is blind, and the exact binomial bound over groups (Clopper and Pearson 1934) takes its place.
 *
 * @returns one interval a statistic; null where no round has a figure
 */
export function groupIntervals(
  { groups, width, counts }: GroupCounts,
  statistics: readonly Statistic[],
  seed: number,
  rounds = ROUNDS,
): (Interval | null)[] {
  const random = createRandom(seed);
  const drawn: number[][] = statistics.map(() => []);
  const sums = new Float64Array(width);
  for (let round = 0; round < rounds; round++) {
    sums.fill(0);
    for (let draw = 0; draw < groups; draw++) {
      const start = random.below(groups) * width;
      for (let column = 0; column < width; column++)
        sums[column] = (sums[column] as number) + (counts[start + column] as number);
    }
    for (const [index, statistic] of statistics.entries()) {
      const value = statistic(sums);
      if (value !== null) drawn[index]?.push(value);
    }
  }
  return drawn.map(values => intervalOf(values, groups));
}

function intervalOf(values: readonly number[], groups: number): Interval | null {
  if (values.length === 0) return null;
  if (groups === 1) return [0, 1];
  const low = quantile(values, 0.025);
  const high = quantile(values, 0.975);
  const bound = 0.025 ** (1 / groups);
  if (low >= 1) return [bound, 1];
  if (high <= 0) return [0, 1 - bound];
  return [low, high];
}
