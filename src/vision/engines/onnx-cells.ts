/** The pass over a whole frame in onnxruntime: a session a stage, built in memory like the graph for tiles. */
import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { type BackboneBundle, cellWeights } from '../bundle.ts';
import type { StageInput } from '../cells/bands.ts';
import type { CellEngine } from '../cells/engine.ts';
import { planStages, type Stage } from '../cells/stages.ts';
import { type Lazy, lazy } from './lazy.ts';
import { CLIP_CONSTANTS, inputConstants, inputNodes, layerConstants, layersNodes } from './onnx-graph.ts';
import { type OnnxNode, type OnnxValue, writeOnnxModel } from './onnx-proto.ts';

export type OpenSession = (graph: Uint8Array) => Promise<InferenceSession>;

/** @returns null where the backbone has no projection for cells */
export function openOnnxCells(
  bundle: BackboneBundle,
  Tensor: typeof OnnxTensor,
  open: OpenSession,
): (CellEngine & { close(): Promise<void> }) | null {
  if (bundle.manifest.cells === undefined) return null;
  const stages = planStages(bundle.manifest.layers);
  const sessions = stages.map((_, index) => lazy(() => open(stageGraph(bundle, stages, index))));
  const session = (index: number) => (sessions.at(index) as Lazy<InferenceSession>).get();
  const tensorOf = (input: StageInput) =>
    'rgb' in input
      ? new Tensor('uint8', input.rgb, [1, input.height, input.width, 3])
      : new Tensor('float32', input.data, [1, input.channels, input.height, input.width]);
  return {
    stages,
    async run(index, input) {
      const { output } = await (await session(index)).run({ input: tensorOf(input) });
      const [, channels, height, width] = (output as OnnxTensor).dims as [number, number, number, number];
      return { channels, height, width, data: output?.data as Float32Array };
    },
    async finish(input, head) {
      const { hidden, width, outputs } = head;
      const { vectors, logits } = await (await session(-1)).run({
        input: tensorOf(input),
        hiddenKernel: new Tensor('float32', head.hiddenKernel, [hidden, width]),
        hiddenBias: new Tensor('float32', head.hiddenBias, [hidden]),
        outputKernel: new Tensor('float32', head.outputKernel, [outputs, hidden]),
        outputBias: new Tensor('float32', head.outputBias, [outputs]),
      });
      const [, rows, columns] = (vectors as OnnxTensor).dims as [number, number, number, number];
      return { rows, columns, vectors: vectors?.data as Float32Array, logits: logits?.data as Float32Array };
    },
    async close() {
      await Promise.all(sessions.map(({ opened }) => opened?.then(one => one.release())));
    },
  };
}

/** `input` [1, height, width, 3] uint8 of the first stage, else [1, channels, height, width]; `output` likewise. */
function stageGraph(bundle: BackboneBundle, stages: readonly Stage[], index: number): Uint8Array {
  const { layers } = stages[index] as Stage;
  const { size } = bundle.manifest.input;
  const before = stages[index - 1]?.layers.at(-1);
  const last = layers.at(-1)?.name ?? '';
  // The input bears the name of the layer it comes from, which may be added further on.
  const from = before?.name ?? 'planes';
  const entry: OnnxNode[] =
    before === undefined
      ? inputNodes('uint8').map(node => ({
          ...node,
          inputs: node.inputs.map(name => (name === 'pixels' ? 'input' : name)),
        }))
      : [{ op: 'Identity', inputs: ['input'], output: from }];
  const isEnd = index === stages.length - 1;
  const end = isEnd ? cellEnd(bundle) : null;
  const input: OnnxValue =
    before === undefined
      ? { name: 'input', type: 'uint8', shape: [1, 'height', 'width', 3] }
      : { name: 'input', type: 'float32', shape: [1, before.out, 'height', 'width'] };
  return writeOnnxModel({
    name: `${bundle.manifest.id}-${index}`,
    nodes: [
      ...entry,
      ...layersNodes(layers, size, from),
      ...(end?.nodes ?? [{ op: 'Identity', inputs: [last], output: 'output' }]),
    ],
    constants: [
      ...(before === undefined ? inputConstants(bundle) : []),
      ...CLIP_CONSTANTS,
      ...layers.flatMap(layer => layerConstants(bundle, layer)),
      ...(end?.constants ?? []),
    ],
    inputs: [input, ...(end?.inputs ?? [])],
    outputs: end?.outputs ?? [
      { name: 'output', type: 'float32', shape: [1, layers.at(-1)?.out ?? 0, 'rows', 'columns'] },
    ],
  });
}

/** The projection of cells and, with weights that are handed in, the head. */
function cellEnd(bundle: BackboneBundle) {
  const weights = cellWeights(bundle);
  if (weights === null) throw new RangeError(`${bundle.manifest.id} has no projection for cells`);
  const { of, width, inputs, kernels, bias } = weights;
  const project = (at: 0 | 1): OnnxNode[] => [
    { op: 'Softsign', inputs: [of[at]], output: `soft${at}` },
    {
      op: 'Conv',
      inputs: at === 0 ? ['soft0', 'cells/0', 'cells/bias'] : ['soft1', 'cells/1'],
      output: `part${at}`,
      ints: { kernel_shape: [1, 1] },
    },
  ];
  return {
    nodes: [
      ...project(0),
      ...project(1),
      {
        op: 'Resize',
        inputs: ['part1', '', 'twice'],
        output: 'wide1',
        text: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      },
      { op: 'Add', inputs: ['part0', 'wide1'], output: 'cells' },
      { op: 'Transpose', inputs: ['cells'], output: 'vectors', ints: { perm: [0, 2, 3, 1] } },
      { op: 'Reshape', inputs: ['vectors', 'flat'], output: 'each' },
      { op: 'Gemm', inputs: ['each', 'hiddenKernel', 'hiddenBias'], output: 'sums', int: { transB: 1 } },
      { op: 'Relu', inputs: ['sums'], output: 'units' },
      { op: 'Gemm', inputs: ['units', 'outputKernel', 'outputBias'], output: 'logits', int: { transB: 1 } },
    ] satisfies OnnxNode[],
    constants: [
      { name: 'cells/0', shape: [width, inputs[0], 1, 1], values: kernels[0] },
      { name: 'cells/1', shape: [width, inputs[1], 1, 1], values: kernels[1] },
      { name: 'cells/bias', shape: [width], values: bias },
      { name: 'twice', shape: [4], values: Float32Array.of(1, 1, 2, 2) },
      { name: 'flat', shape: [2], values: BigInt64Array.of(-1n, BigInt(width)) },
    ],
    inputs: [
      { name: 'hiddenKernel', type: 'float32', shape: ['hidden', width] },
      { name: 'hiddenBias', type: 'float32', shape: ['hidden'] },
      { name: 'outputKernel', type: 'float32', shape: ['outputs', 'hidden'] },
      { name: 'outputBias', type: 'float32', shape: ['outputs'] },
    ] satisfies OnnxValue[],
    outputs: [
      { name: 'vectors', type: 'float32', shape: [1, 'rows', 'columns', width] },
      { name: 'logits', type: 'float32', shape: ['count', 'outputs'] },
    ] satisfies OnnxValue[],
  };
}
