/** How good the network is on the held-out groups. */
import type { Tensor2D } from '@tensorflow/tfjs';
import { activitiesAbove } from '../../activity/scores.ts';
import { fitCalibration } from '../../learning/fit/calibrate.ts';
import { crossEntropy } from '../../learning/fit/loss.ts';
import { measure, type Prediction } from '../../learning/fit/metrics.ts';
import type { Sample } from '../../learning/fit/sample.ts';
import { samplingWeights } from '../../learning/fit/weights.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { embedRows } from './batch.ts';
import type { Cut } from './cut.ts';
import type { FeatureStore } from './feature-store.ts';
import { headLogitsOf } from './head.ts';
import type { Tensors } from './network.ts';
import type { TuningValidation } from './options.ts';

/**
 * Calibrated on the very rows that are judged: how sure the network is gets put right afterwards by the head's own
 * calibration, so what counts here is what it tells apart. Thresholds are 0.5.
 *
 * @param rows at least one
 */
export async function validate(
  tf: Tensorflow,
  store: FeatureStore,
  cut: Cut,
  values: Tensors,
  rows: readonly number[],
  activities: readonly string[],
): Promise<TuningValidation> {
  const embeddings = await embedRows(tf, store, cut, values, rows);
  const output = tf.tidy(() => {
    const inputs: Tensor2D = tf.tensor2d(embeddings, [rows.length, embeddings.length / rows.length]);
    return headLogitsOf(values, inputs, null);
  });
  const logits = await output.data<'float32'>();
  output.dispose();
  const samples = rows.map(row => store.samples[row] as Sample);
  const weights = [...samplingWeights(samples)].map(weight => weight * rows.length);
  const columns = activities.map((_, index) => {
    const own = samples.map((__, row) => logits[row * activities.length + index] as number);
    const labels = samples.map(sample => sample.labels[index] as number);
    const { slope, intercept } = fitCalibration(own, labels, weights);
    return { labels, logits: own.map(logit => slope * logit + intercept) };
  });
  const losses = columns.flatMap(column =>
    column.logits.map(
      (logit, row) => (weights[row] as number) * crossEntropy(logit, column.labels[row] as number),
    ),
  );
  const predictions = samples.map((_, row): Prediction => {
    const scores = Object.fromEntries(
      activities.map((activity, index) => [
        activity,
        1 / (1 + Math.exp(-(columns[index]?.logits[row] as number))),
      ]),
    );
    const truth = activities.filter((__, index) => columns[index]?.labels[row] === 1);
    return { truth, found: activitiesAbove(scores, {}), scores };
  });
  const { accuracy, balancedAccuracy, activityAccuracy } = measure(predictions, activities);
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  return { loss, accuracy, balancedAccuracy, activityAccuracy };
}
