/** How often each sample is drawn while fitting, and how rows are drawn by their weights. */
import type { Sample } from './sample.ts';

/**
 * A source weighs by the square root of its number of groups, as one with many sites says more of the next than one
 * camera does, however many frames it took. Within a source each combination of labels weighs by the square root of its
 * number: rare classes are not drowned, and a class with three photos does not shout.
 *
 * @returns one weight a sample, summing to 1
 */
export function samplingWeights(samples: readonly Sample[]): Float64Array {
  return weighted(samples, Math.sqrt);
}

/**
 * The same, but all combinations of labels of a source of photos weigh alike, as in balanced accuracy. Tiles keep their
 * weights: on a board too most of them show nobody.
 */
export function balancedWeights(samples: readonly Sample[]): Float64Array {
  const tiled = new Set(samples.flatMap(({ source, part }) => (part === '' ? [] : [source])));
  return weighted(samples, (count, source) => (tiled.has(source) ? Math.sqrt(count) : 1));
}

/** @param weightOf what a combination of labels weighs within its source, by its number of samples */
function weighted(
  samples: readonly Sample[],
  weightOf: (count: number, source: string) => number,
): Float64Array {
  const kinds = new Map<string, number>();
  const groups = new Map<string, Set<string>>();
  const kindOf = (sample: Sample) => `${sample.source}\n${sample.labels.join('')}`;
  for (const sample of samples) {
    kinds.set(kindOf(sample), (kinds.get(kindOf(sample)) ?? 0) + 1);
    groups.set(sample.source, (groups.get(sample.source) ?? new Set()).add(sample.group));
  }
  const sources = new Map<string, number>();
  for (const [kind, count] of kinds) {
    const source = kind.split('\n')[0] as string;
    sources.set(source, (sources.get(source) ?? 0) + weightOf(count, source));
  }
  const all = [...groups.values()].reduce((sum, names) => sum + Math.sqrt(names.size), 0);
  return Float64Array.from(samples, sample => {
    const count = kinds.get(kindOf(sample)) as number;
    const share = Math.sqrt(groups.get(sample.source)?.size ?? 1) / all;
    return (share * weightOf(count, sample.source)) / count / (sources.get(sample.source) as number);
  });
}

/** `sums[i]` is the sum of the weights up to and with row i. */
export function runningSums(weights: Float64Array): Float64Array {
  let sum = 0;
  return weights.map(weight => {
    sum += weight;
    return sum;
  });
}

/** The row that a point between 0 and the last sum falls on, by binary search. */
export function rowAt(sums: Float64Array, point: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] as number) > point) high = middle;
    else low = middle + 1;
  }
  return low;
}
