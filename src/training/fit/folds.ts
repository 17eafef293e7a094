/** Divides samples into folds of whole groups. */
import { createRandom, shuffled } from '../../base/random.ts';
import type { Sample } from '../../learning/fit/sample.ts';

/**
 * Every fold gets about the same number of each class (each combination of labels within a source): large groups are
 * placed first, each where the folds become most alike.
 *
 * @param count at least 2
 * @returns the groups of each fold; a fold may be empty where there are fewer groups
 */
export function foldsOf(samples: readonly Sample[], count: number, seed: number): Set<string>[] {
  const groups = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  for (const { augmented, source, labels, group } of samples) {
    if (augmented) continue;
    const kind = `${source}/${labels.join('')}`;
    const kinds = groups.get(group) ?? new Map<string, number>();
    groups.set(group, kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
    totals.set(kind, (totals.get(kind) ?? 0) + 1);
  }
  const sizes = new Map([...groups].map(([name, kinds]) => [name, sum(kinds.values())]));
  const order = shuffled([...groups.keys()].sort(), createRandom(seed)).sort(
    (a, b) => (sizes.get(b) as number) - (sizes.get(a) as number),
  );
  const folds = Array.from({ length: count }, () => ({
    names: new Set<string>(),
    has: new Map<string, number>(),
  }));
  for (const name of order) {
    const kinds = groups.get(name) as Map<string, number>;
    const fullness = (fold: { has: ReadonlyMap<string, number> }) =>
      sum(
        [...kinds].map(
          ([kind, add]) => (add * ((fold.has.get(kind) ?? 0) + add / 2)) / (totals.get(kind) as number),
        ),
      );
    const emptiest = folds.reduce((best, fold) => (fullness(fold) < fullness(best) - 1e-12 ? fold : best));
    emptiest.names.add(name);
    for (const [kind, add] of kinds) emptiest.has.set(kind, (emptiest.has.get(kind) ?? 0) + add);
  }
  return folds.map(({ names }) => names);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
