/** Writes a backbone as an ONNX model (onnx.proto3, opset 13): the graph onnxruntime runs, built in memory at start. */
import { type BackboneBundle, type BackboneLayer, layerWeights } from '../bundle.ts';
import { type OnnxConstant, type OnnxNode, TYPES, writeOnnxModel } from './onnx-proto.ts';

/** `uint8`: pixels, scaled inside the graph. `float32`: values already scaled, for comparison. */
export type GraphInput = 'uint8' | 'float32';

/**
 * @param through the last layer to compute, where the graph is to end early: its output is then `features`
 * [n, height, width, channels] float16 instead of `embeddings`
 * @returns the serialised ModelProto; input `pixels` [n, size, size, 3], output `embeddings` [n, width] float32
 */
export function writeOnnxGraph(
  bundle: BackboneBundle,
  input: GraphInput = 'uint8',
  through?: string,
): Uint8Array {
  const { id, width, layers, input: pixels } = bundle.manifest;
  const { nodes, constants } = backboneGraph(bundle, input, through);
  const channels = layers.find(layer => layer.name === through)?.out ?? 0;
  return writeOnnxModel({
    name: id,
    nodes,
    constants,
    inputs: [{ name: 'pixels', type: input, shape: ['n', pixels.size, pixels.size, 3] }],
    outputs: [
      through === undefined
        ? { name: 'embeddings', type: 'float32', shape: ['n', width] }
        : { name: 'features', type: 'float16', shape: ['n', 'height', 'width', channels] },
    ],
  });
}

/** From `pixels` to `embeddings` (or `features`), to which more can be added. A layer's output bears its name. */
export function backboneGraph(
  bundle: BackboneBundle,
  input: GraphInput = 'uint8',
  through?: string,
): { readonly nodes: readonly OnnxNode[]; readonly constants: readonly OnnxConstant[] } {
  const { manifest } = bundle;
  const layers =
    through === undefined ? manifest.layers : manifest.layers.slice(0, indexOf(bundle, through) + 1);
  return {
    nodes: [
      ...inputNodes(input),
      ...layersNodes(layers, manifest.input.size),
      ...(through === undefined ? poolNodes(layers) : featureNodes(through)),
    ],
    constants: [
      ...inputConstants(bundle),
      ...CLIP_CONSTANTS,
      ...layers.flatMap(layer => layerConstants(bundle, layer)),
    ],
  };
}

export function layerConstants(bundle: BackboneBundle, layer: BackboneLayer): OnnxConstant[] {
  const { shape, kernel, bias } = layerWeights(bundle, layer);
  return [
    { name: `${layer.name}/kernel`, shape, values: kernel },
    { name: `${layer.name}/bias`, shape: [layer.out], values: bias },
  ];
}

/** What scaling pixels refers to. */
export function inputConstants({ manifest: { input } }: BackboneBundle): OnnxConstant[] {
  return [
    { name: 'scale', shape: [], values: Float32Array.of(input.scale) },
    { name: 'offset', shape: [], values: Float32Array.of(input.offset) },
  ];
}

/** What clipping refers to. */
export const CLIP_CONSTANTS: readonly OnnxConstant[] = [
  { name: 'zero', shape: [], values: Float32Array.of(0) },
  { name: 'six', shape: [], values: Float32Array.of(6) },
];

function indexOf({ manifest }: BackboneBundle, name: string): number {
  const index = manifest.layers.findIndex(layer => layer.name === name);
  if (index < 0) throw new RangeError(`${manifest.id} has no layer ${name}`);
  return index;
}

export function inputNodes(input: GraphInput): OnnxNode[] {
  const toPlanes: OnnxNode = {
    op: 'Transpose',
    inputs: ['scaled'],
    output: 'planes',
    ints: { perm: [0, 3, 1, 2] },
  };
  if (input === 'float32') return [{ ...toPlanes, inputs: ['pixels'] }];
  return [
    { op: 'Cast', inputs: ['pixels'], output: 'cast', int: { to: TYPES.float32 } },
    { op: 'Mul', inputs: ['cast', 'scale'], output: 'product' },
    { op: 'Add', inputs: ['product', 'offset'], output: 'scaled' },
    toPlanes,
  ];
}

/** @param input height and width of what the first layer is given, of which the padding depends: any multiple of 32 gives the same */
export function layersNodes(layers: readonly BackboneLayer[], input: number, start = 'planes'): OnnxNode[] {
  let size = input;
  let from = start;
  return layers.flatMap(layer => {
    const nodes = layerNodes(layer, from, size);
    size = Math.ceil(size / layer.stride);
    from = layer.name;
    return nodes;
  });
}

/** @param size height and width of what the layer is given */
function layerNodes(layer: BackboneLayer, from: string, size: number): OnnxNode[] {
  const convolved =
    layer.activation === 'relu6' || layer.residualFrom !== undefined ? `${layer.name}/sum` : layer.name;
  // TensorFlow's SAME padding, the odd row or column below and to the right.
  const padding = Math.max(0, (Math.ceil(size / layer.stride) - 1) * layer.stride + layer.kernel - size);
  const begin = Math.floor(padding / 2);
  const end = padding - begin;
  const convolution: OnnxNode = {
    op: 'Conv',
    inputs: [from, `${layer.name}/kernel`, `${layer.name}/bias`],
    output: convolved,
    ints: {
      kernel_shape: [layer.kernel, layer.kernel],
      strides: [layer.stride, layer.stride],
      pads: [begin, begin, end, end],
    },
    int: { group: layer.op === 'depthwise_conv' ? layer.out : 1 },
  };
  if (layer.activation === 'relu6') {
    return [convolution, { op: 'Clip', inputs: [convolved, 'zero', 'six'], output: layer.name }];
  }
  if (layer.residualFrom !== undefined) {
    return [convolution, { op: 'Add', inputs: [convolved, layer.residualFrom], output: layer.name }];
  }
  return [convolution];
}

export function poolNodes(layers: readonly Pick<BackboneLayer, 'name'>[]): OnnxNode[] {
  const last = layers.at(-1)?.name ?? 'planes';
  return [
    { op: 'GlobalAveragePool', inputs: [last], output: 'pooled' },
    { op: 'Flatten', inputs: ['pooled'], output: 'embeddings', int: { axis: 1 } },
  ];
}

function featureNodes(last: string): OnnxNode[] {
  return [
    { op: 'Transpose', inputs: [last], output: 'rows', ints: { perm: [0, 2, 3, 1] } },
    { op: 'Cast', inputs: ['rows'], output: 'features', int: { to: TYPES.float16 } },
  ];
}
