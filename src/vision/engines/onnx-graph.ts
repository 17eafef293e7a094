/** Writes a backbone as an ONNX model (onnx.proto3, opset 13): the graph onnxruntime runs, built in memory at start. */
import { PbfWriter } from 'pbf';
import { type BackboneBundle, type BackboneLayer, layerWeights } from '../bundle.ts';

/** `uint8`: pixels, scaled inside the graph. `float32`: values already scaled, for comparison and export. */
export type GraphInput = 'uint8' | 'float32';

/**
 * @returns the serialised ModelProto; input `pixels` [n, size, size, 3], output `embeddings` [n, width] float32
 */
export function writeOnnxGraph(bundle: BackboneBundle, input: GraphInput = 'uint8'): Uint8Array {
  const model = new PbfWriter();
  model.writeVarintField(1, 8); // ir_version
  model.writeStringField(2, 'surfwatch'); // producer_name
  model.writeMessage(7, writeGraph, { bundle, input });
  model.writeMessage(8, (opset: object, pbf: PbfWriter) => opset && pbf.writeVarintField(2, 13), {});
  return model.finish();
}

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly int?: Readonly<Record<string, number>>;
}

function writeGraph({ bundle, input }: { bundle: BackboneBundle; input: GraphInput }, pbf: PbfWriter): void {
  const { manifest } = bundle;
  const size = manifest.input.size;
  for (const node of [
    ...inputNodes(input),
    ...layersNodes(manifest.layers, size),
    ...poolNodes(manifest.layers),
  ]) {
    pbf.writeMessage(1, writeNode, node);
  }
  pbf.writeStringField(2, manifest.id);
  writeConstant(pbf, 'scale', [], Float32Array.of(manifest.input.scale));
  writeConstant(pbf, 'offset', [], Float32Array.of(manifest.input.offset));
  writeConstant(pbf, 'zero', [], Float32Array.of(0));
  writeConstant(pbf, 'six', [], Float32Array.of(6));
  for (const layer of manifest.layers) {
    const { shape, kernel, bias } = layerWeights(bundle, layer);
    writeConstant(pbf, `${layer.name}/kernel`, shape, kernel);
    writeConstant(pbf, `${layer.name}/bias`, [layer.out], bias);
  }
  pbf.writeMessage(11, writeValue, { name: 'pixels', type: TYPES[input], shape: ['n', size, size, 3] });
  pbf.writeMessage(12, writeValue, { name: 'embeddings', type: TYPES.float32, shape: ['n', manifest.width] });
}

const TYPES = { float32: 1, uint8: 2 } as const;

function inputNodes(input: GraphInput): Node[] {
  const toPlanes: Node = {
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

function layersNodes(layers: readonly BackboneLayer[], input: number): Node[] {
  let size = input;
  let from = 'planes';
  return layers.flatMap(layer => {
    const nodes = layerNodes(layer, from, size);
    size = Math.ceil(size / layer.stride);
    from = layer.name;
    return nodes;
  });
}

/** @param size height and width of what the layer is given */
function layerNodes(layer: BackboneLayer, from: string, size: number): Node[] {
  const convolved =
    layer.activation === 'relu6' || layer.residualFrom !== undefined ? `${layer.name}/sum` : layer.name;
  // TensorFlow's SAME padding, the odd row or column below and to the right.
  const padding = Math.max(0, (Math.ceil(size / layer.stride) - 1) * layer.stride + layer.kernel - size);
  const begin = Math.floor(padding / 2);
  const end = padding - begin;
  const convolution: Node = {
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

function poolNodes(layers: readonly BackboneLayer[]): Node[] {
  const last = layers.at(-1)?.name ?? 'planes';
  return [
    { op: 'GlobalAveragePool', inputs: [last], output: 'pooled' },
    { op: 'Flatten', inputs: ['pooled'], output: 'embeddings', int: { axis: 1 } },
  ];
}

function writeNode(node: Node, pbf: PbfWriter): void {
  for (const name of node.inputs) pbf.writeStringField(1, name);
  pbf.writeStringField(2, node.output);
  pbf.writeStringField(4, node.op);
  for (const [name, values] of Object.entries(node.ints ?? {})) {
    pbf.writeMessage(5, writeAttribute, { name, values, type: 7 });
  }
  for (const [name, value] of Object.entries(node.int ?? {})) {
    pbf.writeMessage(5, writeAttribute, { name, values: [value], type: 2 });
  }
}

function writeAttribute(
  attribute: { name: string; values: readonly number[]; type: 2 | 7 },
  pbf: PbfWriter,
): void {
  pbf.writeStringField(1, attribute.name);
  for (const value of attribute.values) pbf.writeVarintField(attribute.type === 7 ? 8 : 3, value);
  pbf.writeVarintField(20, attribute.type);
}

function writeConstant(pbf: PbfWriter, name: string, shape: readonly number[], values: Float32Array): void {
  pbf.writeMessage(5, writeTensor, { name, shape, values });
}

function writeTensor(
  tensor: { name: string; shape: readonly number[]; values: Float32Array },
  pbf: PbfWriter,
): void {
  for (const size of tensor.shape) pbf.writeVarintField(1, size);
  pbf.writeVarintField(2, TYPES.float32);
  pbf.writeStringField(8, tensor.name);
  const { buffer, byteOffset, byteLength } = tensor.values;
  pbf.writeBytesField(9, new Uint8Array(buffer, byteOffset, byteLength));
}

function writeValue(
  value: { name: string; type: number; shape: readonly (string | number)[] },
  pbf: PbfWriter,
): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, (_: object, type: PbfWriter) => type.writeMessage(1, writeTensorType, value), value);
}

function writeTensorType(value: { type: number; shape: readonly (string | number)[] }, pbf: PbfWriter): void {
  pbf.writeVarintField(1, value.type);
  pbf.writeMessage(2, writeShape, value.shape);
}

function writeShape(shape: readonly (string | number)[], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(1, writeDimension, size);
}

function writeDimension(size: string | number, pbf: PbfWriter): void {
  if (typeof size === 'number') pbf.writeVarintField(1, size);
  else pbf.writeStringField(2, size);
}
