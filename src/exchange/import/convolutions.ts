/** Convolutions on their way into a bundle: BatchNorm is folded in, activation and sum are noted. */
import type { Weights } from './graph.ts';
import { describeShape, sameShape, toOihw } from './tensor.ts';

/** A convolution whose weights are still being gathered. */
export interface Convolution {
  /** The name its file gives it. */
  readonly source: string;
  readonly op: 'conv' | 'depthwise_conv';
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly in: number;
  readonly out: number;
  activation: 'relu6' | 'linear';
  /** Index of the convolution whose output is added. */
  residualFrom: number | undefined;
  /** OIHW. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** `epsilon` of keras.applications.MobileNetV2. */
export const EPSILON = 1e-3;

/** A reason why a layer does not fit; whoever knows the layer and the file adds them. */
export class Misfit extends Error {
  override readonly name = 'Misfit';
}

/** @throws Misfit where the weights are missing or of another shape */
export function convolutionOf(
  source: string,
  op: Convolution['op'],
  stride: 1 | 2,
  weights: Weights,
): Convolution {
  const { kernel, bias } = weights;
  if (kernel === undefined) throw new Misfit('has no kernel in the file');
  const [height = 0, width = 0, third = 0, fourth = 0] = kernel.shape;
  const fits = kernel.shape.length === 4 && height === width && (op === 'conv' || fourth === 1);
  if (!fits) throw new Misfit(`has a kernel of ${describeShape(kernel.shape)}`);
  const out = op === 'conv' ? fourth : third;
  if (bias !== undefined && !sameShape(bias.shape, [out])) {
    throw new Misfit(`has a bias of ${describeShape(bias.shape)} for ${out} channels`);
  }
  return {
    source,
    op,
    kernel: height,
    stride,
    in: third,
    out,
    activation: 'linear',
    residualFrom: undefined,
    weight: toOihw(kernel, op),
    bias: bias === undefined ? new Float32Array(out) : bias.values.slice(),
  };
}

/**
 * Folds a BatchNorm into the convolution before it: y = gamma (x - mean) / sqrt(variance + epsilon) + beta.
 *
 * @throws Misfit where its weights are missing or of another shape
 */
export function foldNorm(convolution: Convolution, norm: Weights, epsilon: number): void {
  const { out, weight, bias } = convolution;
  const { moving_mean: mean, moving_variance: variance, gamma, beta } = norm;
  if (mean === undefined || variance === undefined) throw new Misfit('has no mean or variance in the file');
  for (const [role, tensor] of Object.entries(norm)) {
    if (!sameShape(tensor.shape, [out])) {
      throw new Misfit(`has a ${role} of ${describeShape(tensor.shape)} for ${out} channels`);
    }
  }
  const each = weight.length / out;
  for (let channel = 0; channel < out; channel++) {
    const deviation = Math.sqrt((variance.values[channel] as number) + epsilon);
    const factor = (gamma?.values[channel] ?? 1) / deviation;
    for (let index = channel * each; index < (channel + 1) * each; index++) {
      weight[index] = (weight[index] as number) * factor;
    }
    const shifted = (bias[channel] as number) - (mean.values[channel] as number);
    bias[channel] = (beta?.values[channel] ?? 0) + shifted * factor;
  }
}
