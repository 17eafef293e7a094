/** The head: a small network from an embedding to the probability of each activity. */
import { type HeadBundle, type HeadManifest, outputsOf } from './head-bundle.ts';
import { prepareEmbeddings } from './head-input.ts';
import { createHiddenLayer, type HiddenLayer } from './hidden-layer.ts';

/** What the forward pass needs of a head. */
export interface HeadNetwork extends Omit<HeadBundle, 'manifest'> {
  readonly manifest: Pick<
    HeadManifest,
    'width' | 'hidden' | 'activities' | 'input' | 'output' | 'background'
  >;
}

/**
 * Scores a batch of embeddings.
 *
 * @param embeddings [count, width] float32, row by row, as the backbone gives them
 * @returns [count, activities] calibrated probabilities 0..1, in the order of the head's activities
 */
export function scoreEmbeddings(head: HeadBundle, embeddings: Float32Array, count: number): Float32Array {
  const { activities, calibration } = head.manifest;
  const logits = headLogits(head, embeddings, count);
  for (let index = 0; index < logits.length; index++) {
    const { slope, intercept } = calibration[index % activities.length] as {
      slope: number;
      intercept: number;
    };
    logits[index] = 1 / (1 + Math.exp(-(slope * (logits[index] as number) + intercept)));
  }
  return logits;
}

/**
 * The same before calibration: [count, activities] logits. Of a softmax, whose outputs sum to 1, the logit of an
 * activity's share.
 */
export function headLogits(head: HeadNetwork, embeddings: Float32Array, count: number): Float32Array {
  const { width, hidden, activities, input, output } = head.manifest;
  const prepared = prepareEmbeddings(embeddings, input);
  const outputs = outputsOf(head.manifest);
  const logits = new Float32Array(count * activities.length);
  const sums = new Float64Array(outputs);
  const layer = layerOf(width, hidden);
  layer.load(head);
  for (let row = 0; row < count; row++) {
    if (row % ROWS === 0) layer.forward(prepared, row, Math.min(ROWS, count - row));
    const start = (row % ROWS) * layer.columns;
    for (let index = 0; index < outputs; index++) {
      let sum = head.outputBias[index] as number;
      for (let unit = 0; unit < hidden; unit++) {
        sum += (head.outputKernel[index * hidden + unit] as number) * (layer.units[start + unit] as number);
      }
      sums[index] = sum;
    }
    for (let index = 0; index < activities.length; index++) {
      logits[row * activities.length + index] =
        output === 'softmax' ? logOdds(sums, index) : (sums[index] as number);
    }
  }
  return logits;
}

/** Rows at a time. */
const ROWS = 128;
/** One of each shape, as WebAssembly's memory is too dear to be made for every call. */
const layers = new Map<string, HiddenLayer>();

function layerOf(width: number, hidden: number): HiddenLayer {
  const shape = `${width} ${hidden}`;
  const known = layers.get(shape) ?? createHiddenLayer({ width, hidden, most: ROWS });
  layers.set(shape, known);
  return known;
}

/** log(p / (1 - p)) of p = softmax(sums)[index]: the sum less the log of the others' exponentials together. */
function logOdds(sums: Float64Array, index: number): number {
  const others = sums.filter((_, other) => other !== index);
  const largest = Math.max(...others);
  const rest = others.reduce((total, sum) => total + Math.exp(sum - largest), 0);
  return (sums[index] as number) - largest - Math.log(rest);
}
