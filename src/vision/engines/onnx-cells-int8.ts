/**
 * The pass over a whole frame in eight bits. Between sessions maps lie row by row, as onnxruntime's integer kernels read
 * them: a band is then a piece of the map, and nothing is reordered. The projection and the head stay in float32.
 */
import type { Tensor as OnnxTensor } from 'onnxruntime-node';
import { lazy } from '../../base/lazy.ts';
import { type BackboneBundle, cellWeights } from '../bundle.ts';
import { type Maps, MOST_NUMBERS, planBands } from '../cells/bands.ts';
import type { CellEngine } from '../cells/engine.ts';
import { createPassMemory, type Numbers } from '../cells/pass-memory.ts';
import { planStages, type Stage, stageOf } from '../cells/stages.ts';
import { type NetworkLayer, networkLayers } from '../network.ts';
import type { OpenSession } from './onnx-cells.ts';
import { headNodes, headTensors, headValues } from './onnx-head.ts';
import { type Bytes, dequantise, int8Layers, joined, type OnnxPart, zeroOf } from './onnx-int8.ts';
import { pixelLayer } from './onnx-pixels-int8.ts';
import { TYPES, writeOnnxModel } from './onnx-proto.ts';
import {
  type QuantisedLayer,
  type QuantisedModel,
  quantise,
  quantiseMatrix,
  type Scale,
  scaleOf as scaleOfRange,
} from './quantise.ts';

/** onnxruntime's fastest integer kernels take the one on x64, the other on arm64. */
const BYTES_HERE: Bytes = process.arch === 'arm64' ? 'int8' : 'uint8';

/** @returns null where the backbone has no projection for cells, or no ranges to scale eight bits by */
export function openInt8Cells(
  bundle: BackboneBundle,
  Tensor: typeof OnnxTensor,
  open: OpenSession,
  bytes: Bytes = BYTES_HERE,
): (CellEngine & { close(): Promise<void> }) | null {
  const network = int8Network(bundle, bytes);
  if (network === null) return null;
  const { stages, weights, deep } = network;
  const memory = createPassMemory();
  const tensor = (data: Numbers, shape: readonly number[], type = bytes) =>
    type === 'uint8'
      ? new Tensor(type, data as Uint8Array, shape)
      : new Tensor(type, new Int8Array(data.buffer, data.byteOffset, data.length), shape);
  const sessions = stages.map((_, index) => lazy(() => open(stageGraph(network, index))));
  const cells = lazy(() => open(cellsGraph(network)));
  const run = async (index: number, input: Maps, data: Uint8Array): Promise<Maps> => {
    const { stride, channels } = stages[index] as Stage;
    const [height, width] = [input.height / stride, input.width / stride];
    const found = data.subarray(0, channels * height * width);
    const shape = [1, input.height, input.width, input.channels];
    await (await (sessions[index] as (typeof sessions)[number]).get()).run(
      { input: tensor(input.data, shape, index === 0 ? 'uint8' : bytes) },
      { output: tensor(found, [1, height, width, channels]) },
    );
    return { channels, height, width, data: found, order: 'rows' };
  };
  return {
    stages,
    memory,
    gives: 'bytes',
    run: (index, input, data) => run(index, input, data as Uint8Array),
    async finish(wide, head) {
      const { height, width } = wide;
      const { outputs } = head;
      const far = await run(
        stages.length - 1,
        wide,
        memory.bytes('deep', (height * width * deep.out) / FOLD ** 2),
      );
      const found = {
        rows: height,
        columns: width,
        vectors: new Float32Array(height * width * weights.width),
        logits: new Float32Array(height * width * outputs),
      };
      const session = await cells.get();
      for (const { from, to } of planBands(cellsStage(network), height, width, MOST_NUMBERS.floats)) {
        const rows = <T extends Numbers>(all: T, each: number) => all.subarray(from * each, to * each) as T;
        const [y, x] = [(to - from) / FOLD, width / FOLD];
        await session.run(
          {
            wide: tensor(rows(wide.data, width * wide.channels), [y, FOLD, x, FOLD, wide.channels]),
            deep: tensor(rows(far.data, (x * deep.out) / FOLD), [y, 1, x, 1, deep.out]),
            ...headTensors(Tensor, head),
          },
          {
            vectors: new Tensor('float32', rows(found.vectors, width * weights.width), [
              y,
              FOLD,
              x,
              FOLD,
              weights.width,
            ]),
            logits: new Tensor('float32', rows(found.logits, width * outputs), [
              (to - from) * width,
              outputs,
            ]),
          },
        );
      }
      return found;
    },
    async close() {
      await Promise.all([...sessions, cells].map(({ opened }) => opened?.then(one => one.release())));
    },
  };
}

