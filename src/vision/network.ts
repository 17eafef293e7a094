/** The layers of a backbone described in full: for engines and exports that do not take them from the manifest. */
import { type BackboneBundle, layerWeights } from './bundle.ts';

/** A convolution with its BatchNorm folded in. */
export interface NetworkLayer {
  readonly name: string;
  readonly op: 'conv' | 'depthwise_conv';
  readonly activation: 'relu6' | 'linear';
  /** Name of the earlier layer whose output is added to this one's, or null. */
  readonly residualFrom: string | null;
  /** Name of the layer before it, or null for the first, which is given the scaled pixels. */
  readonly from: string | null;
  /** Height and width of its square kernel, and its stride, which is the same both ways. */
  readonly kernelSize: number;
  readonly stride: number;
  /** Channels of its input and output. */
  readonly in: number;
  readonly out: number;
  /** Height and width of its input and output. */
  readonly inputSize: number;
  readonly outputSize: number;
  /** TensorFlow's SAME padding with zeros: above and to the left; below and to the right. */
  readonly padding: readonly [begin: number, end: number];
  /** OIHW: [out, in, height, width]; of a depthwise convolution [out, 1, height, width]. */
  readonly shape: readonly [number, number, number, number];
  readonly kernel: Float32Array;
  /** [out] */
  readonly bias: Float32Array;
}

/** The layers of a backbone with their weights, which are views of the bundle's, in order. */
export function networkLayers(bundle: BackboneBundle): NetworkLayer[] {
  let inputSize = bundle.manifest.input.size;
  let from: string | null = null;
  return bundle.manifest.layers.map(layer => {
    const outputSize = Math.ceil(inputSize / layer.stride);
    // The odd row or column lies below and to the right.
    const padding = Math.max(0, (outputSize - 1) * layer.stride + layer.kernel - inputSize);
    const begin = Math.floor(padding / 2);
    const described: NetworkLayer = {
      name: layer.name,
      op: layer.op,
      activation: layer.activation,
      residualFrom: layer.residualFrom ?? null,
      from,
      kernelSize: layer.kernel,
      stride: layer.stride,
      in: layer.in,
      out: layer.out,
      inputSize,
      outputSize,
      padding: [begin, padding - begin],
      ...layerWeights(bundle, layer),
    };
    inputSize = outputSize;
    from = layer.name;
    return described;
  });
}
