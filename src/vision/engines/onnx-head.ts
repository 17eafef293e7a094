/** The head on every cell, as ONNX nodes: its weights are handed in with each frame, so that another can be used at once. */
import type { Tensor as OnnxTensor } from 'onnxruntime-node';
import type { CellHead } from '../cells/engine.ts';
import type { OnnxConstant, OnnxNode, OnnxValue } from './onnx-proto.ts';

/** @param vectors name of the cells' vectors: [1, rows, columns, width], or the same in memory */
export function headNodes(vectors: string): OnnxNode[] {
  return [
    { op: 'Reshape', inputs: [vectors, 'flat'], output: 'each' },
    { op: 'Gemm', inputs: ['each', 'hiddenKernel', 'hiddenBias'], output: 'sums', int: { transB: 1 } },
    { op: 'Relu', inputs: ['sums'], output: 'units' },
    { op: 'Gemm', inputs: ['units', 'outputKernel', 'outputBias'], output: 'logits', int: { transB: 1 } },
  ];
}

/** What {@link headNodes} refer to, and what they give. @param width length of a vector */
export function headValues(width: number) {
  return {
    constants: [
      { name: 'flat', shape: [2], values: BigInt64Array.of(-1n, BigInt(width)) },
    ] satisfies OnnxConstant[],
    inputs: [
      { name: 'hiddenKernel', type: 'float32', shape: ['hidden', width] },
      { name: 'hiddenBias', type: 'float32', shape: ['hidden'] },
      { name: 'outputKernel', type: 'float32', shape: ['outputs', 'hidden'] },
      { name: 'outputBias', type: 'float32', shape: ['outputs'] },
    ] satisfies OnnxValue[],
    output: { name: 'logits', type: 'float32', shape: ['count', 'outputs'] } satisfies OnnxValue,
  };
}

/** The weights of a head, as a session takes them. */
export function headTensors(Tensor: typeof OnnxTensor, head: CellHead) {
  const { hidden, width, outputs } = head;
  return {
    hiddenKernel: new Tensor('float32', head.hiddenKernel, [hidden, width]),
    hiddenBias: new Tensor('float32', head.hiddenBias, [hidden]),
    outputKernel: new Tensor('float32', head.outputKernel, [outputs, hidden]),
    outputBias: new Tensor('float32', head.outputBias, [outputs]),
  };
}
