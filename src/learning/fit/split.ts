/** Splits samples into a part to fit and a part to measure, a group never on both sides. */
import { createRandom, shuffled } from '../../base/random.ts';
import type { Sample } from './sample.ts';

/**
 * Chooses the groups to hold back: seeded, and so that every class (each combination of labels within a source) has
 * about `share` of its samples among them. Groups are taken in random order; one is held out where that brings the
 * held-out shares nearer to the wanted one.
 *
 * @param share 0..1
 * @returns the held-out groups
 */
export function heldBackGroups(samples: readonly Sample[], share: number, seed: number): Set<string> {
  const wanted = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();
  for (const sample of samples) {
    if (sample.augmented) continue;
    const kind = `${sample.source}/${sample.labels.join('')}`;
    wanted.set(kind, (wanted.get(kind) ?? 0) + share);
    const group = counts.get(sample.group) ?? new Map<string, number>();
    group.set(kind, (group.get(kind) ?? 0) + 1);
    counts.set(sample.group, group);
  }
  const held = new Set<string>();
  const missing = new Map(wanted);
  for (const name of shuffled([...counts.keys()].sort(), createRandom(seed))) {
    const group = counts.get(name) as Map<string, number>;
    if (gain(group, missing, wanted) <= 0) continue;
    held.add(name);
    for (const [kind, count] of group) missing.set(kind, (missing.get(kind) ?? 0) - count);
  }
  return held;
}

/** How much nearer to the wanted numbers the held-out part comes with this group, each class weighing the same. */
function gain(
  group: ReadonlyMap<string, number>,
  missing: ReadonlyMap<string, number>,
  wanted: ReadonlyMap<string, number>,
): number {
  let total = 0;
  for (const [kind, count] of group) {
    const before = missing.get(kind) ?? 0;
    total += (Math.abs(before) - Math.abs(before - count)) / (wanted.get(kind) ?? 1);
  }
  return total;
}
