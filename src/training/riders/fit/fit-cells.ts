/** Fits a head to cells: masked cross-entropy, what is rare and what is hard drawn more often. */
import { createRandom, type Random } from '../../../base/random.ts';
import { type Epoch, type FitOptions, fitHead } from '../../../learning/fit/fit-head.ts';
import { createHeadTrainer, type HeadTrainer, startWeights } from '../../../learning/fit/head-trainer.ts';
import { crossEntropy } from '../../../learning/fit/loss.ts';
import { rowAt, runningSums } from '../../../learning/fit/weights.ts';
import { riderChance } from './choose-cells.ts';
import { type CellRows, kindOfRow } from './rows.ts';

export interface FitCellsOptions extends Pick<FitOptions, 'epochs' | 'batch' | 'learningRate' | 'dropout'> {
  /** Steps in an epoch. */
  readonly steps: number;
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

export interface FittedEpoch extends Epoch {
  /** Loss on the held-out rows: riders, other objects and background weigh the same; null without any. */
  readonly heldLoss: number | null;
}

/** Shares of a batch. */
const SHARE = { riders: 0.36, background: 0.18 } as const;
/** How often what is easy is still drawn, beside 1 of what is hardest. */
const EASY = 0.12;
/** Epochs after which hardness is looked at again, as shares of all. */
const LOOKS = [0.2, 0.45, 0.7];
/** Rows held out that are scored, at most: the loss needs no more. */
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
  onStep: (done: number) => void = () => undefined,
): Promise<FittedEpoch[]> {
  const random = createRandom(options.seed);
  const { all } = rows.outputs;
  // Outputs begin rare, as what they stand for is.
  const start = startWeights({ width: rows.width, hidden: options.hidden, outputs: all.length }, random, -2);
  const trainer = createHeadTrainer(start, options.batch);
  const pools = poolsOf(rows, fitted);
  const sourceOf = (hardness: Float64Array) => {
    const negatives = runningSums(hardness);
    const draw = (count: number, from: Random) =>
      Array.from({ length: count }, () => drawRow(pools, negatives, from));
    return { rows: { ...rows, inputs: rows.vectors }, draw };
  };
  const heldRows =
    held.length > MOST_HELD
      ? held.filter((_, index) => index % Math.ceil(held.length / MOST_HELD) === 0)
      : held;
  const looks = new Set(LOOKS.map(share => Math.max(1, Math.round(share * options.epochs))));
  const epochs: FittedEpoch[] = [];
  const easy = new Float64Array(pools.none.length).fill(1);
  await fitHead(trainer, sourceOf(easy), options.steps, { ...options, patience: 0 }, random, {
    onEpoch: epoch => {
      const heldLoss = heldRows.length === 0 ? null : lossOf(rows, heldRows, trainer.logits);
      epochs.push({ ...epoch, heldLoss });
      return heldLoss;
    },
    next: epoch => (looks.has(epoch) ? sourceOf(hardnessOf(rows, pools.none, trainer.logits)) : null),
    onStep,
  });
  return epochs;
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

type Score = HeadTrainer['logits'];

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
        const cost = crossEntropy(logit, rows.targets[row * size + output] as number);
        sums[part] = (sums[part] as number) + cost;
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
