/** Finds what a half-trained head takes for riders that are none. */
import { headLogits } from '../../activity/head.ts';
import { type EmbeddedSet, selectRows } from '../embedding/sample.ts';
import type { FittedHead } from './head-model.ts';
import { samplingWeights } from './weights.ts';

/**
 * Sampling weights in which hard negatives weigh more (Sung and Poggio 1998; Shrivastava, Gupta and Girshick 2016):
 * tiles without a rider, in which the head finds one at least as likely as not.
 *
 * @param factor how many times more
 */
export function withHardNegatives(weights: FittedHead, set: EmbeddedSet, factor: number): Float64Array {
  const hidden = weights.hiddenBias.length;
  const activities = Array.from(weights.outputBias, (_, index) => String(index));
  const head = { ...weights, manifest: { width: set.width, hidden, activities } };
  const isNegative = ({ part, labels }: EmbeddedSet['samples'][number]) =>
    part !== '' && labels.every(label => label === 0);
  const negatives = selectRows(set, isNegative);
  const logits = headLogits(head, negatives.embeddings, negatives.samples.length);
  let at = 0;
  return samplingWeights(set.samples).map((weight, row) => {
    const sample = set.samples[row];
    if (sample === undefined || !isNegative(sample)) return weight;
    const own = logits.subarray(at, at + activities.length);
    at += activities.length;
    return own.some(logit => logit > 0) ? weight * factor : weight;
  });
}
