/** Fits a head on embeddings that stay as they are: what tuning begins with, and what gives the teacher's soft labels. */
import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import { createRandom } from '../../base/random.ts';
import type { Sample } from '../../learning/fit/sample.ts';
import { runningSums } from '../../learning/fit/weighted-draw.ts';
import { samplingWeights } from '../../learning/fit/weights.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { labelTensor } from './batch.ts';
import { drawRows, dropoutMask, randomOfStep } from './draw.ts';
import { headLogitsOf, startHead } from './head.ts';
import { crossEntropy, embeddingDistance } from './loss.ts';
import type { Tensors, Variables } from './network.ts';
import { applyGradients, type Rule, scheduledRate, startOptimizer } from './optimizer.ts';
import type { TuningOptions } from './options.ts';

export interface ProbeData {
  readonly samples: readonly Sample[];
  /** [samples, width] */
  readonly embeddings: Float32Array;
  readonly width: number;
  /** A linear map to these embeddings, [samples, width of its own], is fitted too. */
  readonly target: { readonly embeddings: Float32Array; readonly width: number } | null;
}

/** Name of the linear map to the teacher's embeddings among the variables. */
export const MAP = 'map/kernel';

const EPOCHS = 12;
const BATCH = 64;
const RATE = 1e-3;

/**
 * A head, and with a target the map to it, by AdamW on batches drawn as in tuning. Beginning with a fitted head keeps the
 * backbone from being torn about by a random one (LP-FT, Kumar et al. 2022).
 *
 * @returns the averaged values; to be disposed of
 */
export async function fitProbe(
  tf: Tensorflow,
  data: ProbeData,
  options: Pick<
    TuningOptions,
    'hidden' | 'dropout' | 'smoothing' | 'weightDecay' | 'clip' | 'seed' | 'activities'
  >,
  onEpoch: (done: number, total: number) => void,
): Promise<Tensors> {
  const { width, samples, target } = data;
  const random = createRandom(options.seed);
  const head = startHead(tf, width, options.hidden, options.activities.length, random);
  const map = target === null ? {} : { [MAP]: startMap(tf, width, target.width) };
  const state = startOptimizer(tf, { ...head, ...map });
  const sums = runningSums(samplingWeights(samples));
  const steps = Math.max(1, Math.ceil(samples.length / BATCH));
  const total = EPOCHS * steps;
  for (let step = 1; step <= total; step++) {
    const rows = drawRows(sums, BATCH, randomOfStep(options.seed, step));
    const inputs = gather(tf, data.embeddings, width, rows);
    const wanted = target === null ? null : gather(tf, target.embeddings, target.width, rows);
    const masks = drawMasks(tf, BATCH, width, options, step);
    const labels = labelTensor(
      tf,
      rows.map(row => samples[row] as Sample),
      options.smoothing,
    );
    const { value, grads } = tf.variableGrads(() => {
      const loss = crossEntropy(headLogitsOf(state.values, inputs, masks), labels);
      if (wanted === null) return loss;
      return loss.add(embeddingDistance(tf, inputs, state.values[MAP] as Tensor as Tensor2D, wanted));
    }, Object.values(state.values));
    applyGradients(tf, state, byName(state.values, grads), {
      step,
      learningRate: scheduledRate(RATE, step, total, 0.05),
      clip: options.clip,
      average: 0.99,
      rule: name => headRule(name, 1, options.weightDecay),
    });
    tf.dispose([value, inputs, labels, ...Object.values(masks), ...(wanted === null ? [] : [wanted])]);
    if (step % steps === 0) {
      onEpoch(step / steps, EPOCHS);
      await new Promise(resolve => setImmediate(resolve));
    }
  }
  tf.dispose([state.values, state.first, state.second]);
  return state.average;
}

/** The biases are not drawn to zero. */
export function headRule(name: string, rate: number, weightDecay: number): Rule {
  return { rate, decay: name.endsWith('Kernel') ? weightDecay : 0, towards: null };
}

/** tfjs names gradients by the variables' own names. */
export function byName(variables: Variables, gradients: Tensors): Tensors {
  const entries = Object.entries(variables).map(([name, variable]) => [name, gradients[variable.name]]);
  return Object.fromEntries(entries.filter(([, gradient]) => gradient !== undefined));
}

export function drawMasks(
  tf: Tensorflow,
  count: number,
  width: number,
  { hidden, dropout, seed }: Pick<TuningOptions, 'hidden' | 'dropout' | 'seed'>,
  step: number,
) {
  // Another stream than that of the rows.
  const random = randomOfStep(~seed, step);
  return {
    inputs: tf.tensor2d(dropoutMask(count * width, dropout, random), [count, width]),
    hidden: tf.tensor2d(dropoutMask(count * hidden, dropout, random), [count, hidden]),
  };
}

/** Between networks of the same width, the map that changes nothing; it is exact where the teacher is the start. */
function startMap(tf: Tensorflow, width: number, target: number): Variable {
  return tf.tidy(() => tf.variable(tf.eye(width, target)));
}

function gather(tf: Tensorflow, values: Float32Array, width: number, rows: readonly number[]): Tensor2D {
  const picked = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    picked.set(values.subarray(row * width, (row + 1) * width), index * width);
  }
  return tf.tensor2d(picked, [rows.length, width]);
}
