/** The head that is tuned along: Dense (ReLU) and Dense, from embeddings to logits. */
import type { Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { Random } from '../../base/random.ts';
import type { FittedHead } from '../../learning/fit/head-trainer.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import type { Tensors, Variables } from './network.ts';

const HEAD_NAMES = ['head/hiddenKernel', 'head/hiddenBias', 'head/outputKernel', 'head/outputBias'] as const;

/** Glorot's uniform start (Glorot and Bengio 2010), from our own generator so that every backend starts alike. */
export function startHead(
  tf: Tensorflow,
  width: number,
  hidden: number,
  outputs: number,
  random: Random,
): Variables {
  const kernel = (rows: number, columns: number): Variable => {
    const limit = Math.sqrt(6 / (rows + columns));
    const values = Float32Array.from({ length: rows * columns }, () => random.between(-limit, limit));
    return tf.tidy(() => tf.variable(tf.tensor2d(values, [rows, columns])));
  };
  const bias = (length: number): Variable => tf.tidy(() => tf.variable(tf.zeros([length])));
  return {
    'head/hiddenKernel': kernel(width, hidden),
    'head/hiddenBias': bias(hidden),
    'head/outputKernel': kernel(hidden, outputs),
    'head/outputBias': bias(outputs),
  };
}

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
    .matMul(hiddenKernel as Tensor2D)
    .add<Tensor2D>(hiddenBias as Tensor1D)
    .relu<Tensor2D>();
  const kept = masks === null ? units : units.mul<Tensor2D>(masks.hidden);
  return kept.matMul(outputKernel as Tensor2D).add<Tensor2D>(outputBias as Tensor1D);
}

/** Kernels as a head bundle stores them: [hidden, width] and [activities, hidden]. */
export async function readHead(values: Tensors): Promise<FittedHead> {
  const read = async (name: (typeof HEAD_NAMES)[number], turn: boolean) => {
    const stored = values[name] as Tensor;
    const tensor = turn ? stored.transpose() : stored.clone();
    const numbers = Float32Array.from(await tensor.data<'float32'>());
    tensor.dispose();
    return numbers;
  };
  return {
    hiddenKernel: await read('head/hiddenKernel', true),
    hiddenBias: await read('head/hiddenBias', false),
    outputKernel: await read('head/outputKernel', true),
    outputBias: await read('head/outputBias', false),
  };
}
