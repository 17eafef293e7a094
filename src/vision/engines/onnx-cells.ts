/** The pass over a whole frame in onnxruntime: a session a stage, built in memory like the graph for tiles. */
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { type Lazy, lazy } from '../../base/lazy.ts';
import { type BackboneBundle, cellWeights } from '../bundle.ts';
import type { Maps } from '../cells/bands.ts';
import type { CellEngine } from '../cells/engine.ts';
import { createPassMemory } from '../cells/pass-memory.ts';
import { planStages, type Stage } from '../cells/stages.ts';
import { CLIP_CONSTANTS, inputConstants, inputNodes, layerConstants, layersNodes } from './onnx-graph.ts';
import { headNodes, headTensors, headValues } from './onnx-head.ts';
import { type OnnxConstant, type OnnxNode, type OnnxValue, writeOnnxModel } from './onnx-proto.ts';

export type OpenSession = (graph: Uint8Array) => Promise<InferenceSession>;

/** @returns null where the backbone has no projection for cells */
export function openOnnxCells(
  bundle: BackboneBundle,
  Tensor: typeof OnnxTensor,
  open: OpenSession,
): (CellEngine & { close(): Promise<void> }) | null {
  if (bundle.manifest.cells === undefined) return null;
  const stages = onnxStages(bundle);
  const sessions = stages.map((_, index) => lazy(() => open(stageGraph(bundle, stages, index))));
  const session = (index: number) => (sessions.at(index) as Lazy<InferenceSession>).get();
  const tensorOf = (input: Maps) =>
    input.order === 'rows'
      ? new Tensor('uint8', input.data as Uint8Array, [1, input.height, input.width, 3])
      : new Tensor('float32', input.data as Float32Array, [1, input.channels, input.height, input.width]);
  return {
    stages,
    memory: createPassMemory(),
    gives: 'floats',
    async run(index, input, data) {
      const { stride, channels } = stages[index] as Stage;
      const [height, width] = [input.height / stride, input.width / stride];
      // Into memory that is there: what onnxruntime makes itself stays until V8 collects it, tens of megabytes a frame.
      const memory = data.subarray(0, channels * height * width) as Float32Array;
      const output = new Tensor('float32', memory, [1, channels, height, width]);
      await (await session(index)).run({ input: tensorOf(input) }, { output });
      return { channels, height, width, data: output.data, order: 'planes' };
    },
    async finish(input, head) {
      const { vectors, logits } = await (await session(-1)).run({
        input: tensorOf(input),
        ...headTensors(Tensor, head),
      });
      const [, rows, columns] = (vectors as OnnxTensor).dims as [number, number, number, number];
      return { rows, columns, vectors: vectors?.data as Float32Array, logits: logits?.data as Float32Array };
    },
    async close() {
      await Promise.all(sessions.map(({ opened }) => opened?.then(one => one.release())));
    },
  };
}

/**
 * The layer whose wide output cells are made of is a stage of its own with those that follow it: what cells take from it
 * is computed there, and goes along with the stage's output, folded to its size.
 */
function onnxStages(bundle: BackboneBundle): Stage[] {
  const { cells, layers } = bundle.manifest;
  const stages = planStages(layers, cells?.of[0]);
  return stages.map((stage, index) => {
    if (!isFolding(bundle, stages, index)) return stage;
    const wide = layers.find(({ name }) => name === cells?.of[0])?.out ?? 0;
    const width = cells?.width ?? 0;
    return {
      ...stage,
      channels: stage.channels + FOLD ** 2 * width,
      numbers: stage.numbers + wide + width,
    };
  });
}

/** Cells in a row and in a column that are folded into the channels of one position. */
const FOLD = 2;

function isFolding({ manifest }: BackboneBundle, stages: readonly Stage[], index: number): boolean {
  const stage = stages[index] as Stage;
  return (
    index < stages.length - 1 &&
    stage.stride === FOLD &&
    stage.layers.some(({ name }) => name === manifest.cells?.of[0])
  );
}

