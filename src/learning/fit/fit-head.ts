/** Fits the head: Dense (ReLU) and Dense (sigmoid) on frozen embeddings, Adam, binary cross-entropy. */
import { createRandom, type Random, shuffled } from '../../base/random.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import {
  type Batch,
  decay,
  type FittedHead,
  readWeights,
  setLearningRate,
  startWeights,
  trainStep,
} from './head-model.ts';
import type { EmbeddedSet } from './sample.ts';
import { rowAt, runningSums } from './weighted-draw.ts';
import { samplingWeights } from './weights.ts';

export interface FitOptions {
  /** Hidden units. */
  readonly hidden: number;
  /** Passes over as many samples as there are. */
  readonly epochs: number;
  readonly batch: number;
  /** Adam's learning rate at the start. */
  readonly learningRate: number;
  /** `cosine` falls to zero along half a cosine (Loshchilov and Hutter 2017). */
  readonly schedule: 'constant' | 'cosine';
  /** Share of the embedding's numbers, and of the hidden units, left out at each step, 0..1. */
  readonly dropout: number;
  /** Decoupled weight decay (Loshchilov and Hutter 2019): share of each kernel lost in a step of learning rate 1. */
  readonly weightDecay: number;
  /** Labels are moved this far towards one half, 0..1. */
  readonly labelSmoothing: number;
  /** Stop after this many epochs without a lower held-back loss, and keep the best; 0 runs and keeps all. */
  readonly patience: number;
  /** `balanced` draws by {@link samplingWeights}; `plain` takes each sample once an epoch. */
  readonly sampling: 'balanced' | 'plain';
  readonly seed: number;
}

export interface Epoch {
  readonly epoch: number;
  /** Mean binary cross-entropy over the epoch's batches, with dropout. */
  readonly loss: number;
  readonly weights: FittedHead;
}

export interface FitHooks {
  /** Called after every epoch; returns the loss on data held back, by which training stops early. */
  readonly onEpoch?: (epoch: Epoch) => number | null;
  /** Called now and then between steps, with the share of the work that is done, 0..1. */
  readonly onStep?: (done: number) => void;
}

export interface Fit {
  readonly weights: FittedHead;
  /** The epoch whose weights these are, from 1. */
  readonly epoch: number;
}

/** @param set labels and embeddings, at least one sample */
export async function fitHead(
  tf: Tensorflow,
  set: EmbeddedSet,
  options: FitOptions,
  hooks: FitHooks = {},
): Promise<Fit> {
  const random = createRandom(options.seed);
  const activities = set.samples[0]?.labels.length ?? 0;
  const model = startWeights(tf, set.width, options.hidden, activities, random);
  const optimizer = tf.train.adam(options.learningRate);
  const plain = options.sampling === 'plain';
  const draw = plain ? inTurn(set.samples.length, random) : drawer(samplingWeights(set.samples), random);
  const steps = Math.max(1, Math.ceil(set.samples.length / options.batch));
  let best: (Fit & { readonly loss: number }) | null = null;
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const done = ((epoch - 1) * steps + step) / (options.epochs * steps);
      const rate = rateAt(options, done);
      setLearningRate(optimizer, rate);
      loss += trainStep(tf, optimizer, model, batchOf(set, draw(options.batch), options, random));
      decay(tf, model, rate * options.weightDecay);
      if (step % STEPS_AT_A_TIME !== STEPS_AT_A_TIME - 1) continue;
      hooks.onStep?.(done);
      await new Promise(resolve => setImmediate(resolve));
    }
    const weights = await readWeights(tf, model);
    const heldLoss = hooks.onEpoch?.({ epoch, loss: loss / steps, weights }) ?? null;
    const keep = options.patience === 0 || heldLoss === null || best === null || heldLoss < best.loss;
    if (keep) best = { weights, epoch, loss: heldLoss ?? 0 };
    else if (epoch - (best?.epoch ?? epoch) >= options.patience) break;
  }
  optimizer.dispose();
  tf.dispose(Object.values(model));
  const { weights, epoch } = best as Fit;
  return { weights, epoch };
}

/** The daemon's other work must not wait for a whole epoch. */
const STEPS_AT_A_TIME = 16;

function rateAt({ schedule, learningRate }: FitOptions, done: number): number {
  return schedule === 'constant' ? learningRate : (learningRate * (1 + Math.cos(Math.PI * done))) / 2;
}

function drawer(weights: Float64Array, random: Random): (count: number) => number[] {
  const sums = runningSums(weights);
  const total = sums.at(-1) as number;
  return count => Array.from({ length: count }, () => rowAt(sums, random.next() * total));
}

/** Takes every row once, then all again in another order; the last batch of a round may be short. */
function inTurn(rows: number, random: Random): (count: number) => number[] {
  let left: number[] = [];
  return count => {
    if (left.length === 0) left = shuffled([...Array(rows).keys()], random);
    return left.splice(0, count);
  };
}

function batchOf(set: EmbeddedSet, rows: readonly number[], options: FitOptions, random: Random): Batch {
  const { hidden, dropout, labelSmoothing } = options;
  const inputs = new Float32Array(rows.length * set.width);
  for (const [index, row] of rows.entries()) {
    inputs.set(set.embeddings.subarray(row * set.width, (row + 1) * set.width), index * set.width);
  }
  dropOut(inputs, dropout, random);
  const kept = new Float32Array(rows.length * hidden).fill(1);
  dropOut(kept, dropout, random);
  const labels = Float32Array.from(
    rows.flatMap(row => (set.samples[row] as { labels: readonly number[] }).labels),
    label => label + labelSmoothing * (0.5 - label),
  );
  return { rows: rows.length, width: set.width, inputs, labels, kept };
}

/** Sets a share of the numbers to zero and enlarges the others, so that the sum stays the same on average. */
function dropOut(values: Float32Array, share: number, random: Random): void {
  if (share === 0) return;
  const enlarged = 1 / (1 - share);
  for (let index = 0; index < values.length; index++) {
    values[index] = random.next() < share ? 0 : (values[index] as number) * enlarged;
  }
}
