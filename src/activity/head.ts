/** The head: a small network from an embedding to the probability of each activity. */
import { type HeadBundle, type HeadManifest, outputsOf } from './head-bundle.ts';
import { prepareEmbeddings } from './head-input.ts';

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
  const units = new Float64Array(hidden);
  for (let row = 0; row < count; row++) {
    const embedding = prepared.subarray(row * width, (row + 1) * width);
    for (let unit = 0; unit < hidden; unit++) {
      const sum = dot(head.hiddenKernel, unit * width, embedding) + (head.hiddenBias[unit] as number);
      units[unit] = Math.max(0, sum);
    }
    for (let index = 0; index < outputs; index++) {
      let sum = head.outputBias[index] as number;
      for (let unit = 0; unit < hidden; unit++) {
        sum += (head.outputKernel[index * hidden + unit] as number) * (units[unit] as number);
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

/** log(p / (1 - p)) of p = softmax(sums)[index]: the sum less the log of the others' exponentials together. */
function logOdds(sums: Float64Array, index: number): number {
  const others = sums.filter((_, other) => other !== index);
  const largest = Math.max(...others);
  const rest = others.reduce((total, sum) => total + Math.exp(sum - largest), 0);
  return (sums[index] as number) - largest - Math.log(rest);
}

function dot(kernel: Float32Array, start: number, embedding: Float32Array): number {
  // Four sums keep the additions independent, which the processor runs side by side.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < embedding.length; i += 4) {
    a += (kernel[start + i] as number) * (embedding[i] as number);
    b += (kernel[start + i + 1] as number) * (embedding[i + 1] as number);
    c += (kernel[start + i + 2] as number) * (embedding[i + 2] as number);
    d += (kernel[start + i + 3] as number) * (embedding[i + 3] as number);
  }
  return a + b + c + d;
}
