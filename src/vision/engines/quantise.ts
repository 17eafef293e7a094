/**
 * Eight-bit numbers for weights and activations, by the rules of the TensorFlow Lite quantization specification
 * (https://ai.google.dev/edge/litert/models/quantization_spec), which onnxruntime's QDQ kernels share: weights int8,
 * symmetric, one scale an output channel; activations one scale and zero point a tensor; biases int32.
 */
import { SurfwatchError } from '../../errors.ts';
import type { BackboneManifest, Ranges } from '../bundle.ts';
import type { NetworkLayer } from '../network.ts';

/** real = scale × (q - zeroPoint), q in 0..255 */
export interface Scale {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface QuantisedLayer {
  /** Scale of what the layer is given. */
  readonly input: Scale;
  /** As the layer's kernel: OIHW. */
  readonly kernel: Int8Array;
  /** Scale of each output channel's weights. */
  readonly kernelScales: Float32Array;
  /** In units of the input's scale times the channel's. */
  readonly bias: Int32Array;
  readonly biasScales: Float32Array;
  /** Scale of what the convolution gives, before another layer's output is added. */
  readonly output: Scale;
  /** After the addition, where there is one. */
  readonly sum: Scale | null;
}

/** The scaling of pixels: a byte is its own eight-bit number. */
export interface QuantisedModel {
  readonly pixels: Scale;
  readonly layers: ReadonlyMap<string, QuantisedLayer>;
}

/** Layers from the pixels on, in order. */
export interface Network {
  readonly input: Pick<BackboneManifest['input'], 'scale' | 'offset'>;
  readonly layers: readonly NetworkLayer[];
}

/**
 * @param kernelReach the largest eight-bit number of a layer's kernel, 127 at most
 * @throws SurfwatchError `export-needs-ranges` where a layer has none
 */
export function quantise(
  model: Network,
  ranges: Ranges,
  kernelReach: (layer: NetworkLayer) => number = () => 127,
): QuantisedModel {
  const { scale, offset } = model.input;
  const pixels = { scale: Math.fround(scale), zeroPoint: clamp(Math.round(-offset / scale), 0, 255) };
  // Half a pixel is left when -1..1 is mapped to whole numbers; the first layer's bias takes it back.
  const left = offset + pixels.zeroPoint * scale;
  const layers = new Map<string, QuantisedLayer>();
  for (const layer of model.layers) {
    const before = layer.from === null ? null : (layers.get(layer.from) as QuantisedLayer);
    const input = before === null ? pixels : (before.sum ?? before.output);
    layers.set(
      layer.name,
      quantiseLayer(layer, input, before === null ? left : 0, ranges, kernelReach(layer)),
    );
  }
  return { pixels, layers };
}

function quantiseLayer(
  layer: NetworkLayer,
  input: Scale,
  shift: number,
  ranges: Ranges,
  reach: number,
): QuantisedLayer {
  const size = layer.kernel.length / layer.out;
  const kernel = new Int8Array(layer.kernel.length);
  const bias = new Int32Array(layer.out);
  const kernelScales = new Float32Array(layer.out);
  for (let channel = 0; channel < layer.out; channel++) {
    const weights = layer.kernel.subarray(channel * size, (channel + 1) * size);
    const shifted =
      (layer.bias[channel] as number) + shift * weights.reduce((sum, weight) => sum + weight, 0);
    const scale = weightScale(weights, shifted, input.scale, reach);
    kernelScales[channel] = scale;
    for (const [index, weight] of weights.entries()) {
      kernel[channel * size + index] = clamp(Math.round(weight / scale), -reach, reach);
    }
    bias[channel] = Math.round(shifted / (input.scale * scale));
  }
  return {
    input,
    kernel,
    kernelScales,
    bias,
    biasScales: kernelScales.map(scale => scale * input.scale),
    output: outputScale(layer, ranges),
    sum: layer.residualFrom === null ? null : scaleOf(rangeOf(ranges, layer.name)),
  };
}

/** Half of int32, so that a bias leaves room for the sum it is added to. */
const LARGEST_BIAS = 2 ** 30;

function weightScale(weights: Float32Array, bias: number, input: number, reach: number): number {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  // A channel of tiny weights would push its bias out of int32.
  return Math.fround(Math.max(largest / reach, Math.abs(bias) / (input * LARGEST_BIAS), 1e-12));
}

function outputScale(layer: NetworkLayer, ranges: Ranges): Scale {
  if (layer.activation === 'relu6') {
    // The clipping comes with the numbers: 0 is the smallest they can say, and at most 6 the largest.
    return scaleOf({ min: 0, max: Math.min(6, Math.max(1e-3, rangeOf(ranges, layer.name).max)) });
  }
  return scaleOf(rangeOf(ranges, layer.residualFrom === null ? layer.name : `${layer.name}/sum`));
}

function rangeOf(ranges: Ranges, name: string): { min: number; max: number } {
  const range = ranges[name];
  if (range !== undefined) return range;
  throw new SurfwatchError('export-needs-ranges', `there is no range of ${name} among those given`);
}

/** Zero has a number of its own, as padding is made of it. */
export function scaleOf({ min, max }: { min: number; max: number }): Scale {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const scale = Math.fround(Math.max(high - low, 1e-6) / 255);
  return { scale, zeroPoint: clamp(Math.round(-low / scale), 0, 255) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
