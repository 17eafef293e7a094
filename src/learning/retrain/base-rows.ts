/** The base set in the columns of the head to come. */
import { type EmbeddedSet, type Sample, selectRows } from '../fit/sample.ts';
import { samplingWeights } from '../fit/weights.ts';
import type { WeightedRows } from './board-rows.ts';
import type { BaseSet } from './types.ts';

/**
 * The groups that are fitted to, or the held ones.
 *
 * @param outputs names of the columns; what the base set does not know is in none of it
 */
export function baseSide(base: BaseSet, outputs: readonly string[], held: boolean): EmbeddedSet {
  const columns = baseColumns(base, outputs);
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

/** Where the labels of each output stand in those of the base set; -1 where it has none. */
export function baseColumns(
  { activities }: Pick<BaseSet, 'activities'>,
  outputs: readonly string[],
): number[] {
  return outputs.map(name => activities.indexOf(name));
}

/**
 * Targets lie between the label and what the incumbent says, lest it be forgotten (Li and Hoiem 2016, learning without
 * forgetting).
 *
 * @param samples in the columns of the head to come
 * @param logits [samples, outputs] by the incumbent
 * @param likeness of each column how far towards the incumbent, 0..1: of a new activity, of which the incumbent says
 *   nothing, 0; of a background class that the base set has no labels for, 1
 */
export function baseTargets(
  samples: readonly Sample[],
  logits: Float32Array,
  likeness: readonly number[],
): Omit<WeightedRows, 'inputs'> {
  const targets = Float32Array.from(
    samples.flatMap(({ labels }) => labels),
    (label, index) => {
      const share = likeness[index % likeness.length] as number;
      return share === 0 ? label : label + share * (1 / (1 + Math.exp(-(logits[index] as number))) - label);
    },
  );
  return { targets, mask: new Float32Array(targets.length).fill(1), weights: samplingWeights(samples) };
}
