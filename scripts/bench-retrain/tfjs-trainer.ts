/** {@link HeadTrainer} by TensorFlow.js: the whole package, for gradients and operations as methods of tensors. */
import '@tensorflow/tfjs';
import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { FittedHead, HeadTrainer } from '../../src/learning/fit/head-trainer.ts';
import type { Tensorflow } from '../../src/vision/engines/tensorflow.ts';

export function createTfjsTrainer(tf: Tensorflow, start: FittedHead): HeadTrainer & { dispose(): void } {
  const hidden = start.hiddenBias.length;
  const outputs = start.outputBias.length;
  const width = start.hiddenKernel.length / hidden;
  const turned = (values: Float32Array, rows: number, columns: number) =>
    tf.tidy(() => tf.transpose(tf.tensor2d(values, [rows, columns])));
  const startHidden = turned(start.hiddenKernel, hidden, width);
  const startOutput = turned(start.outputKernel, outputs, hidden);
  const model = {
    hiddenKernel: tf.variable(startHidden),
    hiddenBias: tf.variable(tf.tensor1d(start.hiddenBias)),
    outputKernel: tf.variable(startOutput),
    outputBias: tf.variable(tf.tensor1d(start.outputBias)),
  };
  const optimizer = tf.train.adam(0.001);
  return {
    width,
    hidden,
    outputs,
    step: (batch, rate, pull) =>
      tf.tidy(() => {
        // Adam reads this field at every step; tfjs has no schedule of its own and types the field as protected.
        (optimizer as unknown as { learningRate: number }).learningRate = rate;
        const inputs = tf.tensor2d(batch.inputs, [batch.rows, width]);
        const targets = tf.tensor2d(batch.targets, [batch.rows, outputs]);
        const mask = tf.tensor2d(batch.mask, [batch.rows, outputs]);
        const kept = tf.tensor2d(batch.kept, [batch.rows, hidden]);
        const known = batch.mask.reduce((sum, each) => sum + each, 0) || 1;
        // The gradient that tfjs derives multiplies by a transposed view, for which wasm has only a plain loop, ten times
        // slower than its kernel: transposed in memory first, it takes a third of the time.
        const timesKernel = tf.customGrad(kernel => ({
          value: inputs.matMul(kernel as Tensor2D),
          gradFunc: (dy: Tensor) => inputs.transpose<Tensor2D>().matMul(dy as Tensor2D),
        }));
        const cost = optimizer.minimize(
          () => {
            const units = timesKernel(model.hiddenKernel as Tensor)
              .add(model.hiddenBias)
              .relu()
              .mul<Tensor2D>(kept);
            const logits = units.matMul(model.outputKernel as Tensor as Tensor2D).add(model.outputBias);
            const losses = logits.relu().sub(logits.mul(targets)).add(logits.abs().neg().exp().log1p());
            return losses.mul(mask).sum().div(known).asScalar();
          },
          true,
          Object.values(model) as Variable[],
        );
        if (pull > 0) {
          draw(model.hiddenKernel, startHidden, pull);
          draw(model.outputKernel, startOutput, pull);
          draw(model.hiddenBias, tf.tensor1d(start.hiddenBias), pull);
          draw(model.outputBias, tf.tensor1d(start.outputBias), pull);
        }
        return cost?.dataSync()[0] ?? Number.NaN;
      }),
    logits: (inputs, count) =>
      tf.tidy(() => {
        const units = tf
          .tensor2d(inputs.subarray(0, count * width), [count, width])
          .matMul<Tensor2D>(model.hiddenKernel as Tensor)
          .add<Tensor2D>(model.hiddenBias)
          .relu();
        const logits = units.matMul(model.outputKernel as Tensor).add(model.outputBias);
        return Float32Array.from(logits.dataSync());
      }),
    weights: () => {
      const read = (tensor: Tensor) => Float32Array.from(tensor.dataSync());
      return tf.tidy(() => ({
        hiddenKernel: read(tf.transpose(model.hiddenKernel)),
        hiddenBias: read(model.hiddenBias),
        outputKernel: read(tf.transpose(model.outputKernel)),
        outputBias: read(model.outputBias),
      }));
    },
    dispose: () => {
      optimizer.dispose();
      tf.dispose([...Object.values(model), startHidden, startOutput]);
    },
  };
}

function draw(kernel: Variable, towards: Tensor, share: number): void {
  kernel.assign(kernel.add(towards.sub(kernel).mul(share)));
}
