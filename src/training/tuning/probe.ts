/** What tuning begins with, fitted on embeddings that stay as they are: the head, and what there is of the teacher. */
import type { Tensor2D } from '@tensorflow/tfjs';
import { createRandom } from '../../base/random.ts';
import { adamStep, cosineRate, startAdam } from '../../learning/fit/adam.ts';
import { drawByWeight } from '../../learning/fit/fit-head.ts';
import type { FittedHead } from '../../learning/fit/head-trainer.ts';
import type { EmbeddedSet } from '../../learning/fit/sample.ts';
import { samplingWeights } from '../../learning/fit/weights.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { fitSet } from '../fit/fit-set.ts';
import { smoothed } from './batch.ts';
import { embeddingDistance } from './loss.ts';
import type { Weights } from './network.ts';
import type { TuningOptions } from './options.ts';

const FIT = { epochs: 12, batch: 64, learningRate: 1e-3, patience: 0, sampling: 'balanced' } as const;

type OnEpoch = (done: number, total: number) => void;

/**
 * A head on these embeddings. Beginning with a fitted one keeps the backbone from being torn about by a random one
 * (LP-FT, Kumar et al. 2022).
 */
export async function fitProbe(
  set: EmbeddedSet,
  { hidden, dropout, seed, smoothing }: Pick<TuningOptions, 'hidden' | 'dropout' | 'seed' | 'smoothing'>,
  onEpoch: OnEpoch,
): Promise<FittedHead> {
  const samples = set.samples.map(sample => ({ ...sample, labels: smoothed(sample, smoothing) }));
  const fit = await fitSet(
    { ...set, samples },
    { ...FIT, hidden, dropout, seed },
    {
      onEpoch: ({ epoch }) => {
        onEpoch(epoch, FIT.epochs);
        return null;
      },
    },
  );
  return fit.weights;
}

/**
 * The linear map of the embeddings to the teacher's. It begins as the one that changes nothing, which is exact where the
 * teacher is the start.
 */
export async function fitMap(
  tf: Tensorflow,
  { samples, embeddings, width }: EmbeddedSet,
  teacher: EmbeddedSet,
  seed: number,
  onEpoch: OnEpoch,
): Promise<Weights[string]> {
  const shape: [number, number] = [width, teacher.width];
  const adam = startAdam(Float32Array.from(tf.tidy(() => tf.eye(...shape).dataSync())));
  const draw = drawByWeight(samplingWeights(samples));
  const random = createRandom(seed);
  const steps = Math.ceil(samples.length / FIT.batch);
  const total = FIT.epochs * steps;
  for (let step = 1; step <= total; step++) {
    const rows = draw(FIT.batch, random);
    const gradient = tf.tidy(() => {
      const inputs = gather(tf, embeddings, width, rows);
      const wanted = gather(tf, teacher.embeddings, teacher.width, rows);
      const slope = tf.grad(map => embeddingDistance(tf, inputs, map as Tensor2D, wanted));
      return Float32Array.from(slope(tf.tensor2d(adam.values.slice(), shape)).dataSync());
    });
    const rate = cosineRate(FIT.learningRate, (step - 1) / total);
    adamStep(adam, gradient, { step, rate, pull: 0, towards: null });
    if (step % steps !== 0) continue;
    onEpoch(step / steps, FIT.epochs);
    await new Promise(resolve => setImmediate(resolve));
  }
  return { shape, values: adam.values };
}

function gather(tf: Tensorflow, values: Float32Array, width: number, rows: readonly number[]): Tensor2D {
  const picked = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    picked.set(values.subarray(row * width, (row + 1) * width), index * width);
  }
  return tf.tensor2d(picked, [rows.length, width]);
}
