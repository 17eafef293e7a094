/**
 * The backbone in eight bits, by the TensorFlow Lite quantization specification: int8 activations, int8 weights with one
 * scale a channel, int32 biases.
 */
import type { QuantisedLayer, QuantisedModel, Scale } from '../../../vision/engines/quantise.ts';
import type { NetworkLayer } from '../../../vision/network.ts';
import type { ExportModel } from '../model.ts';
import type { Features } from './float-backbone.ts';
import type { Graph } from './graph.ts';
import { kernelLayout, reorderKernel } from './layout.ts';
import { ADD_OPTIONS, convolutionOptions, depthwiseOptions, type Quantisation } from './schema.ts';

/** Input `pixels` [n, size, size, 3] uint8, RGB 0..255; the feature map is dequantised. */
export function int8Backbone(graph: Graph, model: ExportModel, quantised: QuantisedModel): Features {
  const { size } = model.input;
  const { scale, zeroPoint } = quantised.pixels;
  const shape = [1, size, size, 3];
  const input = graph.tensor('pixels', 'uint8', shape, { scales: [scale], zeroPoints: [zeroPoint] });
  const signed = graph.tensor('pixels/int8', 'int8', shape, asInt8(quantised.pixels));
  graph.operator('QUANTIZE', [input], signed);
  const outputs = new Map<string, number>();
  let from = signed;
  for (const layer of model.layers) {
    from = addLayer(graph, layer, quantised.layers.get(layer.name) as QuantisedLayer, from, outputs);
    outputs.set(layer.name, from);
  }
  const last = model.layers.at(-1);
  const side = last?.outputSize ?? size;
  const features = graph.tensor('features', 'float32', [1, side, side, last?.out ?? 3]);
  return { input, features: graph.operator('DEQUANTIZE', [from], features) };
}

/** The same numbers, counted from -128 instead of 0. */
function asInt8({ scale, zeroPoint }: Scale): Quantisation {
  return { scales: [scale], zeroPoints: [zeroPoint - 128] };
}

function addLayer(
  graph: Graph,
  layer: NetworkLayer,
  quantised: QuantisedLayer,
  from: number,
  outputs: ReadonlyMap<string, number>,
): number {
  const { name, residualFrom, stride } = layer;
  const { shape: kernelShape, axis } = kernelLayout(layer);
  const zeroPoints = Array<number>(layer.out).fill(0);
  const kernel = graph.constant(
    `${name}/kernel`,
    kernelShape,
    reorderKernel(layer, quantised.kernel, new Int8Array(layer.kernel.length)),
    { scales: quantised.kernelScales, zeroPoints, axis },
  );
  const bias = graph.constant(`${name}/bias`, [layer.out], quantised.bias, {
    scales: quantised.biasScales,
    zeroPoints,
    axis: 0,
  });
  const activation = layer.activation === 'relu6' ? 'relu6' : 'none';
  const shape = [1, layer.outputSize, layer.outputSize, layer.out];
  const convolvedName = residualFrom === null ? name : `${name}/sum`;
  const convolved = graph.tensor(convolvedName, 'int8', shape, asInt8(quantised.output));
  if (layer.op === 'conv') {
    graph.operator('CONV_2D', [from, kernel, bias], convolved, convolutionOptions(stride, activation));
  } else {
    graph.operator(
      'DEPTHWISE_CONV_2D',
      [from, kernel, bias],
      convolved,
      depthwiseOptions(stride, activation),
    );
  }
  if (residualFrom === null || quantised.sum === null) return convolved;
  const other = outputs.get(residualFrom) as number;
  const sum = graph.tensor(name, 'int8', shape, asInt8(quantised.sum));
  return graph.operator('ADD', [convolved, other], sum, ADD_OPTIONS);
}
