/** How often each sample is drawn while fitting. */
import type { Sample } from './sample.ts';

/**
 * Each source weighs the same, and within a source each combination of labels by the square root of its number: rare
 * classes are not drowned, and a class with three photos does not shout.
 *
 * @returns one weight a sample, summing to 1
 */
export function samplingWeights(samples: readonly Sample[]): Float64Array {
  const kinds = new Map<string, number>();
  const kindOf = (sample: Sample) => `${sample.source}\n${sample.labels.join('')}`;
  for (const sample of samples) kinds.set(kindOf(sample), (kinds.get(kindOf(sample)) ?? 0) + 1);
  const sources = new Map<string, number>();
  for (const [kind, count] of kinds) {
    const source = kind.split('\n')[0] as string;
    sources.set(source, (sources.get(source) ?? 0) + Math.sqrt(count));
  }
  return Float64Array.from(samples, sample => {
    const count = kinds.get(kindOf(sample)) as number;
    return Math.sqrt(count) / count / (sources.get(sample.source) as number) / sources.size;
  });
}
