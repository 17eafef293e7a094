/** The base set in the columns of the head to come. */
import { type EmbeddedSet, type Sample, selectRows } from '../embedding/sample.ts';
import { samplingWeights } from '../fit/weights.ts';
import type { FitRows } from './fit-rows.ts';
import type { BaseSet } from './types.ts';

/** The groups that are fitted to, or the held ones; an activity that the base set does not know is in none of it. */
export function baseSide(base: BaseSet, activities: readonly string[], held: boolean): EmbeddedSet {
  const columns = activities.map(activity => base.activities.indexOf(activity));
  const side = selectRows(
    base.set,
    ({ group, augmented }) => base.held.has(group) === held && !(held && augmented),
  );
  const samples = side.samples.map(sample => ({
    ...sample,
    labels: columns.map(column => sample.labels[column] ?? 0),
  }));
  return { ...side, samples };
}

/**
 * Targets lie between the label and what the incumbent says, lest it be forgotten (Li and Hoiem 2016, learning without
 * forgetting). A new activity, of which the incumbent says nothing, is in none of the base set.
 *
 * @param samples in the columns of the head to come
 * @param logits [samples, activities] by the incumbent
 * @param known how many of the columns, the first, the incumbent knows
 * @param likeness how far towards the incumbent, 0..1
 */
export function baseTargets(
  samples: readonly Sample[],
  logits: Float32Array,
  known: number,
  likeness: number,
): Pick<FitRows, 'targets' | 'mask' | 'weights'> {
  const targets = Float32Array.from(
    samples.flatMap(({ labels }) => labels),
    (label, index) => {
      if (index % (logits.length / samples.length) >= known) return label;
      return label + likeness * (1 / (1 + Math.exp(-(logits[index] as number))) - label);
    },
  );
  return { targets, mask: new Float32Array(targets.length).fill(1), weights: samplingWeights(samples) };
}
