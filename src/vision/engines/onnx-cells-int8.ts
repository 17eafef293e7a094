/**
 * The pass over a whole frame in eight bits. Between sessions maps lie row by row, as onnxruntime's integer kernels read
 * them: a band is then a piece of the map, and nothing is reordered. The projection and the head stay in float32.
 */
import type { Tensor as OnnxTensor } from 'onnxruntime-node';
import { type BackboneBundle, cellWeights, type Ranges } from '../bundle.ts';
import { type Maps, MOST_NUMBERS, planBands } from '../cells/bands.ts';
import type { CellEngine } from '../cells/engine.ts';
import { createPassMemory } from '../cells/pass-memory.ts';
import { planStages, type Stage } from '../cells/stages.ts';
import { type NetworkLayer, networkLayers } from '../network.ts';
import { lazy } from './lazy.ts';
import type { OpenSession } from './onnx-cells.ts';
import { headNodes, headValues } from './onnx-head.ts';
import { dequantise, int8Layers, joined, type OnnxPart } from './onnx-int8.ts';
import { type OnnxNode, type OnnxValue, writeOnnxModel } from './onnx-proto.ts';
import { type QuantisedModel, quantise, type Scale } from './quantise.ts';

/** @returns null where the backbone has no projection for cells, or no ranges to scale eight bits by */
export function openInt8Cells(
  bundle: BackboneBundle,
  Tensor: typeof OnnxTensor,
  open: OpenSession,
): (CellEngine & { close(): Promise<void> }) | null {
  const network = int8Network(bundle);
  if (network === null) return null;
  const { stages, wide, weights } = network;
  const memory = createPassMemory();
  const inner = stages.slice(0, -1).map((_, index) => lazy(() => open(stageGraph(network, index))));
  const near = lazy(() => open(nearGraph(network)));
  const far = lazy(() => open(farGraph(network)));
  const rowsOf = ({ channels, height, width, data }: Maps) =>
    new Tensor('uint8', data as Uint8Array, [1, height, width, channels]);
  return {
    stages,
    memory,
    gives: 'bytes',
    async run(index, input, data) {
      const { stride, channels } = stages[index] as Stage;
      const [height, width] = [input.height / stride, input.width / stride];
      const bytes = data.subarray(0, channels * height * width) as Uint8Array;
      const output = new Tensor('uint8', bytes, [1, height, width, channels]);
      const session = await (inner[index] as (typeof inner)[number]).get();
      await session.run({ input: rowsOf(input) }, { output });
      return { channels, height, width, data: bytes, order: 'rows' };
    },
    async finish(input, head) {
      const { height, width } = input;
      const { hidden, outputs } = head;
      const sight = memory.bytes('wide', height * width * wide.out);
      const parts = memory.floats('near', height * width * weights.width);
      for (const { from, to } of planBands(nearStage(network), height, width, MOST_NUMBERS.floats)) {
        const piece = <T extends Uint8Array | Float32Array>(all: T, channels: number) =>
          all.subarray(from * width * channels, to * width * channels) as T;
        await (await near.get()).run(
          {
            input: new Tensor('uint8', piece(input.data as Uint8Array, input.channels), [
              1,
              to - from,
              width,
              input.channels,
            ]),
          },
          {
            wide: new Tensor('uint8', piece(sight, wide.out), [1, to - from, width, wide.out]),
            near: new Tensor('float32', piece(parts, weights.width), [1, to - from, width, weights.width]),
          },
        );
      }
      const { vectors, logits } = await (await far.get()).run({
        wide: new Tensor('uint8', sight, [1, height, width, wide.out]),
        // Each position of the far layer is added to two by two of the near one.
        near: new Tensor('float32', parts, [1, height / 2, 2, width / 2, 2, weights.width]),
        hiddenKernel: new Tensor('float32', head.hiddenKernel, [hidden, head.width]),
        hiddenBias: new Tensor('float32', head.hiddenBias, [hidden]),
        outputKernel: new Tensor('float32', head.outputKernel, [outputs, hidden]),
        outputBias: new Tensor('float32', head.outputBias, [outputs]),
      });
      return {
        rows: height,
        columns: width,
        vectors: vectors?.data as Float32Array,
        logits: logits?.data as Float32Array,
      };
    },
    async close() {
      const sessions = [...inner, near, far];
      await Promise.all(sessions.map(({ opened }) => opened?.then(one => one.release())));
    },
  };
}

interface Int8Network {
  readonly id: string;
  /** Those that run in bands, and all layers from `wide` on as the last. */
  readonly stages: readonly Stage[];
  readonly layers: readonly NetworkLayer[];
  readonly quantised: QuantisedModel;
  /** The layer at stride 16 that cells are made of. */
  readonly wide: NetworkLayer;
  readonly weights: NonNullable<ReturnType<typeof cellWeights>>;
}

function int8Network(bundle: BackboneBundle): Int8Network | null {
  const { manifest } = bundle;
  const weights = cellWeights(bundle);
  if (weights === null || manifest.ranges === undefined) return null;
  const layers = networkLayers(bundle);
  const at = layers.findIndex(({ name }) => name === weights.of[0]);
  const [before] = [manifest.layers.slice(0, at)];
  const [last] = planStages(manifest.layers.slice(at));
  return {
    id: manifest.id,
    stages: [...planStages(before), { ...(last as Stage), layers: manifest.layers.slice(at) }],
    layers,
    quantised: quantise({ input: manifest.input, layers }, manifest.ranges as Ranges),
    wide: layers[at] as NetworkLayer,
    weights,
  };
}

