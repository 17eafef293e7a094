/** The backbone in float32, from scaled pixels to the last layer's feature map. */
import type { NetworkLayer } from '../../../vision/network.ts';
import type { ExportModel } from '../model.ts';
import type { Graph } from './graph.ts';
import { kernelLayout, reorderKernel } from './layout.ts';
import { ADD_OPTIONS, convolutionOptions, depthwiseOptions } from './schema.ts';

export interface Features {
  /** Number of the tensor that is handed in. */
  readonly input: number;
  /** Number of the feature map [n, height, width, channels] float32. */
  readonly features: number;
}

/** Input `pixels` [n, size, size, 3] float32, scaled as the metadata says. */
export function floatBackbone(graph: Graph, model: ExportModel): Features {
  const { size } = model.input;
  const input = graph.tensor('pixels', 'float32', [1, size, size, 3]);
  const outputs = new Map<string, number>();
  let from = input;
  for (const layer of model.layers) {
    from = addLayer(graph, layer, from, outputs);
    outputs.set(layer.name, from);
  }
  return { input, features: from };
}

function addLayer(
  graph: Graph,
  layer: NetworkLayer,
  from: number,
  outputs: ReadonlyMap<string, number>,
): number {
  const { name, residualFrom, stride } = layer;
  const values = reorderKernel(layer, layer.kernel, new Float32Array(layer.kernel.length));
  const kernel = graph.constant(`${name}/kernel`, kernelLayout(layer).shape, values);
  const bias = graph.constant(`${name}/bias`, [layer.out], layer.bias);
  const activation = layer.activation === 'relu6' ? 'relu6' : 'none';
  const shape = [1, layer.outputSize, layer.outputSize, layer.out];
  const convolved = graph.tensor(residualFrom === null ? name : `${name}/sum`, 'float32', shape);
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
  if (residualFrom === null) return convolved;
  const other = outputs.get(residualFrom) as number;
  return graph.operator('ADD', [convolved, other], graph.tensor(name, 'float32', shape), ADD_OPTIONS);
}
