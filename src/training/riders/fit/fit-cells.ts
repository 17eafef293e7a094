/** Fits a head to cells: masked cross-entropy, what is rare and what is hard drawn more often. */
import { createRandom, type Random } from '../../../base/random.ts';
import type { FittedHead } from '../../../learning/fit/head-model.ts';
import { rowAt, runningSums } from '../../../learning/fit/weighted-draw.ts';
import { createOwnTrainer } from '../../../learning/retrain/own-trainer.ts';
import type { MaskedBatch } from '../../../learning/retrain/trainer.ts';
import { riderChance } from './choose-cells.ts';
import { type CellRows, kindOfRow } from './rows.ts';

export interface FitCellsOptions {
  readonly epochs: number;
  /** Steps in an epoch. */
  readonly steps: number;
  /** Rows in a step, even. */
  readonly batch: number;
  /** Adam's learning rate at the start; falls to zero along half a cosine. */
  readonly learningRate: number;
  /** Share of the inputs, and of the hidden units, left out at each step, 0..1. */
  readonly dropout: number;
  readonly hidden: number;
  readonly seed: number;
}

export const FIT_DEFAULTS: Omit<FitCellsOptions, 'seed'> = {
  epochs: 16,
  steps: 250,
  batch: 256,
  learningRate: 0.003,
  dropout: 0.1,
  hidden: 64,
};

export interface FittedEpoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean cross-entropy of the steps. */
  readonly loss: number;
  /** Of the rows held back: riders, what else is something, and what is nothing, each weighing alike; null without any. */
  readonly heldLoss: number | null;
  readonly weights: FittedHead;
}

/** Shares of a batch. */
const SHARE = { riders: 0.36, background: 0.18 } as const;
/** How often what is easy is still drawn, beside 1 of what is hardest. */
const EASY = 0.12;
/** Epochs after which hardness is looked at again, as shares of all. */
const LOOKS = [0.2, 0.45, 0.7];
/** Rows held back that are scored, at most: the loss needs no more. */
const MOST_HELD = 12_000;

/**
 * @param fitted rows to fit to
 * @param held rows to measure the loss on after each epoch
 * @returns every epoch with its weights: which to keep is for others to say
 */
export async function fitCells(
  rows: CellRows,
  fitted: readonly number[],
  held: readonly number[],
  options: FitCellsOptions,
  onProgress: (done: number) => void = () => undefined,
): Promise<FittedEpoch[]> {
  const random = createRandom(options.seed);
  const trainer = createOwnTrainer(startOf(rows, options.hidden, random), options.batch);
  const pools = poolsOf(rows, fitted);
  let negatives = runningSums(new Float64Array(pools.none.length).fill(1));
  const heldRows =
    held.length > MOST_HELD
      ? held.filter((_, index) => index % Math.ceil(held.length / MOST_HELD) === 0)
      : held;
  const looks = new Set(LOOKS.map(share => Math.max(1, Math.round(share * options.epochs))));
  const epochs: FittedEpoch[] = [];
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    let loss = 0;
    for (let step = 0; step < options.steps; step++) {
      const done = ((epoch - 1) * options.steps + step) / (options.epochs * options.steps);
      const rate = (options.learningRate * (1 + Math.cos(Math.PI * done))) / 2;
      const drawn = Array.from({ length: options.batch }, () => drawRow(pools, negatives, random));
      loss += trainer.step(batchOf(rows, drawn, options, random), rate, 0);
      if (step % 16 !== 15) continue;
      onProgress(done);
      await new Promise(resolve => setImmediate(resolve));
    }
    const heldLoss = heldRows.length === 0 ? null : lossOf(rows, heldRows, trainer.logits);
    epochs.push({ epoch, loss: loss / options.steps, heldLoss, weights: trainer.weights() });
    if (looks.has(epoch)) negatives = runningSums(hardnessOf(rows, pools.none, trainer.logits));
  }
  return epochs;
}

/** Glorot's uniform start (Glorot and Bengio 2010); outputs begin rare, as what they stand for is. */
function startOf({ width, outputs }: CellRows, hidden: number, random: Random): FittedHead {
  const kernel = (rows: number, columns: number) => {
    const limit = Math.sqrt(6 / (rows + columns));
    return Float32Array.from({ length: rows * columns }, () => random.between(-limit, limit));
  };
  const count = outputs.all.length;
  return {
    hiddenKernel: kernel(hidden, width),
    hiddenBias: new Float32Array(hidden),
    outputKernel: kernel(count, hidden),
    outputBias: new Float32Array(count).fill(-2),
  };
}

interface Pools {
  /** Rows of each activity, with how often the activity is drawn. */
  readonly riders: readonly Pool[];
  readonly background: readonly Pool[];
  readonly none: readonly number[];
}

interface Pool {
  readonly rows: readonly number[];
  readonly weight: number;
}

