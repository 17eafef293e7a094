/** The head as tfjs trains it: its variables, and one step of Adam on them. */
import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Random } from '../../base/random.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';

export type FittedHead = Omit<HeadBundle, 'manifest'>;

export type Adam = ReturnType<Tensorflow['train']['adam']>;

export interface HeadModel {
  readonly hiddenKernel: Variable;
  readonly hiddenBias: Variable;
  readonly outputKernel: Variable;
  readonly outputBias: Variable;
}

/** Glorot's uniform start (Glorot and Bengio 2010), from our own generator so that every backend starts alike. */
export function startWeights(
  tf: Tensorflow,
  width: number,
  hidden: number,
  outputs: number,
  random: Random,
): HeadModel {
  const kernel = (rows: number, columns: number) => {
    const limit = Math.sqrt(6 / (rows + columns));
    const values = Float32Array.from({ length: rows * columns }, () => random.between(-limit, limit));
    return tf.variable(tf.tensor2d(values, [rows, columns]));
  };
  // Variables outlive the tidy; the tensors they start from do not.
  return tf.tidy(() => ({
    hiddenKernel: kernel(width, hidden),
    hiddenBias: tf.variable(tf.zeros([hidden])),
    outputKernel: kernel(hidden, outputs),
    outputBias: tf.variable(tf.zeros([outputs])),
  }));
}

export interface Batch {
  readonly rows: number;
  readonly width: number;
  /** [rows, width], after dropout. */
  readonly inputs: Float32Array;
  /** [rows, activities] */
  readonly labels: Float32Array;
  /** [rows, hidden]: what each hidden unit is multiplied by. */
  readonly kept: Float32Array;
}

/** @returns the mean binary cross-entropy of the batch before the step */
export function trainStep(tf: Tensorflow, optimizer: Adam, model: HeadModel, batch: Batch): number {
  return tf.tidy(() => {
    const inputs = tf.tensor2d(batch.inputs, [batch.rows, batch.width]);
    const labels = tf.tensor2d(batch.labels, [batch.rows, batch.labels.length / batch.rows]);
    const kept = tf.tensor2d(batch.kept, [batch.rows, batch.kept.length / batch.rows]);
    // The gradient that tfjs derives multiplies by a transposed view, for which wasm has only a plain loop, ten times
    // slower than its kernel: transposed in memory first, training takes a third of the time.
    const timesKernel = tf.customGrad(kernel => ({
      value: inputs.matMul(kernel as Tensor2D),
      gradFunc: (dy: Tensor) => inputs.transpose<Tensor2D>().matMul(dy as Tensor2D),
    }));
    const cost = optimizer.minimize(
      () => {
        const hidden = timesKernel(model.hiddenKernel as Tensor)
          .add(model.hiddenBias)
          .relu()
          .mul<Tensor2D>(kept);
        const logits = hidden.matMul(model.outputKernel as Tensor as Tensor2D).add(model.outputBias);
        // max(z, 0) − z·y + ln(1 + e^−|z|): cross-entropy from logits without overflow.
        return logits.relu().sub(logits.mul(labels)).add(logits.abs().neg().exp().log1p()).mean().asScalar();
      },
      true,
      Object.values(model) as Variable[],
    );
    return cost?.dataSync()[0] ?? Number.NaN;
  });
}

/** Takes this share of each kernel away. */
export function decay(tf: Tensorflow, model: HeadModel, share: number): void {
  if (share === 0) return;
  tf.tidy(() => {
    for (const kernel of [model.hiddenKernel, model.outputKernel]) kernel.assign(kernel.mul(1 - share));
  });
}

export function setLearningRate(optimizer: Adam, rate: number): void {
  // Adam reads this field at every step; tfjs has no schedule of its own and types the field as protected.
  (optimizer as unknown as { learningRate: number }).learningRate = rate;
}

export async function readWeights(tf: Tensorflow, model: HeadModel): Promise<FittedHead> {
  const read = async (tensor: Tensor) => {
    const values = Float32Array.from(await tensor.data<'float32'>());
    tensor.dispose();
    return values;
  };
  return {
    hiddenKernel: await read(tf.transpose(model.hiddenKernel)),
    hiddenBias: Float32Array.from(await model.hiddenBias.data<'float32'>()),
    outputKernel: await read(tf.transpose(model.outputKernel)),
    outputBias: Float32Array.from(await model.outputBias.data<'float32'>()),
  };
}
