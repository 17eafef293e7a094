/** Draws what a step needs. Every step has a generator of its own, so that a resumed run draws what it would have. */
import { createRandom, type Random } from '../../base/random.ts';
import { dropOut } from '../../learning/fit/fit-head.ts';
import { rowAt } from '../../learning/fit/weights.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import type { DropoutMasks } from './head.ts';
import type { TuningOptions } from './options.ts';

/** A generator for one step: seed and step decide what it gives, whatever was drawn before. */
export function randomOfStep(seed: number, step: number): Random {
  return createRandom(seed ^ Math.imul(step + 1, 0x9e3779b1));
}

/**
 * Rows drawn with these weights by stratified sampling: the k-th of `count` comes from the k-th part of the running sum,
 * which varies less from batch to batch than independent draws.
 *
 * @param sums running sum of the weights
 */
export function drawRows(sums: Float64Array, count: number, random: Random): number[] {
  const total = sums.at(-1) as number;
  return Array.from({ length: count }, (_, index) => {
    const point = ((index + random.next()) / count) * total;
    return rowAt(sums, point);
  });
}

/** @param width of an embedding */
export function drawMasks(
  tf: Tensorflow,
  rows: number,
  width: number,
  { hidden, dropout, seed }: Pick<TuningOptions, 'hidden' | 'dropout' | 'seed'>,
  step: number,
): DropoutMasks {
  // Another stream than that of the rows.
  const random = randomOfStep(~seed, step);
  const mask = (columns: number) =>
    tf.tensor2d(dropOut(new Float32Array(rows * columns).fill(1), dropout, random), [rows, columns]);
  return { inputs: mask(width), hidden: mask(hidden) };
}