function poolsOf(rows: CellRows, fitted: readonly number[]): Pools {
  const positives = rows.outputs.all.map((): number[] => []);
  const none: number[] = [];
  for (const row of fitted) {
    const kind = kindOfRow(rows, row);
    if (kind.positive !== null) positives[kind.positive]?.push(row);
    if (kind.none) none.push(row);
  }
  const pools = positives.map(own => ({ rows: own, weight: Math.sqrt(own.length) }));
  const riders = rows.outputs.activities.length;
  return {
    riders: pools.slice(0, riders).filter(pool => pool.rows.length > 0),
    background: pools.slice(riders).filter(pool => pool.rows.length > 0),
    none,
  };
}

function drawRow({ riders, background, none }: Pools, negatives: Float64Array, random: Random): number {
  const place = random.next();
  if (place < SHARE.riders && riders.length > 0) return fromPools(riders, random);
  if (place < SHARE.riders + SHARE.background && background.length > 0) return fromPools(background, random);
  if (none.length === 0) return fromPools(riders.length > 0 ? riders : background, random);
  return none[rowAt(negatives, random.next() * (negatives.at(-1) as number))] as number;
}

function fromPools(pools: readonly Pool[], random: Random): number {
  let left = random.next() * pools.reduce((sum, { weight }) => sum + weight, 0);
  const pool = pools.find(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  const { rows } = pool ?? (pools.at(-1) as Pool);
  return rows[random.below(rows.length)] as number;
}

type Score = (inputs: Float32Array, count: number) => Float32Array;

function hardnessOf(rows: CellRows, none: readonly number[], score: Score): Float64Array {
  const hardness = new Float64Array(none.length);
  forParts(rows, none, score, (logits, from, count) => {
    for (let row = 0; row < count; row++)
      hardness[from + row] = EASY + riderChance(logits, row, rows.outputs);
  });
  return hardness;
}

/** Cross-entropy of riders, of what else is something, and of what is none, in equal parts. */
function lossOf(rows: CellRows, held: readonly number[], score: Score): number {
  const size = rows.outputs.all.length;
  const riders = rows.outputs.activities.length;
  const sums = [0, 0, 0];
  const counts = [0, 0, 0];
  forParts(rows, held, score, (logits, from, count) => {
    for (let index = 0; index < count; index++) {
      const row = held[from + index] as number;
      const { positive } = kindOfRow(rows, row);
      const part = positive === null ? 2 : positive < riders ? 0 : 1;
      for (let output = 0; output < size; output++) {
        if (rows.mask[row * size + output] !== 1) continue;
        const logit = logits[index * size + output] as number;
        const z = rows.targets[row * size + output] === 1 ? -logit : logit;
        sums[part] = (sums[part] as number) + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      }
      counts[part] = (counts[part] as number) + 1;
    }
  });
  const losses = sums.flatMap((sum, part) => (counts[part] === 0 ? [] : [sum / (counts[part] as number)]));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

const PART = 4096;

function forParts(
  { vectors, width }: CellRows,
  which: readonly number[],
  score: Score,
  each: (logits: Float32Array, from: number, count: number) => void,
): void {
  for (let from = 0; from < which.length; from += PART) {
    const part = which.slice(from, from + PART);
    const inputs = new Float32Array(part.length * width);
    for (const [to, row] of part.entries())
      inputs.set(vectors.subarray(row * width, (row + 1) * width), to * width);
    each(score(inputs, part.length), from, part.length);
  }
}

function batchOf(
  { vectors, targets, mask, width, outputs }: CellRows,
  drawn: readonly number[],
  { hidden, dropout }: FitCellsOptions,
  random: Random,
): MaskedBatch {
  const size = outputs.all.length;
  const inputs = new Float32Array(drawn.length * width);
  const wanted = new Float32Array(drawn.length * size);
  const known = new Float32Array(drawn.length * size);
  for (const [to, row] of drawn.entries()) {
    inputs.set(vectors.subarray(row * width, (row + 1) * width), to * width);
    wanted.set(targets.subarray(row * size, (row + 1) * size), to * size);
    known.set(mask.subarray(row * size, (row + 1) * size), to * size);
  }
  const kept = new Float32Array(drawn.length * hidden).fill(1);
  dropOut(inputs, dropout, random);
  dropOut(kept, dropout, random);
  return { rows: drawn.length, inputs, targets: wanted, mask: known, kept };
}

/** Sets a share of the numbers to zero and enlarges the others, so that the sum stays the same on average. */
function dropOut(values: Float32Array, share: number, random: Random): void {
  if (share === 0) return;
  const enlarged = 1 / (1 - share);
  for (let index = 0; index < values.length; index++) {
    values[index] = random.next() < share ? 0 : (values[index] as number) * enlarged;
  }
}
