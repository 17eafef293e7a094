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

/** @throws SurfwatchError `export-needs-ranges` where a layer has none */
export function quantise(model: Network, ranges: Ranges): QuantisedModel {
  const { scale, offset } = model.input;
  const pixels = { scale: Math.fround(scale), zeroPoint: clamp(Math.round(-offset / scale), 0, 255) };
  // Half a pixel is left when -1..1 is mapped to whole numbers; the first layer's bias takes it back.
  const left = offset + pixels.zeroPoint * scale;
  const layers = new Map<string, QuantisedLayer>();
  for (const layer of model.layers) {
    const before = layer.from === null ? null : (layers.get(layer.from) as QuantisedLayer);
    const input = before === null ? pixels : (before.sum ?? before.output);
    layers.set(layer.name, quantiseLayer(layer, input, before === null ? left : 0, ranges));
  }
  return { pixels, layers };
}

function quantiseLayer(layer: NetworkLayer, input: Scale, shift: number, ranges: Ranges): QuantisedLayer {
  const size = layer.kernel.length / layer.out;
  const kernel = new Int8Array(layer.kernel.length);
  const bias = new Int32Array(layer.out);
  const kernelScales = new Float32Array(layer.out);
  const round =
    layer.op === 'depthwise_conv' ? roundDepthwise : layer.kernelSize === 1 ? roundPointwise : roundSpatial;
  for (let channel = 0; channel < layer.out; channel++) {
    const weights = layer.kernel.subarray(channel * size, (channel + 1) * size);
    const shifted = (layer.bias[channel] as number) + shift * sumOf(weights);
    // A channel of tiny weights would push its bias out of int32.
    const least = Math.max(Math.abs(shifted) / (input.scale * LARGEST_BIAS), LEAST_SCALE);
    const scale = round(weights, least, kernel.subarray(channel * size, (channel + 1) * size));
    kernelScales[channel] = scale;
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

/**
 * A matrix for bytes that reach to 127 alone: then weights may be as large as they can without two products leaving 16 bits.
 *
 * @param rows [outputs, inputs]
 * @returns the same in whole numbers, and the scale of each row
 */
export function quantiseMatrix(rows: Float32Array, outputs: number) {
  const size = rows.length / outputs;
  const kernel = new Int8Array(rows.length);
  const scales = Float32Array.from({ length: outputs }, (_, row) => {
    const of = <T extends Float32Array | Int8Array>(all: T) =>
      all.subarray(row * size, (row + 1) * size) as T;
    return roundBy(of(rows), Math.max(reachOf(of(rows)) / 127, LEAST_SCALE), of(kernel));
  });
  return { kernel, scales };
}

/** Half of int32, so that a bias leaves room for the sum it is added to. */
const LARGEST_BIAS = 2 ** 30;
/** Of weights that are all 0. */
const LEAST_SCALE = 1e-12;

/**
 * On x64 without VNNI instructions onnxruntime adds two neighbouring products of a byte and a weight in 16 bits. They fit
 * if two neighbours of one sign, rounded, add up to no more than 128: 255 × 128 < 2^15. The same on every processor, so
 * that all boards see the same.
 */
const PAIR_REACH = 127;

/** Of a 1 × 1 kernel, channel by channel, as the pairs are. @returns the scale; `rounded` is filled */
function roundPointwise(weights: Float32Array, least: number, rounded: Int8Array): number {
  let largest = 0;
  for (let at = 0; at < weights.length; at += 2) {
    const one = weights[at] as number;
    const other = weights[at + 1] ?? 0;
    const together = one * other > 0 ? one + other : Math.abs(one) > Math.abs(other) ? one : other;
    largest = Math.max(largest, Math.abs(together));
  }
  return roundBy(weights, Math.max(largest / PAIR_REACH, least), rounded);
}

/** Of a wider kernel: any two weights may be a pair. */
function roundSpatial(weights: Float32Array, least: number, rounded: Int8Array): number {
  return roundBy(weights, Math.max(reachOf(weights) / (PAIR_REACH / 2), least), rounded);
}

function roundBy(weights: Float32Array, wanted: number, rounded: Int8Array): number {
  const scale = Math.fround(wanted);
  const steps = 1 / scale;
  // Of two million weights, at each start: a division and a call for each would be felt.
  for (let at = 0; at < weights.length; at++) rounded[at] = Math.floor((weights[at] as number) * steps + 0.5);
  return scale;
}

function reachOf(weights: Float32Array): number {
  let reach = 0;
  for (let at = 0; at < weights.length; at++) reach = Math.max(reach, Math.abs(weights[at] as number));
  return reach;
}

/** Scales that are tried for a depthwise kernel: from the finest, each a little coarser. */
const TRIED_SCALES = 16;
const COARSER = 1 / 64;
/** A kernel of nine often takes differences of neighbours that are alike: its sum matters more than each weight. */
const WEIGHT_OF_SUM = 10;

/** The scale at which weights and, above all, their sum are met best: rounded one by one, differences would drift. */
function roundDepthwise(weights: Float32Array, least: number, rounded: Int8Array): number {
  const largest = reachOf(weights);
  const sum = sumOf(weights);
  let best = { cost: Number.POSITIVE_INFINITY, scale: least };
  const numbers = new Int8Array(weights.length);
  for (let tried = 0; tried < TRIED_SCALES; tried++) {
    const scale = Math.fround(Math.max((largest / 127) * (1 + tried * COARSER), least));
    roundWithSum(weights, scale, Math.round(sum / scale), numbers);
    const off = sum - scale * sumOf(numbers);
    let cost = WEIGHT_OF_SUM * off * off;
    for (let at = 0; at < numbers.length; at++) {
      cost += ((weights[at] as number) - scale * (numbers[at] as number)) ** 2;
    }
    if (cost >= best.cost) continue;
    best = { cost, scale };
    rounded.set(numbers);
  }
  return best.scale;
}

/** Rounds so that the numbers add up to `sum`: those that are nearest to the other side go there. */
function roundWithSum(weights: Float32Array, scale: number, sum: number, numbers: Int8Array): void {
  roundBy(weights, scale, numbers);
  for (let off = sum - sumOf(numbers); off !== 0; off -= Math.sign(off)) {
    const step = Math.sign(off);
    let chosen = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at] as number;
      const gain = step * ((weights[at] as number) / scale - number);
      if (gain <= most || Math.abs(number + step) > 127) continue;
      chosen = at;
      most = gain;
    }
    if (chosen < 0) return;
    numbers[chosen] = (numbers[chosen] as number) + step;
  }
}

function sumOf(values: Float32Array | Int8Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  return sum;
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

/** Zero has a number of its own, as padding is made of it. @param highest number that is used */
export function scaleOf({ min, max }: { min: number; max: number }, highest = 255): Scale {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const scale = Math.fround(Math.max(high - low, 1e-6) / highest);
  return { scale, zeroPoint: clamp(Math.round(-low / scale), 0, highest) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
