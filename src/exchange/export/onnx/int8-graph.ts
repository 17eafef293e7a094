/**
 * The backbone in eight bits, as ONNX QDQ nodes: every convolution stands between DequantizeLinear and QuantizeLinear,
 * which onnxruntime fuses into one integer convolution (u8s8, one weight scale a channel).
 */
import type { OnnxConstant, OnnxNode } from '../../../vision/engines/onnx-proto.ts';
import type { ExportLayer, ExportModel } from '../model.ts';
import type { QuantisedLayer, QuantisedModel, Scale } from '../quantise.ts';

interface Part {
  readonly nodes: OnnxNode[];
  readonly constants: OnnxConstant[];
}

/** From `pixels` [n, size, size, 3] uint8 to `embeddings` [n, width] float32. */
export function int8Graph(model: ExportModel, quantised: QuantisedModel): Part {
  const parts = [
    {
      nodes: [{ op: 'Transpose', inputs: ['pixels'], output: 'planes/q', ints: { perm: [0, 3, 1, 2] } }],
      constants: [],
    },
    dequantise('planes', quantised.pixels),
    ...model.layers.map(layer => layerPart(layer, quantised.layers.get(layer.name) as QuantisedLayer)),
  ];
  const last = model.layers.at(-1)?.name ?? 'planes';
  return {
    nodes: [
      ...parts.flatMap(part => part.nodes),
      { op: 'GlobalAveragePool', inputs: [last], output: 'pooled' },
      { op: 'Flatten', inputs: ['pooled'], output: 'embeddings', int: { axis: 1 } },
    ],
    constants: parts.flatMap(part => part.constants),
  };
}

function layerPart(layer: ExportLayer, quantised: QuantisedLayer): Part {
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
    weights(layer, quantised),
    { nodes: [convolution], constants: [] },
    requantise(convolved, quantised.output),
    ...(layer.residualFrom === null || quantised.sum === null
      ? []
      : [
          {
            nodes: [{ op: 'Add', inputs: [convolved, layer.residualFrom], output: `${name}/real` }],
            constants: [],
          },
          requantise(name, quantised.sum),
        ]),
  ]);
}

function weights({ name, shape, out }: ExportLayer, quantised: QuantisedLayer): Part {
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
      { name: `${kernel}/q`, shape, values: quantised.kernel },
      { name: `${kernel}/scale`, shape: [out], values: quantised.kernelScales },
      { name: `${kernel}/zero`, shape: [out], values: new Int8Array(out) },
      { name: `${bias}/q`, shape: [out], values: quantised.bias },
      { name: `${bias}/scale`, shape: [out], values: quantised.biasScales },
      { name: `${bias}/zero`, shape: [out], values: new Int32Array(out) },
    ],
  };
}

/** `<name>/real` → `<name>/q` → `<name>` */
function requantise(name: string, scale: Scale): Part {
  const { nodes, constants } = dequantise(name, scale);
  const quantiser: OnnxNode = {
    op: 'QuantizeLinear',
    inputs: [`${name}/real`, `${name}/scale`, `${name}/zero`],
    output: `${name}/q`,
  };
  return { nodes: [quantiser, ...nodes], constants };
}

/** `<name>/q` → `<name>` */
function dequantise(name: string, { scale, zeroPoint }: Scale): Part {
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
      { name: `${name}/zero`, shape: [], values: Uint8Array.of(zeroPoint) },
    ],
  };
}

function joined(parts: readonly Part[]): Part {
  return {
    nodes: parts.flatMap(part => part.nodes),
    constants: parts.flatMap(part => part.constants),
  };
}
