/** Adam with decoupled decay (AdamW, Loshchilov and Hutter 2019), a moving average, and its state open to checkpoints. */
import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import type { Tensors, Variables } from './network.ts';

const FIRST = 0.9;
const SECOND = 0.999;
const EPSILON = 1e-8;

/** How one variable is treated. */
export interface Rule {
  /** Multiplies the learning rate. */
  readonly rate: number;
  /** Share of the learning rate by which a step draws the values towards `towards`. */
  readonly decay: number;
  /** Where decay draws to; null for zero. */
  readonly towards: Tensor | null;
}

/** Everything that changes from step to step, so that a checkpoint of it is complete. */
export interface OptimizerState {
  readonly values: Variables;
  readonly first: Variables;
  readonly second: Variables;
  /** Moving average of the values. */
  readonly average: Variables;
}

export function startOptimizer(tf: Tensorflow, values: Variables): OptimizerState {
  const like = (make: (value: Variable) => Tensor) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, tf.tidy(() => tf.variable(make(value), false))]),
    );
  return {
    values,
    first: like(value => tf.zerosLike(value)),
    second: like(value => tf.zerosLike(value)),
    average: like(value => value.clone()),
  };
}

export interface StepOptions {
  /** Number of this step, from 1. */
  readonly step: number;
  readonly learningRate: number;
  readonly clip: number;
  /** Decay of the moving average; it begins lower, as the average of few steps would be mostly the start. */
  readonly average: number;
  readonly rule: (name: string) => Rule;
}

/** Changes the values by one step along the gradients, which it disposes of. */
export function applyGradients(
  tf: Tensorflow,
  state: OptimizerState,
  gradients: Tensors,
  options: StepOptions,
): void {
  const { step } = options;
  const decay = Math.min(options.average, step / (step + 10));
  tf.tidy(() => {
    const shorten = shortening(tf, Object.values(gradients), options.clip);
    for (const [name, value] of Object.entries(state.values)) {
      const gradient = gradients[name];
      if (gradient === undefined) continue;
      const { rate, decay: pull, towards } = options.rule(name);
      const learningRate = options.learningRate * rate;
      const shortened = gradient.mul(shorten);
      const first = state.first[name] as Variable;
      const second = state.second[name] as Variable;
      first.assign(first.mul(FIRST).add(shortened.mul(1 - FIRST)));
      second.assign(second.mul(SECOND).add(shortened.square().mul(1 - SECOND)));
      const size = learningRate / (1 - FIRST ** step);
      const root = second
        .div(1 - SECOND ** step)
        .sqrt()
        .add(EPSILON);
      let next: Tensor = value.sub(first.mul(size).div(root));
      if (pull > 0) next = next.sub((towards === null ? value : value.sub(towards)).mul(learningRate * pull));
      value.assign(next);
      const average = state.average[name] as Variable;
      average.assign(average.mul(decay).add(next.mul(1 - decay)));
    }
  });
  tf.dispose(Object.values(gradients));
}

/** What all gradients are multiplied by so that their common norm is at most `clip` (Pascanu et al. 2013). */
function shortening(tf: Tensorflow, gradients: readonly Tensor[], clip: number): Tensor {
  const norm = tf.addN(gradients.map(gradient => gradient.square().sum())).sqrt();
  return tf.minimum(1, tf.div(clip, norm.add(1e-12)));
}

/** Rises linearly in the first share of the steps, then falls to zero along half a cosine. */
export function scheduledRate(highest: number, step: number, steps: number, warmUp: number): number {
  const rising = Math.max(1, Math.round(steps * warmUp));
  if (step <= rising) return (highest * step) / rising;
  const done = (step - rising) / Math.max(1, steps - rising);
  return (highest * (1 + Math.cos(Math.PI * done))) / 2;
}
