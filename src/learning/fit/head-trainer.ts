/** Computes a head while it is fitted: three small products and Adam need no tensor library. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { createHiddenLayer } from '../../activity/hidden-layer.ts';
import type { Random } from '../../base/random.ts';
import { adamStep, startAdam } from './adam.ts';
import { crossEntropy } from './loss.ts';

/** Dense (ReLU) and Dense (sigmoid): kernels [hidden, width] and [outputs, hidden]. */
export type FittedHead = Omit<HeadBundle, 'manifest'>;

export interface HeadBatch {
  readonly rows: number;
  /** [rows, width], after dropout. */
  readonly inputs: Float32Array;
  /** [rows, outputs] */
  readonly targets: Float32Array;
  /** [rows, outputs]: 0 where the target is not known. */
  readonly mask: Float32Array;
  /** [rows, hidden]: what each hidden unit is multiplied by. */
  readonly kept: Float32Array;
}

export interface HeadTrainer {
  readonly width: number;
  readonly hidden: number;
  readonly outputs: number;
  /**
   * A step of Adam, after which each weight is drawn towards where it started by the share `pull`.
   *
   * @returns mean binary cross-entropy of what is known, before the step
   */
  step(batch: HeadBatch, rate: number, pull: number): number;
  /**
   * Scores with the weights as they are.
   *
   * @param inputs [count, width], after the head's input transform
   * @returns [count, outputs] logits
   */
  logits(inputs: Float32Array, count: number): Float32Array;
  weights(): FittedHead;
}

/**
 * Glorot's uniform start (Glorot and Bengio 2010).
 *
 * @param bias of the outputs: what is rare begins below zero
 */
export function startWeights(
  { width, hidden, outputs }: Pick<HeadTrainer, 'width' | 'hidden' | 'outputs'>,
  random: Random,
  bias = 0,
): FittedHead {
  const kernel = (rows: number, columns: number) => {
    const limit = Math.sqrt(6 / (rows + columns));
    return Float32Array.from({ length: rows * columns }, () => random.between(-limit, limit));
  };
  return {
    hiddenKernel: kernel(hidden, width),
    hiddenBias: new Float32Array(hidden),
    outputKernel: kernel(outputs, hidden),
    outputBias: new Float32Array(outputs).fill(bias),
  };
}

/**
 * @param start is copied
 * @param batch the most rows of a step
 */
export function createHeadTrainer(
  start: FittedHead,
  batch: number,
  multiplyOn?: Parameters<typeof createHiddenLayer>[1],
): HeadTrainer {
  const hidden = start.hiddenBias.length;
  const outputs = start.outputBias.length;
  const width = start.hiddenKernel.length / hidden;
  const layer = createHiddenLayer({ width, hidden, most: batch }, multiplyOn);
  layer.load(start);
  const { kernel, bias: hiddenBias, gradient, units, columns } = layer;
  const outputKernel = Float32Array.from(start.outputKernel);
  const outputBias = Float32Array.from(start.outputBias);
  const outputGradient = new Float32Array(outputKernel.length);
  const hiddenBiasGradient = new Float32Array(hidden);
  const outputBiasGradient = new Float32Array(outputs);
  const parameters = [
    { values: kernel, gradient },
    { values: outputKernel, gradient: outputGradient },
    { values: hiddenBias, gradient: hiddenBiasGradient },
    { values: outputBias, gradient: outputBiasGradient },
  ].map(({ values, gradient }) => ({
    adam: startAdam(values),
    gradient,
    towards: Float32Array.from(values),
  }));
  let steps = 0;

  const outputOf = (row: number, output: number) => {
    let sum = outputBias[output] as number;
    for (let unit = 0; unit < hidden; unit++) {
      sum += (outputKernel[output * hidden + unit] as number) * (units[row * columns + unit] as number);
    }
    return sum;
  };

  /** From the hidden units to the gradients of all but the hidden kernel; leaves in their place the gradient of the hidden sums. */
  const backward = ({ rows, targets, mask, kept }: HeadBatch): number => {
    let loss = 0;
    let known = 0;
    for (let index = 0; index < rows * outputs; index++) known += mask[index] as number;
    outputGradient.fill(0);
    hiddenBiasGradient.fill(0);
    outputBiasGradient.fill(0);
    const errors = new Float64Array(outputs);
    for (let row = 0; row < rows; row++) {
      const at = row * columns;
      for (let unit = 0; unit < hidden; unit++) {
        units[at + unit] = (units[at + unit] as number) * (kept[row * hidden + unit] as number);
      }
      for (let output = 0; output < outputs; output++) {
        const logit = outputOf(row, output);
        const target = targets[row * outputs + output] as number;
        const share = (mask[row * outputs + output] as number) / (known || 1);
        loss += share * crossEntropy(logit, target);
        const error = share * (1 / (1 + Math.exp(-logit)) - target);
        errors[output] = error;
        outputBiasGradient[output] = (outputBiasGradient[output] as number) + error;
      }
      for (let unit = 0; unit < hidden; unit++) {
        const value = units[at + unit] as number;
        let back = 0;
        for (let output = 0; output < outputs; output++) {
          const place = output * hidden + unit;
          const error = errors[output] as number;
          back += error * (outputKernel[place] as number);
          outputGradient[place] = (outputGradient[place] as number) + error * value;
        }
        const through = value > 0 ? back * (kept[row * hidden + unit] as number) : 0;
        units[at + unit] = through;
        hiddenBiasGradient[unit] = (hiddenBiasGradient[unit] as number) + through;
      }
    }
    return loss;
  };

  return {
    width,
    hidden,
    outputs,
    step: (rows, rate, pull) => {
      layer.forward(rows.inputs, 0, rows.rows);
      const loss = backward(rows);
      layer.backward(rows.rows);
      steps += 1;
      for (const { adam, gradient, towards } of parameters) {
        adamStep(adam, gradient, { step: steps, rate, pull, towards });
      }
      return loss;
    },
    logits: (from, count) => {
      const logits = new Float32Array(count * outputs);
      for (let first = 0; first < count; first += batch) {
        const rows = Math.min(batch, count - first);
        layer.forward(from, first, rows);
        for (let row = 0; row < rows; row++) {
          for (let output = 0; output < outputs; output++)
            logits[(first + row) * outputs + output] = outputOf(row, output);
        }
      }
      return logits;
    },
    weights: () => {
      const hiddenKernel = new Float32Array(hidden * width);
      for (let unit = 0; unit < hidden; unit++) {
        for (let index = 0; index < width; index++) {
          hiddenKernel[unit * width + index] = kernel[index * columns + unit] as number;
        }
      }
      return {
        hiddenKernel,
        hiddenBias: Float32Array.from(hiddenBias),
        outputKernel: Float32Array.from(outputKernel),
        outputBias: Float32Array.from(outputBias),
      };
    },
  };
}
