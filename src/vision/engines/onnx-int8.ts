/**
 * Layers in eight bits, as ONNX QDQ nodes: every convolution stands between DequantizeLinear and QuantizeLinear, which
 * onnxruntime fuses into one integer convolution (u8s8 or s8s8, one weight scale a channel).
 */
import type { NetworkLayer } from '../network.ts';
import type { OnnxConstant, OnnxNode } from './onnx-proto.ts';
import type { QuantisedLayer, QuantisedModel, Scale } from './quantise.ts';

/** How activations are stored: as int8 each number is 128 less than as uint8, and stands for the same. */
export type Bytes = 'uint8' | 'int8';

export interface OnnxPart {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
}

/** Layers in order, from the output of the one before: `<name>/q`, bytes [n, channels, height, width], and `<name>`. */
export function int8Layers(
  layers: readonly NetworkLayer[],
  quantised: QuantisedModel,
  bytes: Bytes,
): OnnxPart {
  return joined(
    layers.map(layer => layerPart(layer, quantised.layers.get(layer.name) as QuantisedLayer, bytes)),
  );
}

function layerPart(layer: NetworkLayer, quantised: QuantisedLayer, bytes: Bytes): OnnxPart {
  const { name } = layer;
  const [begin, end] = layer.padding;
  const convolved = layer.residualFrom === null ? name : `${name}/sum`;
  const convolution: OnnxNode = {
    op: 'Conv',
    inputs: [layer.from ?? 'planes', `${name}/kernel`, `${name}/bias`],
    output: `${convolved}/real`,
    ints: {
      kernel_shape: [layer.kernelSize, layer.kernelSize],
      strides: [layer.stride, layer.stride],
      pads: [begin, begin, end, end],
    },
    int: { group: layer.op === 'depthwise_conv' ? layer.out : 1 },
  };
  return joined([
    kernelAndBias(name, { ...quantised, shape: layer.shape }),
    { nodes: [convolution], constants: [] },
    requantise(convolved, quantised.output, bytes),
    ...(layer.residualFrom === null || quantised.sum === null
      ? []
      : [
          {
            nodes: [
              { op: 'Add', inputs: [convolved, layer.residualFrom], output: `${name}/real` } as OnnxNode,
            ],
            constants: [],
          },
          requantise(name, quantised.sum, bytes),
        ]),
  ]);
}

/** `<name>/kernel` and `<name>/bias`. @param shape of the kernel, output channels first */
export function kernelAndBias(
  name: string,
  layer: Pick<QuantisedLayer, 'kernel' | 'kernelScales' | 'bias' | 'biasScales'> & {
    readonly shape: readonly number[];
  },
): OnnxPart {
  const out = layer.bias.length;
  const read = (what: string): OnnxNode => ({
    op: 'DequantizeLinear',
    inputs: [`${what}/q`, `${what}/scale`, `${what}/zero`],
    output: what,
    int: { axis: 0 },
  });
  const [kernel, bias] = [`${name}/kernel`, `${name}/bias`];
  return {
    nodes: [read(kernel), read(bias)],
    constants: [
      { name: `${kernel}/q`, shape: layer.shape, values: layer.kernel },
      { name: `${kernel}/scale`, shape: [out], values: layer.kernelScales },
      { name: `${kernel}/zero`, shape: [out], values: new Int8Array(out) },
      { name: `${bias}/q`, shape: [out], values: layer.bias },
      { name: `${bias}/scale`, shape: [out], values: layer.biasScales },
      { name: `${bias}/zero`, shape: [out], values: new Int32Array(out) },
    ],
  };
}

/** `<name>/real` → `<name>/q` → `<name>` */
export function requantise(name: string, scale: Scale, bytes: Bytes): OnnxPart {
  const { nodes, constants } = dequantise(name, scale, bytes);
  const quantiser: OnnxNode = {
    op: 'QuantizeLinear',
    inputs: [`${name}/real`, `${name}/scale`, `${name}/zero`],
    output: `${name}/q`,
  };
  return { nodes: [quantiser, ...nodes], constants };
}

/** `<name>/q` → `<name>` */
export function dequantise(name: string, { scale, zeroPoint }: Scale, bytes: Bytes): OnnxPart {
  return {
    nodes: [
      {
        op: 'DequantizeLinear',
        inputs: [`${name}/q`, `${name}/scale`, `${name}/zero`],
        output: name,
      },
    ],
    constants: [
      { name: `${name}/scale`, shape: [], values: Float32Array.of(scale) },
      { name: `${name}/zero`, shape: [], values: zeroOf(zeroPoint, bytes) },
    ],
  };
}

/** @param zeroPoint 0..255 */
export function zeroOf(zeroPoint: number, bytes: Bytes): Uint8Array | Int8Array {
  return bytes === 'uint8' ? Uint8Array.of(zeroPoint) : Int8Array.of(zeroPoint - 128);
}

export function joined(parts: readonly OnnxPart[]): OnnxPart {
  return {
    nodes: parts.flatMap(part => part.nodes),
    constants: parts.flatMap(part => part.constants),
  };
}
