/** The base set in the columns of the head to come. */
import { type EmbeddedSet, type Sample, selectRows } from '../fit/sample.ts';
import { samplingWeights } from '../fit/weights.ts';
import type { WeightedRows } from './board-rows.ts';
import type { BaseSet } from './types.ts';

/** @param outputs names of the columns; what the base set does not know is in none of it */
export function heldBaseRows(base: BaseSet, outputs: readonly string[]): EmbeddedSet {
  return inColumns(
    base,
    selectRows(base.set, ({ group, augmented }) => base.held.has(group) && !augmented),
    outputs,
  );
}

/**
 * What is fitted to, so that it is not forgotten: the groups that are not held, and the places that were found in frames,
 * which are the ones that a head most easily gets wrong.
 *
 * @param outputs as of {@link heldBaseRows}
 */
export function rehearsedRows(base: BaseSet, outputs: readonly string[]): EmbeddedSet {
  const side = selectRows(base.set, ({ group }) => !base.held.has(group));
  return inColumns(base, base.found === undefined ? side : joined(side, base.found), outputs);
}

function inColumns(base: BaseSet, { samples, ...set }: EmbeddedSet, outputs: readonly string[]): EmbeddedSet {
  const columns = baseColumns(base, outputs);
  return {
    ...set,
    samples: samples.map(sample => ({
      ...sample,
      labels: columns.map(column => sample.labels[column] ?? 0),
    })),
  };
}

function joined(one: EmbeddedSet, other: EmbeddedSet): EmbeddedSet {
  const embeddings = new Float32Array(one.embeddings.length + other.embeddings.length);
  embeddings.set(one.embeddings);
  embeddings.set(other.embeddings, one.embeddings.length);
  return { ...one, samples: [...one.samples, ...other.samples], embeddings };
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