/** Cells in a row and in a column that lie in one position of the deep layer. */
const FOLD = 2;

interface Int8Network {
  readonly id: string;
  readonly bytes: Bytes;
  /** To the layer at stride 16 that cells are made of, in bands; then all layers after it, in one piece. */
  readonly stages: readonly Stage[];
  readonly layers: readonly NetworkLayer[];
  readonly quantised: QuantisedModel;
  /** The layers that cells are made of, at strides 16 and 32. */
  readonly wide: NetworkLayer;
  readonly deep: NetworkLayer;
  readonly weights: NonNullable<ReturnType<typeof cellWeights>>;
}

function int8Network(bundle: BackboneBundle, bytes: Bytes): Int8Network | null {
  const { id, layers, input, ranges } = bundle.manifest;
  const weights = cellWeights(bundle);
  const end = layers.findIndex(({ name }) => name === weights?.of[0]) + 1;
  if (weights === null || ranges === undefined || layers.at(-1)?.name !== weights.of[1]) return null;
  const all = networkLayers(bundle);
  return {
    id,
    bytes,
    stages: [...planStages(layers.slice(0, end)), stageOf(layers.slice(end))],
    layers: all,
    quantised: quantise({ input, layers: all }, ranges),
    wide: all[end - 1] as NetworkLayer,
    deep: all.at(-1) as NetworkLayer,
    weights,
  };
}

/** The projection, as bands of it are planned: each layer as floats, and again after the softsign. */
function cellsStage({ wide, deep, weights }: Int8Network): Stage {
  const numbers = 2 * (wide.out + deep.out / FOLD ** 2) + weights.width;
  return { layers: [], stride: FOLD, channels: weights.width, margin: 0, numbers };
}

function stageGraph(network: Int8Network, index: number): Uint8Array {
  const { stages, layers, quantised, id, bytes } = network;
  const names = new Set(stages[index]?.layers.map(({ name }) => name));
  const own = layers.filter(({ name }) => names.has(name));
  const last = own.at(-1) as NetworkLayer;
  const [first, ...others] = own as [NetworkLayer, ...NetworkLayer[]];
  const { nodes, constants } = joined(
    index === 0
      ? [pixelLayer(first, quantised, bytes), int8Layers(others, quantised, bytes)]
      : [entry(network, first), int8Layers(own, quantised, bytes)],
  );
  const body = joined([
    // What is not asked for would be computed all the same.
    { nodes: nodes.filter(({ output }) => output !== last.name), constants },
    {
      nodes: [
        { op: 'Transpose', inputs: [`${last.name}/q`], output: 'output', ints: { perm: [0, 2, 3, 1] } },
      ],
      constants: [],
    },
  ]);
  return writeOnnxModel({
    name: `${id}-int8-${index}`,
    ...body,
    inputs: [{ name: 'input', type: index === 0 ? 'uint8' : bytes, shape: [1, 'height', 'width', first.in] }],
    outputs: [{ name: 'output', type: bytes, shape: [1, 'rows', 'columns', last.out] }],
  });
}

