/** How much of what was learnt goes into the head: little of few labels. */
import type { FittedHead } from '../fit/head-model.ts';

/**
 * Weights on the line from a head to what was fitted from it. Such a mean keeps nearly all of what was learnt at one place
 * and forgets little of the others (Wortsman et al. 2022, robust fine-tuning of zero-shot models).
 *
 * @param from with as many weights of each kind
 * @param share 0 for `from`, 1 for `to`
 */
export function blend(from: FittedHead, to: FittedHead, share: number): FittedHead {
  const between = (start: Float32Array, end: Float32Array) =>
    start.map((value, index) => value + share * ((end[index] as number) - value));
  return {
    hiddenKernel: between(from.hiddenKernel, to.hiddenKernel),
    hiddenBias: between(from.hiddenBias, to.hiddenBias),
    outputKernel: between(from.outputKernel, to.outputKernel),
    outputBias: between(from.outputBias, to.outputBias),
  };
}
