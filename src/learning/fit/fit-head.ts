/** Fits the head: Dense (ReLU) and Dense (sigmoid) on frozen embeddings, Adam, binary cross-entropy. */
import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { createRandom, type Random } from '../../ops/random.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import type { EmbeddedSet } from '../embedding/sample.ts';
import { samplingWeights } from './weights.ts';

export interface FitOptions {
  /** Hidden units. */
  readonly hidden: number;
  /** Passes over as many samples as there are. */
  readonly epochs: number;
  readonly batch: number;
  /** Adam's learning rate at the start; it falls to zero along half a cosine. */
  readonly learningRate: number;
  /** Share of the embedding's numbers, and of the hidden units, left out at each step, 0..1. */
  readonly dropout: number;
  readonly seed: number;
}

export type FittedHead = Omit<HeadBundle, 'manifest'>;

export interface Epoch {
  readonly epoch: number;
  /** Mean binary cross-entropy over the epoch's batches, with dropout. */
  readonly loss: number;
}

/**
 * @param set labels and embeddings, at least one sample
 * @param onEpoch called after every epoch
 */
export async function fitHead(
  tf: Tensorflow,
  set: EmbeddedSet,
  options: FitOptions,
  onEpoch?: (epoch: Epoch) => void,
): Promise<FittedHead> {
  const random = createRandom(options.seed);
  const activities = set.samples[0]?.labels.length ?? 0;
  const model = startWeights(tf, set.width, options.hidden, activities, random);
  const optimizer = tf.train.adam(options.learningRate);
  const draw = drawer(samplingWeights(set.samples), random);
  const steps = Math.max(1, Math.round(set.samples.length / options.batch));
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const done = ((epoch - 1) * steps + step) / (options.epochs * steps);
      setLearningRate(optimizer, (options.learningRate * (1 + Math.cos(Math.PI * done))) / 2);
      const rows = Array.from({ length: options.batch }, draw);
      loss += trainStep(tf, optimizer, model, set, rows, options.dropout, random);
      // The daemon's other work must not wait for a whole epoch.
      if (step % 16 === 15) await new Promise(resolve => setImmediate(resolve));
    }
    onEpoch?.({ epoch, loss: loss / steps });
  }
  const fitted = await readWeights(tf, model);
  optimizer.dispose();
  tf.dispose(Object.values(model));
  return fitted;
}

interface Model {
  readonly hiddenKernel: Variable;
  readonly hiddenBias: Variable;
  readonly outputKernel: Variable;
  readonly outputBias: Variable;
}

/** Glorot's uniform start (Glorot and Bengio 2010), from our own generator so that every backend starts alike. */
function startWeights(tf: Tensorflow, width: number, hidden: number, outputs: number, random: Random): Model {
  const kernel = (rows: number, columns: number) => {
    const limit = Math.sqrt(6 / (rows + columns));
    const values = Float32Array.from({ length: rows * columns }, () => random.between(-limit, limit));
    return tf.variable(tf.tensor2d(values, [rows, columns]));
  };
  // Variables outlive the tidy; the tensors they start from do not.
  return tf.tidy(() => ({
    hiddenKernel: kernel(width, hidden),
    hiddenBias: tf.variable(tf.zeros([hidden])),
    outputKernel: kernel(hidden, outputs),
    outputBias: tf.variable(tf.zeros([outputs])),
  }));
}

function trainStep(
  tf: Tensorflow,
  optimizer: ReturnType<Tensorflow['train']['adam']>,
  model: Model,
  set: EmbeddedSet,
  rows: readonly number[],
  dropout: number,
  random: Random,
): number {
  const { x, y } = gather(set, rows);
  dropOut(x, dropout, random);
  const hiddenMask = new Float32Array(rows.length * (model.hiddenBias.shape[0] as number)).fill(1);
  dropOut(hiddenMask, dropout, random);
  return tf.tidy(() => {
    const inputs = tf.tensor2d(x, [rows.length, set.width]);
    const labels = tf.tensor2d(y, [rows.length, y.length / rows.length]);
    const kept = tf.tensor2d(hiddenMask, [rows.length, hiddenMask.length / rows.length]);
    // The gradient that tfjs derives multiplies by a transposed view, for which wasm has only a plain loop, ten times
    // slower than its kernel: transposed in memory first, training takes a third of the time.
    const timesKernel = tf.customGrad(kernel => ({
      value: inputs.matMul(kernel as Tensor2D),
      gradFunc: (dy: Tensor) => inputs.transpose<Tensor2D>().matMul(dy as Tensor2D),
    }));
    const cost = optimizer.minimize(
      () => {
        const hidden = timesKernel(model.hiddenKernel as Tensor)
          .add(model.hiddenBias)
          .relu()
          .mul<Tensor2D>(kept);
        const logits = hidden.matMul(model.outputKernel as Tensor as Tensor2D).add(model.outputBias);
        // max(z, 0) − z·y + ln(1 + e^−|z|): cross-entropy from logits without overflow.
        return logits.relu().sub(logits.mul(labels)).add(logits.abs().neg().exp().log1p()).mean().asScalar();
      },
      true,
      Object.values(model) as Variable[],
    );
    return cost?.dataSync()[0] ?? Number.NaN;
  });
}

function gather(set: EmbeddedSet, rows: readonly number[]) {
  const labels = rows.map(row => (set.samples[row] as { labels: readonly number[] }).labels);
  const x = new Float32Array(rows.length * set.width);
  for (const [index, row] of rows.entries()) {
    x.set(set.embeddings.subarray(row * set.width, (row + 1) * set.width), index * set.width);
  }
  return { x, y: Float32Array.from(labels.flat()) };
}

/** Sets a share of the numbers to zero and enlarges the others, so that the sum stays the same on average. */
function dropOut(values: Float32Array, share: number, random: Random): void {
  if (share === 0) return;
  const enlarged = 1 / (1 - share);
  for (let index = 0; index < values.length; index++) {
    values[index] = random.next() < share ? 0 : (values[index] as number) * enlarged;
  }
}

/** Draws rows with these weights, by binary search in their running sum. */
function drawer(weights: Float64Array, random: Random): () => number {
  let sum = 0;
  const sums = weights.map(weight => {
    sum += weight;
    return sum;
  });
  return () => {
    const point = random.next() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] as number) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function setLearningRate(optimizer: ReturnType<Tensorflow['train']['adam']>, rate: number): void {
  // Adam reads this field at every step; tfjs has no schedule of its own and types the field as protected.
  (optimizer as unknown as { learningRate: number }).learningRate = rate;
}

async function readWeights(tf: Tensorflow, model: Model): Promise<FittedHead> {
  const read = async (tensor: Tensor) => {
    const values = Float32Array.from(await tensor.data<'float32'>());
    tensor.dispose();
    return values;
  };
  return {
    hiddenKernel: await read(tf.transpose(model.hiddenKernel)),
    hiddenBias: Float32Array.from(await model.hiddenBias.data<'float32'>()),
    outputKernel: await read(tf.transpose(model.outputKernel)),
    outputBias: Float32Array.from(await model.outputBias.data<'float32'>()),
  };
}