/** The wide layer and what cells take from it, as bands are planned: four bytes hold one float. */
function nearStage({ wide, weights }: Int8Network): Stage {
  const numbers = 2 * wide.out + weights.width;
  return { layers: [], stride: 1, channels: wide.out, margin: 0, numbers };
}

function stageGraph(network: Int8Network, index: number): Uint8Array {
  const { stages, layers, quantised, id } = network;
  const names = new Set(stages[index]?.layers.map(({ name }) => name));
  const own = layers.filter(({ name }) => names.has(name));
  const last = own.at(-1) as NetworkLayer;
  const { nodes, constants } = int8Layers(own, quantised);
  const body = joined([
    entry(network, own, 'input'),
    // What is not asked for would be computed all the same.
    { nodes: nodes.filter(({ output }) => output !== last.name), constants },
    exit(`${last.name}/q`, 'output'),
  ]);
  return writeOnnxModel({
    name: `${id}-int8-${index}`,
    ...body,
    inputs: [rowsValue('input', own[0]?.in ?? 0)],
    outputs: [rowsValue('output', last.out)],
  });
}

/** `input` → `wide`, the layer's output, and `near`, what cells take from it. */
function nearGraph(network: Int8Network): Uint8Array {
  const { wide, quantised, weights, id } = network;
  const body = joined([
    entry(network, [wide], 'input'),
    int8Layers([wide], quantised),
    exit(`${wide.name}/q`, 'wide'),
    projection(network, 0, 'near'),
  ]);
  return writeOnnxModel({
    name: `${id}-int8-near`,
    ...body,
    inputs: [rowsValue('input', wide.in)],
    outputs: [
      rowsValue('wide', wide.out),
      { name: 'near', type: 'float32', shape: [1, 'rows', 'columns', weights.width] },
    ],
  });
}

/** `wide` and `near` → `vectors` and, by the head that is handed in, `logits`. */
function farGraph(network: Int8Network): Uint8Array {
  const { wide, layers, quantised, weights, id } = network;
  const own = layers.slice(layers.indexOf(wide) + 1);
  const { width } = weights;
  const { nodes, constants } = joined([
    entry(network, own, 'wide'),
    int8Layers(own, quantised),
    projection(network, 1, 'far'),
  ]);
  const ends: OnnxNode[] = [
    { op: 'Add', inputs: ['far', 'cells/bias'], output: 'far/sum' },
    { op: 'Unsqueeze', inputs: ['far/sum', 'axes'], output: 'far/spread' },
    { op: 'Add', inputs: ['near', 'far/spread'], output: 'vectors' },
    ...headNodes('vectors'),
  ];
  const head = headValues(width);
  return writeOnnxModel({
    name: `${id}-int8-far`,
    nodes: [...nodes, ...ends],
    constants: [
      ...constants,
      { name: 'cells/bias', shape: [width], values: weights.bias },
      { name: 'axes', shape: [2], values: BigInt64Array.of(2n, 4n) },
      ...head.constants,
    ],
    inputs: [
      rowsValue('wide', wide.out),
      { name: 'near', type: 'float32', shape: [1, 'y', 2, 'x', 2, width] },
      ...head.inputs,
    ],
    outputs: [{ name: 'vectors', type: 'float32', shape: [1, 'y', 2, 'x', 2, width] }, head.output],
  });
}

/** Bytes row by row → `<the layer before>/q` and, in float32, the layer before. */
function entry({ quantised }: Int8Network, [first]: readonly NetworkLayer[], input: string): OnnxPart {
  const from = first?.from ?? 'planes';
  const before = quantised.layers.get(from);
  const scale: Scale = before === undefined ? quantised.pixels : (before.sum ?? before.output);
  const toPlanes: OnnxNode = {
    op: 'Transpose',
    inputs: [input],
    output: `${from}/q`,
    ints: { perm: [0, 3, 1, 2] },
  };
  return joined([{ nodes: [toPlanes], constants: [] }, dequantise(from, scale)]);
}

function exit(from: string, output: string): OnnxPart {
  return {
    nodes: [{ op: 'Transpose', inputs: [from], output, ints: { perm: [0, 2, 3, 1] } }],
    constants: [],
  };
}

/** What cells take from one of the two layers they are made of, row by row. */
function projection({ weights }: Int8Network, at: 0 | 1, output: string): OnnxPart {
  const { of, width, inputs, kernels } = weights;
  const kernel = new Float32Array(width * inputs[at]);
  for (let row = 0; row < width; row++) {
    for (let column = 0; column < inputs[at]; column++) {
      kernel[column * width + row] = kernels[at][row * inputs[at] + column] as number;
    }
  }
  return {
    nodes: [
      { op: 'Transpose', inputs: [of[at]], output: `${output}/rows`, ints: { perm: [0, 2, 3, 1] } },
      { op: 'Softsign', inputs: [`${output}/rows`], output: `${output}/soft` },
      { op: 'MatMul', inputs: [`${output}/soft`, `${output}/kernel`], output },
    ],
    constants: [{ name: `${output}/kernel`, shape: [inputs[at], width], values: kernel }],
  };
}

function rowsValue(name: string, channels: number): OnnxValue {
  return { name, type: 'uint8', shape: [1, `${name}/height`, `${name}/width`, channels] };
}
