/** TensorFlow Lite's order of weights: OHWI for a convolution, 1HWO for a depthwise one. */
import type { NetworkLayer } from '../../../vision/network.ts';

/** The shape of a layer's weights and the axis of its output channels. */
export function kernelLayout({ op, out, kernelSize, in: inputs }: NetworkLayer): {
  shape: readonly number[];
  axis: number;
} {
  return op === 'conv'
    ? { shape: [out, kernelSize, kernelSize, inputs], axis: 0 }
    : { shape: [1, kernelSize, kernelSize, out], axis: 3 };
}

/** From OIHW. */
export function reorderKernel<T extends Float32Array | Int8Array>(
  { op, shape }: NetworkLayer,
  kernel: T,
  target: T,
): T {
  const [out, inputs, height, width] = shape;
  const area = height * width;
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let at = 0; at < area; at++) {
        const to = op === 'conv' ? (o * area + at) * inputs + i : at * out + o;
        target[to] = kernel[(o * inputs + i) * area + at] as number;
      }
    }
  }
  return target;
}