/** `input` [1, height, width, 3] uint8 of the first stage, else [1, channels, height, width]; `output` likewise. */
function stageGraph(bundle: BackboneBundle, stages: readonly Stage[], index: number): Uint8Array {
  const { layers, channels } = stages[index] as Stage;
  const { size } = bundle.manifest.input;
  const previous = stages[index - 1];
  const before = previous?.layers.at(-1);
  const last = layers.at(-1)?.name ?? '';
  const isUnfolding = index > 0 && isFolding(bundle, stages, index - 1);
  // The input bears the name of the layer it comes from, which may be added further on.
  const from = before?.name ?? 'planes';
  const entry: OnnxNode[] =
    before === undefined
      ? inputNodes('uint8').map(node => ({
          ...node,
          inputs: node.inputs.map(name => (name === 'pixels' ? 'input' : name)),
        }))
      : [
          isUnfolding
            ? { op: 'Slice', inputs: ['input', 'none', 'plain', 'channels'], output: from }
            : { op: 'Identity', inputs: ['input'], output: from },
        ];
  const exit =
    index === stages.length - 1
      ? cellEnd(bundle, isUnfolding)
      : isFolding(bundle, stages, index)
        ? foldEnd(bundle, last)
        : { nodes: [{ op: 'Identity', inputs: [last], output: 'output' }], constants: [], inputs: [] };
  const input: OnnxValue =
    previous === undefined
      ? { name: 'input', type: 'uint8', shape: [1, 'height', 'width', 3] }
      : { name: 'input', type: 'float32', shape: [1, previous.channels, 'height', 'width'] };
  return writeOnnxModel({
    name: `${bundle.manifest.id}-${index}`,
    nodes: [...entry, ...layersNodes(layers, size, from), ...exit.nodes],
    constants: [
      ...(before === undefined ? inputConstants(bundle) : []),
      ...(isUnfolding ? foldConstants(before?.out ?? 0, previous?.channels ?? 0) : []),
      ...CLIP_CONSTANTS,
      ...layers.flatMap(layer => layerConstants(bundle, layer)),
      ...exit.constants,
    ],
    inputs: [input, ...exit.inputs],
    outputs:
      'outputs' in exit
        ? exit.outputs
        : [{ name: 'output', type: 'float32', shape: [1, channels, 'rows', 'columns'] }],
  });
}

/** Where the plain channels end and the folded ones begin. */
function foldConstants(plain: number, all: number): OnnxConstant[] {
  return Object.entries({ none: 0, plain, all, channels: 1 }).map(([name, value]) => ({
    name,
    shape: [1],
    values: BigInt64Array.of(BigInt(value)),
  }));
}

/** What cells take from one of the two layers they are made of. */
function projection(bundle: BackboneBundle, at: 0 | 1) {
  const weights = cellWeights(bundle);
  if (weights === null) throw new RangeError(`${bundle.manifest.id} has no projection for cells`);
  const { of, width, inputs, kernels, bias } = weights;
  return {
    nodes: [
      { op: 'Softsign', inputs: [of[at]], output: `soft${at}` },
      {
        op: 'Conv',
        inputs: [`soft${at}`, `cells/${at}`, ...(at === 0 ? ['cells/bias'] : [])],
        output: `part${at}`,
        ints: { kernel_shape: [1, 1] },
      },
    ] satisfies OnnxNode[],
    constants: [
      { name: `cells/${at}`, shape: [width, inputs[at], 1, 1], values: kernels[at] },
      ...(at === 0 ? [{ name: 'cells/bias', shape: [width], values: bias }] : []),
    ] satisfies OnnxConstant[],
  };
}

function foldEnd(bundle: BackboneBundle, last: string) {
  const near = projection(bundle, 0);
  return {
    nodes: [
      ...near.nodes,
      { op: 'SpaceToDepth', inputs: ['part0'], output: 'folded', int: { blocksize: FOLD } },
      { op: 'Concat', inputs: [last, 'folded'], output: 'output', int: { axis: 1 } },
    ] satisfies OnnxNode[],
    constants: near.constants,
    inputs: [],
  };
}

/** The projection of cells and, with weights that are handed in, the head. */
function cellEnd(bundle: BackboneBundle, isUnfolding: boolean) {
  const width = bundle.manifest.cells?.width ?? 0;
  const head = headValues(width);
  const [near, wide] = [projection(bundle, 0), projection(bundle, 1)];
  return {
    nodes: [
      ...(isUnfolding
        ? [
            { op: 'Slice', inputs: ['input', 'plain', 'all', 'channels'], output: 'folded' },
            { op: 'DepthToSpace', inputs: ['folded'], output: 'part0', int: { blocksize: FOLD } },
          ]
        : near.nodes),
      ...wide.nodes,
      {
        op: 'Resize',
        inputs: ['part1', '', 'twice'],
        output: 'wide1',
        text: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      },
      { op: 'Add', inputs: ['part0', 'wide1'], output: 'cells' },
      { op: 'Transpose', inputs: ['cells'], output: 'vectors', ints: { perm: [0, 2, 3, 1] } },
      ...headNodes('vectors'),
    ] satisfies OnnxNode[],
    constants: [
      ...(isUnfolding ? [] : near.constants),
      ...wide.constants,
      { name: 'twice', shape: [4], values: Float32Array.of(1, 1, 2, 2) },
      ...head.constants,
    ] satisfies OnnxConstant[],
    inputs: head.inputs,
    outputs: [
      { name: 'vectors', type: 'float32', shape: [1, 'rows', 'columns', width] },
      head.output,
    ] satisfies OnnxValue[],
  };
}