/** Both layers → `vectors` and, by the head that is handed in, `logits`. Each position of `deep` goes to four of `wide`. */
function cellsGraph(network: Int8Network): Uint8Array {
  const { wide, deep, weights, id, bytes } = network;
  const { width } = weights;
  const head = headValues(width);
  const body = joined([
    projection(network, 0, 'wide'),
    projection(network, 1, 'deep'),
    {
      nodes: [
        { op: 'Add', inputs: ['deep/part', 'cells/bias'], output: 'deep/sum' },
        { op: 'Add', inputs: ['wide/part', 'deep/sum'], output: 'vectors' },
        ...headNodes('vectors'),
      ],
      constants: [{ name: 'cells/bias', shape: [width], values: weights.bias }, ...head.constants],
    },
  ]);
  return writeOnnxModel({
    name: `${id}-int8-cells`,
    ...body,
    inputs: [
      { name: 'wide', type: bytes, shape: ['y', FOLD, 'x', FOLD, wide.out] },
      { name: 'deep', type: bytes, shape: ['y', 1, 'x', 1, deep.out] },
      ...head.inputs,
    ],
    outputs: [{ name: 'vectors', type: 'float32', shape: ['y', FOLD, 'x', FOLD, width] }, head.output],
  });
}

/** `input`, bytes row by row → `<the layer before>/q` and, in float32, the layer before */
function entry({ quantised, bytes }: Int8Network, first: NetworkLayer): OnnxPart {
  const from = first.from as string;
  return joined([
    {
      nodes: [{ op: 'Transpose', inputs: ['input'], output: `${from}/q`, ints: { perm: [0, 3, 1, 2] } }],
      constants: [],
    },
    dequantise(from, scaleOf(quantised, from), bytes),
  ]);
}

function scaleOf(quantised: QuantisedModel, layer: string): Scale {
  const { sum, output } = quantised.layers.get(layer) as QuantisedLayer;
  return sum ?? output;
}

/**
 * What cells take from one of the two layers they are made of: `<name>` → `<name>/part`. The softsign of a byte is a byte
 * again, so that the projection is a product of whole numbers as well; its sums are floats.
 */
function projection({ weights, quantised, bytes }: Int8Network, at: 0 | 1, name: string): OnnxPart {
  const { of, width, inputs, kernels } = weights;
  const { kernel, scales } = quantiseMatrix(kernels[at], width);
  const columns = new Int8Array(kernel.length);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < inputs[at]; column++) {
      columns[column * width + row] = kernel[row * inputs[at] + column] as number;
    }
  }
  const { scale, zeroPoint } = scaleOf(quantised, of[at]);
  const real = (byte: number) => scale * (byte - zeroPoint);
  const soft = scaleOfRange({ min: softsign(real(0)), max: softsign(real(255)) }, 127);
  return {
    nodes: [
      { op: 'DequantizeLinear', inputs: [name, `${name}/scale`, `${name}/zero`], output: `${name}/real` },
      { op: 'Softsign', inputs: [`${name}/real`], output: `${name}/soft` },
      {
        op: 'QuantizeLinear',
        inputs: [`${name}/soft`, `${name}/soft/scale`, `${name}/soft/zero`],
        output: `${name}/soft/q`,
      },
      {
        op: 'MatMulInteger',
        inputs: [`${name}/soft/q`, `${name}/kernel`, `${name}/soft/zero`],
        output: `${name}/product`,
      },
      { op: 'Cast', inputs: [`${name}/product`], output: `${name}/added`, int: { to: TYPES.float32 } },
      { op: 'Mul', inputs: [`${name}/added`, `${name}/scales`], output: `${name}/part` },
    ],
    constants: [
      { name: `${name}/scale`, shape: [], values: Float32Array.of(scale) },
      { name: `${name}/zero`, shape: [], values: zeroOf(zeroPoint, bytes) },
      { name: `${name}/soft/scale`, shape: [], values: Float32Array.of(soft.scale) },
      { name: `${name}/soft/zero`, shape: [], values: zeroOf(soft.zeroPoint, bytes) },
      { name: `${name}/kernel`, shape: [inputs[at], width], values: columns },
      { name: `${name}/scales`, shape: [width], values: scales.map(each => each * soft.scale) },
    ],
  };
}

const softsign = (value: number) => value / (1 + Math.abs(value));
