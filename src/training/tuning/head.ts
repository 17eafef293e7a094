/** The head that is tuned along: Dense (ReLU) and Dense, from embeddings to logits. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { FittedHead } from '../../learning/fit/head-trainer.ts';
import type { Tensors, Weights } from './network.ts';

const HEAD_NAMES = ['head/hiddenKernel', 'head/hiddenBias', 'head/outputKernel', 'head/outputBias'] as const;

/** What dropout leaves: masks of the embedding's numbers and of the hidden units, [n, width] and [n, hidden]. */
export interface DropoutMasks {
  readonly inputs: Tensor2D;
  readonly hidden: Tensor2D;
}

/** @returns [n, activities] logits */
export function headLogitsOf(values: Tensors, embeddings: Tensor2D, masks: DropoutMasks | null): Tensor2D {
  const [hiddenKernel, hiddenBias, outputKernel, outputBias] = HEAD_NAMES.map(name => values[name]);
  const seen = masks === null ? embeddings : embeddings.mul<Tensor2D>(masks.inputs);
  const units = seen
    .matMul<Tensor2D>(hiddenKernel as Tensor2D, false, true)
    .add<Tensor2D>(hiddenBias as Tensor1D)
    .relu<Tensor2D>();
  const kept = masks === null ? units : units.mul<Tensor2D>(masks.hidden);
  return kept.matMul<Tensor2D>(outputKernel as Tensor2D, false, true).add<Tensor2D>(outputBias as Tensor1D);
}

/** A head among the weights that are tuned, kernels as a head bundle stores them. */
export function headWeights({ hiddenKernel, hiddenBias, outputKernel, outputBias }: FittedHead): Weights {
  const [hidden, outputs] = [hiddenBias.length, outputBias.length];
  return {
    'head/hiddenKernel': { shape: [hidden, hiddenKernel.length / hidden], values: hiddenKernel },
    'head/hiddenBias': { shape: [hidden], values: hiddenBias },
    'head/outputKernel': { shape: [outputs, hidden], values: outputKernel },
    'head/outputBias': { shape: [outputs], values: outputBias },
  };
}

export function readHead(weights: Weights): FittedHead {
  const [hiddenKernel, hiddenBias, outputKernel, outputBias] = HEAD_NAMES.map(
    name => weights[name]?.values,
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  return { hiddenKernel, hiddenBias, outputKernel, outputBias };
}
