/** Draws the rows of a batch. Every step has a generator of its own, so that a resumed run draws what it would have. */
import { createRandom, type Random } from '../../base/random.ts';
import { rowAt } from '../../learning/fit/weighted-draw.ts';

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

/** Zero for a share of the numbers, more than one for the others, so that the sum stays the same on average. */
export function dropoutMask(length: number, share: number, random: Random): Float32Array {
  const enlarged = 1 / (1 - share);
  return Float32Array.from({ length }, () => (random.next() < share ? 0 : enlarged));
}
