/** How often each sample is drawn while fitting. */
import type { Sample } from '../embedding/sample.ts';

/**
 * A source weighs by the square root of its number of groups, as one with many sites says more of the next than one
 * camera does, however many frames it took. Within a source each combination of labels weighs by the square root of its
 * number: rare classes are not drowned, and a class with three photos does not shout.
 *
 * @param groupPower 1: within that each sample weighs alike, as learning goes best; 0: each group does, as the next beach
 * is a new group, however large the known ones are
 * @returns one weight a sample, summing to 1
 */
export function samplingWeights(samples: readonly Sample[], groupPower: 0 | 1 = 1): Float64Array {
  const groups = new Map<string, Set<string>>();
  const kinds = countBy(samples, kindOf);
  const cells = countBy(samples, cellOf);
  for (const { source, group } of samples) groups.set(source, (groups.get(source) ?? new Set()).add(group));
  const inSource = sumPowers(kinds, 0.5, kind => kind.split('\n')[0] as string);
  const inKind = sumPowers(cells, groupPower, cell => cell.split('\n').slice(0, 2).join('\n'));
  const all = [...groups.values()].reduce((sum, names) => sum + Math.sqrt(names.size), 0);
  return Float64Array.from(samples, sample => {
    const kind = kindOf(sample);
    const cell = cells.get(cellOf(sample)) as number;
    const ofSource = Math.sqrt(groups.get(sample.source)?.size ?? 1) / all;
    const ofKind = Math.sqrt(kinds.get(kind) as number) / (inSource.get(sample.source) as number);
    const ofGroup = cell ** groupPower / (inKind.get(kind) as number);
    return (ofSource * ofKind * ofGroup) / cell;
  });
}

function kindOf({ source, labels }: Sample): string {
  return `${source}\n${labels.join('')}`;
}

function cellOf(sample: Sample): string {
  return `${kindOf(sample)}\n${sample.group}`;
}

function countBy(samples: readonly Sample[], keyOf: (sample: Sample) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const sample of samples) counts.set(keyOf(sample), (counts.get(keyOf(sample)) ?? 0) + 1);
  return counts;
}

/** The sum of the counts, each to a power, by what the key belongs to. */
function sumPowers(
  counts: ReadonlyMap<string, number>,
  power: number,
  ownerOf: (key: string) => string,
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, count] of counts) sums.set(ownerOf(key), (sums.get(ownerOf(key)) ?? 0) + count ** power);
  return sums;
}
