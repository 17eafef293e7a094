/** Fits a head further, from where it stands, to weighted rows with labels that are known in part. */
import { createRandom, type Random } from '../../base/random.ts';
import type { FittedHead } from '../fit/head-model.ts';
import { rowAt, runningSums } from '../fit/weighted-draw.ts';
import type { FitRows } from './fit-rows.ts';
import type { HeadTrainer, MaskedBatch } from './trainer.ts';

export interface RefitOptions {
  readonly epochs: number;
  readonly batch: number;
  /** Adam's learning rate at the start; falls to zero along half a cosine. */
  readonly learningRate: number;
  /** Share of the inputs, and of the hidden units, left out at each step, 0..1. */
  readonly dropout: number;
  /** Share of the way back to the start that a step of learning rate 1 would take (L2-SP; Li, Grandvalet and Davoine 2018). */
  readonly pull: number;
  /** Stop after so many epochs without a lower held-back loss. */
  readonly patience: number;
  readonly seed: number;
}

export interface RefitHooks {
  /** After every epoch: the loss on data held back. */
  readonly heldLoss: (score: HeadTrainer['logits']) => number;
  /** A few times: rows with other targets and weights, of the same inputs. */
  readonly lookAgain: (score: HeadTrainer['logits']) => FitRows;
  readonly onEpoch?: (epoch: number, loss: number) => void;
  /** Share of the work that is done, 0..1. */
  readonly onStep?: (done: number) => void;
}

/** @returns the weights of the best epoch, and its number from 1; an epoch is as many draws as there are rows, up to a limit */
export async function refit(
  trainer: HeadTrainer,
  hidden: number,
  start: FitRows,
  options: RefitOptions,
  hooks: RefitHooks,
): Promise<{ weights: FittedHead; epoch: number }> {
  const random = createRandom(options.seed);
  const steps = Math.min(MAX_STEPS, Math.max(MIN_STEPS, Math.ceil(start.count / options.batch)));
  let rows = start;
  let sums = runningSums(rows.weights);
  let best: { weights: FittedHead; epoch: number; loss: number } | null = null;
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    let loss = 0;
    for (let step = 0; step < steps; step++) {
      const done = ((epoch - 1) * steps + step) / (options.epochs * steps);
      const rate = (options.learningRate * (1 + Math.cos(Math.PI * done))) / 2;
      const drawn = Array.from({ length: options.batch }, () =>
        rowAt(sums, random.next() * (sums.at(-1) as number)),
      );
      loss += trainer.step(batchOf(rows, drawn, hidden, options.dropout, random), rate, rate * options.pull);
      if (step % STEPS_AT_A_TIME !== STEPS_AT_A_TIME - 1) continue;
      hooks.onStep?.(done);
      await new Promise(resolve => setImmediate(resolve));
    }
    hooks.onEpoch?.(epoch, loss / steps);
    const heldLoss = hooks.heldLoss(trainer.logits);
    if (best === null || heldLoss < best.loss) best = { weights: trainer.weights(), epoch, loss: heldLoss };
    else if (epoch - best.epoch >= options.patience) break;
    if (epoch < options.epochs && epoch % Math.ceil(options.epochs / LOOKS) === 0) {
      rows = hooks.lookAgain(trainer.logits);
      sums = runningSums(rows.weights);
    }
  }
  if (best === null) throw new RangeError('a retraining takes one epoch or more');
  return best;
}

/** How often the rows are looked at again, about. */
const LOOKS = 4;
/** So that few rows are still learnt. */
const MIN_STEPS = 12;
/** Of thousands of frames not every cell is drawn in every epoch, nor need it be: most are background. */
const MAX_STEPS = 64;
/** Between them messages are read, such as that the job is to end. */
const STEPS_AT_A_TIME = 8;

function batchOf(
  rows: FitRows,
  drawn: readonly number[],
  hidden: number,
  dropout: number,
  random: Random,
): MaskedBatch {
  const { width, outputs } = rows;
  const take = (from: Float32Array, length: number) => {
    const taken = new Float32Array(drawn.length * length);
    for (const [to, row] of drawn.entries())
      taken.set(from.subarray(row * length, (row + 1) * length), to * length);
    return taken;
  };
  const inputs = take(rows.inputs, width);
  dropOut(inputs, dropout, random);
  const kept = new Float32Array(drawn.length * hidden).fill(1);
  dropOut(kept, dropout, random);
  return {
    rows: drawn.length,
    inputs,
    targets: take(rows.targets, outputs.length),
    mask: take(rows.mask, outputs.length),
    kept,
  };
}

/** Sets a share of the numbers to zero and enlarges the others, so that the sum stays the same on average. */
function dropOut(values: Float32Array, share: number, random: Random): void {
  if (share === 0) return;
  const enlarged = 1 / (1 - share);
  for (let index = 0; index < values.length; index++) {
    values[index] = random.next() < share ? 0 : (values[index] as number) * enlarged;
  }
}
