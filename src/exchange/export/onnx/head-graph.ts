/** The head as ONNX nodes: from `embeddings` to `probabilities`. */
import type { OnnxConstant, OnnxNode } from '../../../vision/engines/onnx-proto.ts';
import type { ExportDense, ExportModel } from '../model.ts';
import { sharesOf } from '../shares.ts';

interface Part {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
}

export function headGraph(model: ExportModel): Part {
  const input = inputGraph(model);
  const hidden = dense('hidden', input.nodes.at(-1)?.output ?? 'embeddings', 'hidden/sum', model.hidden);
  const output = dense('output', 'hidden', 'logits', model.output);
  const answer = answerGraph(model);
  return {
    nodes: [
      ...input.nodes,
      ...hidden.nodes,
      { op: 'Relu', inputs: ['hidden/sum'], output: 'hidden' },
      ...output.nodes,
      ...answer.nodes,
    ],
    constants: [...input.constants, ...hidden.constants, ...output.constants, ...answer.constants],
  };
}

function inputGraph({ headInput }: ExportModel): Part {
  if (headInput === null) return { nodes: [], constants: [] };
  return {
    nodes: [
      { op: 'Mul', inputs: ['embeddings', 'embeddings/scale'], output: 'embeddings/scaled' },
      { op: 'Softsign', inputs: ['embeddings/scaled'], output: 'embeddings/prepared' },
    ],
    constants: [{ name: 'embeddings/scale', shape: [], values: Float32Array.of(headInput.scale) }],
  };
}

function dense(name: string, from: string, to: string, layer: ExportDense): Part {
  return {
    nodes: [{ op: 'Gemm', inputs: [from, `${name}/kernel`, `${name}/bias`], output: to, int: { transB: 1 } }],
    constants: [
      { name: `${name}/kernel`, shape: [layer.out, layer.in], values: layer.kernel },
      { name: `${name}/bias`, shape: [layer.out], values: layer.bias },
    ],
  };
}

function answerGraph({ answer, activities, output }: ExportModel): Part {
  const toProbabilities = (from: string): OnnxNode => ({
    op: 'Sigmoid',
    inputs: [from],
    output: 'probabilities',
  });
  if (answer.kind === 'sigmoid') return { nodes: [toProbabilities('logits')], constants: [] };
  const { own, rest } = sharesOf(activities.length, output.out);
  const [ownShare, otherShare] = [dense('own', 'shares', 'own', own), dense('rest', 'shares', 'rest', rest)];
  return {
    nodes: [
      { op: 'Softmax', inputs: ['logits'], output: 'shares', int: { axis: 1 } },
      ...ownShare.nodes,
      ...otherShare.nodes,
      { op: 'Div', inputs: ['own', 'rest'], output: 'odds' },
      { op: 'Log', inputs: ['odds'], output: 'log-odds' },
      { op: 'Mul', inputs: ['log-odds', 'slope'], output: 'sloped' },
      { op: 'Add', inputs: ['sloped', 'intercept'], output: 'calibrated' },
      toProbabilities('calibrated'),
    ],
    constants: [
      ...ownShare.constants,
      ...otherShare.constants,
      { name: 'slope', shape: [activities.length], values: answer.slope },
      { name: 'intercept', shape: [activities.length], values: answer.intercept },
    ],
  };
}
