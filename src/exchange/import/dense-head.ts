/** From a model's dense layers to a head: Dense with ReLU, then one output a class. */

import type { HeadBundle, HeadManifest } from '../../activity/head-bundle.ts';
import { SurfwatchError } from '../../errors.ts';
import type { ClassName } from './labels.ts';
import type { DenseLayer } from './network.ts';
import { transposed } from './tensor.ts';

export type Output = 'sigmoid' | 'softmax';

/** A head without what tells where it came from. */
export interface HeadLayers extends Omit<HeadBundle, 'manifest'> {
  readonly hidden: number;
  readonly width: number;
  readonly activities: readonly string[];
  readonly output: Pick<HeadManifest, 'output' | 'background'>;
}

/**
 * @param classes one for each output, or two for a single sigmoid: its value is the second's probability
 * @param meant what the last layer is meant to be where it has no activation
 * @throws SurfwatchError `import-unsuitable`, `import-incomplete`
 */
export function headOf(
  dense: readonly DenseLayer[],
  classes: readonly ClassName[],
  meant: Output | undefined,
  origin: string,
): HeadLayers {
  const [first, second] = checkDense(dense, origin);
  const last = second ?? first;
  const output = last.activation === 'linear' ? meant : last.activation;
  if (output !== 'sigmoid' && output !== 'softmax') {
    throw new SurfwatchError(
      'import-incomplete',
      `${origin}: its last layer ${last.source} is ${last.activation}: say with --output whether sigmoid or softmax follows`,
    );
  }
  const rows = outputRows(last, classes, output, origin);
  // Activities first, as a head wants them; without softmax the others stand by themselves and are left out.
  const activities = rows.filter(({ isActivity }) => isActivity);
  const background = rows.filter(({ isActivity }) => !isActivity);
  const kept = output === 'softmax' ? [...activities, ...background] : activities;
  const kernel = concat(kept.map(({ weights }) => weights));
  const bias = Float32Array.from(kept, row => row.bias);
  return {
    ...(second === undefined ? throughUnits(first.in, kernel, bias) : hiddenOf(first, kernel, bias)),
    width: first.in,
    activities: activities.map(({ name }) => name),
    output: output === 'softmax' ? { output, background: background.map(({ name }) => name) } : {},
  };
}

/**
 * At most one hidden layer and one of outputs.
 *
 * @throws SurfwatchError `import-unsuitable`
 */
export function checkDense(
  dense: readonly DenseLayer[],
  origin: string,
): [first: DenseLayer, second: DenseLayer | undefined] {
  const [first, second, third] = dense;
  const refuse = (layer: DenseLayer, why: string) =>
    new SurfwatchError('import-unsuitable', `${origin}: layer ${layer.source} (Dense) ${why}`);
  if (first === undefined) {
    throw new SurfwatchError('import-unsuitable', `${origin} has no Dense layer: \`backbone add\` takes it`);
  }
  if (second !== undefined && first.activation !== 'relu') {
    throw refuse(first, `is ${first.activation}; a hidden layer with relu fits`);
  }
  if (third !== undefined) throw refuse(third, 'is the third: at most one hidden layer fits');
  const last = second ?? first;
  if (last.activation === 'relu') throw refuse(last, 'is the last and relu; sigmoid or softmax fits');
  if (first.in % 4 !== 0) throw refuse(first, `has ${first.in} inputs, no multiple of 4`);
  return [first, second];
}

interface OutputRow extends ClassName {
  readonly weights: Float32Array;
  readonly bias: number;
}

function outputRows(
  last: DenseLayer,
  classes: readonly ClassName[],
  output: Output,
  origin: string,
): OutputRow[] {
  const kernel = transposed(last.kernel.values, last.in, last.out);
  const rows = Array.from({ length: last.out }, (_, index) => ({
    weights: kernel.subarray(index * last.in, (index + 1) * last.in),
    bias: last.bias[index] as number,
  }));
  const [only] = rows;
  const isPair = output === 'sigmoid' && rows.length === 1 && classes.length === 2 && only !== undefined;
  // 1 - sigmoid(z) = sigmoid(-z) is the other's.
  const all = isPair ? [{ weights: only.weights.map(weight => -weight), bias: -only.bias }, only] : rows;
  if (all.length !== classes.length) {
    const given =
      classes.length === 0 ? 'no class names are known' : `there are ${classes.length} class names`;
    throw new SurfwatchError(
      'import-incomplete',
      `${origin}: its last layer ${last.source} has ${last.out} outputs, but ${given}; give them with --labels, one a line`,
    );
  }
  if (output === 'softmax' && all.length < 2) {
    throw new SurfwatchError('import-unsuitable', `${origin}: a softmax of one output is always 1`);
  }
  return classes.map((name, index) => ({
    ...name,
    ...(all[index] as { weights: Float32Array; bias: number }),
  }));
}

function hiddenOf(first: DenseLayer, outputKernel: Float32Array, outputBias: Float32Array) {
  const hiddenKernel = transposed(first.kernel.values, first.in, first.out);
  return { hidden: first.out, hiddenKernel, hiddenBias: first.bias.slice(), outputKernel, outputBias };
}

/** A linear layer as one with ReLU and another: z = relu(z) - relu(-z). */
function throughUnits(width: number, kernel: Float32Array, bias: Float32Array) {
  const outputs = kernel.length / width;
  const outputKernel = new Float32Array(outputs * outputs * 2);
  for (let output = 0; output < outputs; output++) {
    outputKernel[output * outputs * 2 + output] = 1;
    outputKernel[output * outputs * 2 + outputs + output] = -1;
  }
  return {
    hidden: outputs * 2,
    hiddenKernel: concat([kernel, kernel.map(weight => -weight)]),
    hiddenBias: concat([bias, bias.map(value => -value)]),
    outputKernel,
    outputBias: new Float32Array(outputs),
  };
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
