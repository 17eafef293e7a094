/** Fits a head to rows, epoch by epoch: pictures, cells of the workstation and cells of the board alike. */
import type { Random } from '../../base/random.ts';
import { cosineRate } from './adam.ts';
import type { FittedHead, HeadBatch, HeadTrainer } from './head-trainer.ts';
import { rowAt, runningSums } from './weights.ts';

export interface FitOptions {
  readonly epochs: number;
  /** Rows in a step. */
  readonly batch: number;
  /** Adam's learning rate at the start. */
  readonly learningRate: number;
  /** `cosine`, unless it is said, falls to zero; see {@link cosineRate}. */
  readonly schedule?: 'constant' | 'cosine';
  /** Share of the inputs, and of the hidden units, left out at each step, 0..1. */
  readonly dropout: number;
  /** Share of the way back to where it started that a step of learning rate 1 would take; missing for 0. */
  readonly pull?: number;
  /** Stop after so many epochs without a lower held-out loss, and keep the best; 0 runs and keeps all. */
  readonly patience: number;
}

/** What is fitted to. */
export interface FitRows {
  /** [count, width], after the head's input transform. */
  readonly inputs: Float32Array;
  /** [count, outputs]: probability that it shows that, 0..1. */
  readonly targets: Float32Array | Uint8Array;
  /** [count, outputs]: 0 where it is not known, and the loss leaves it out; else 1. */
  readonly mask: Float32Array | Uint8Array;
}

/** Rows, and which of them a batch is made of. */
export interface FitSource {
  readonly rows: FitRows;
  readonly draw: Draw;
}

export type Draw = (count: number, random: Random) => readonly number[];

export interface Epoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean binary cross-entropy of the epoch's steps, with dropout. */
  readonly loss: number;
  readonly weights: FittedHead;
}

export interface FitHooks {
  /** Called after every epoch; returns the loss on data held out, by which fitting stops early. */
  readonly onEpoch?: (epoch: Epoch) => number | null;
  /** Called after every epoch but the last; returns what to go on with, or null for the same. */
  readonly next?: (epoch: number) => FitSource | null;
  /** Called now and then between steps, with the share of the work that is done, 0..1. */
  readonly onStep?: (done: number) => void;
}

export interface Fit {
  readonly weights: FittedHead;
  /** The epoch whose weights these are, from 1. */
  readonly epoch: number;
}

/** Between them the daemon's other work is done, and messages are read, such as that the fit is to end. */
const STEPS_AT_A_TIME = 8;

/**
 * @param trainer begins where the fit does
 * @param steps in an epoch
 * @param random draws rows and drops out: the same seed gives the same head
 */
export async function fitHead(
  trainer: HeadTrainer,
  source: FitSource,
  steps: number,
  options: FitOptions,
  random: Random,
  { onEpoch, next, onStep }: FitHooks = {},
): Promise<Fit> {
  const { epochs, learningRate, patience, pull = 0 } = options;
  const { width, hidden, outputs } = trainer;
  const of = (length: number) => new Float32Array(options.batch * length);
  // The same arrays at every step: new ones would keep the garbage collector busy.
  const batch: HeadBatch = {
    rows: options.batch,
    inputs: of(width),
    kept: of(hidden),
    targets: of(outputs),
    mask: of(outputs),
  };
  let from = source;
  let best: (Fit & { readonly loss: number | null }) | null = null;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const done = ((epoch - 1) * steps + step) / (epochs * steps);
      const rate = options.schedule === 'constant' ? learningRate : cosineRate(learningRate, done);
      fillBatch(batch, from.rows, from.draw(options.batch, random));
      dropOut(batch.inputs, options.dropout, random);
      dropOut(batch.kept.fill(1), options.dropout, random);
      loss += trainer.step(batch, rate, rate * pull);
      if (step % STEPS_AT_A_TIME !== STEPS_AT_A_TIME - 1) continue;
      onStep?.(done);
      await new Promise(resolve => setImmediate(resolve));
    }
    const weights = trainer.weights();
    const held = onEpoch?.({ epoch, loss: loss / steps, weights }) ?? null;
    const isBest = patience === 0 || held === null || best === null || held < (best.loss ?? Infinity);
    if (isBest) best = { weights, epoch, loss: held };
    else if (epoch - (best?.epoch ?? epoch) >= patience) break;
    if (epoch < epochs) from = next?.(epoch) ?? from;
  }
  if (best === null) throw new RangeError('a fit takes one epoch or more');
  return { weights: best.weights, epoch: best.epoch };
}

/** Draws each row as often as it weighs. */
export function drawByWeight(weights: Float64Array): Draw {
  const sums = runningSums(weights);
  const total = sums.at(-1) as number;
  return (count, random) => Array.from({ length: count }, () => rowAt(sums, random.next() * total));
}

/** Copies the rows that were drawn; what is dropped out of them is not said yet. */
function fillBatch(batch: HeadBatch, rows: FitRows, drawn: readonly number[]): void {
  for (const part of ['inputs', 'targets', 'mask'] as const) {
    const [from, to] = [rows[part], batch[part]];
    const length = to.length / batch.rows;
    for (const [index, row] of drawn.entries()) {
      for (let at = 0; at < length; at++) to[index * length + at] = from[row * length + at] as number;
    }
  }
}

/**
 * Sets a share of the numbers to zero and enlarges the others, so that the sum stays the same on average.
 *
 * @returns `values`, changed
 */
export function dropOut(values: Float32Array, share: number, random: Random): Float32Array {
  if (share === 0) return values;
  const enlarged = 1 / (1 - share);
  for (let index = 0; index < values.length; index++) {
    values[index] = random.next() < share ? 0 : (values[index] as number) * enlarged;
  }
  return values;
}
