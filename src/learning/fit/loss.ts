/** The loss of a head on samples, and fewer samples of a large set to measure it on. */
import { headLogits } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { type EmbeddedSet, type Sample, selectRows } from './sample.ts';
import { samplingWeights } from './weights.ts';

/** Binary cross-entropy of a logit without overflow: max(z, 0) − z·y + ln(1 + e^−|z|). */
export function crossEntropy(logit: number, target: number): number {
  return Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** Mean binary cross-entropy before calibration, each class and source weighing as while fitting. */
export function lossOf(head: HeadBundle, set: EmbeddedSet): number {
  return lossOfScored(headLogits(head, set.embeddings, set.samples.length), set.samples);
}

/** The same of logits, [samples, activities]. */
export function lossOfScored(
  logits: Float32Array,
  samples: readonly Sample[],
  weights = samplingWeights(samples),
): number {
  const outputs = logits.length / Math.max(1, samples.length);
  let sum = 0;
  for (const [row, { labels }] of samples.entries()) {
    for (const [index, label] of labels.entries()) {
      const logit = logits[row * outputs + index] as number;
      sum += ((weights[row] as number) * crossEntropy(logit, label)) / outputs;
    }
  }
  return sum;
}

/** Every so many files of what is not augmented, so that at most about `most` rows are left. */
export function thinnedSet(set: EmbeddedSet, most: number): EmbeddedSet {
  const plain = set.samples.filter(({ augmented }) => !augmented);
  const step = Math.max(1, Math.ceil(plain.length / most));
  const files = [...new Set(plain.map(({ source, file }) => `${source}\n${file}`))];
  const kept = new Set(files.filter((_, index) => index % step === 0));
  return selectRows(set, ({ augmented, source, file }) => !augmented && kept.has(`${source}\n${file}`));
}
