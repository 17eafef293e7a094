/** One step of AdamW: how far each weight goes, and the moving average of them all. */
import { type Adam, adamStep, cosineRate, startAdam } from '../../learning/fit/adam.ts';
import type { Weights } from './network.ts';
import type { TuningOptions } from './options.ts';

/** Everything about a weight that changes from step to step, so that a checkpoint of it is complete. */
export interface Parameter extends Adam {
  readonly shape: readonly number[];
  /** Moving average of the values. */
  readonly average: Float32Array;
  /** The average after the best epoch. */
  readonly best: Float32Array;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** Name of the linear map to the teacher's embeddings among the weights. */
export const MAP = 'map/kernel';

export function startParameters(weights: Weights): Parameters {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, values }]) => {
      const copy = () => Float32Array.from(values);
      return [name, { ...startAdam(copy()), shape, average: copy(), best: copy() }];
    }),
  );
}

/** One of a parameter's arrays, of all of them. */
export function weightsIn(parameters: Parameters, which: 'values' | 'average' | 'best'): Weights {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [
      name,
      { shape: parameter.shape, values: parameter[which] },
    ]),
  );
}

/**
 * @param gradients changed: shortened together where they are too long
 * @param step number of this step, from 1, of `total`
 */
export function update(
  parameters: Parameters,
  gradients: Readonly<Record<string, Float32Array>>,
  step: number,
  total: number,
  options: Pick<TuningOptions, 'learningRate' | 'warmUp' | 'headRate' | 'weightDecay' | 'clip' | 'average'>,
): void {
  shorten(Object.values(gradients), options.clip);
  const highest = warmedRate(options.learningRate, step, total, options.warmUp);
  // Lower in the beginning, as the average of few steps would be mostly the start.
  const decay = Math.min(options.average, step / (step + 10));
  for (const [name, parameter] of Object.entries(parameters)) {
    const isHead = name.startsWith('head/');
    const rate = isHead || name === MAP ? highest * options.headRate : highest;
    const pull = isHead && name.endsWith('Kernel') ? rate * options.weightDecay : 0;
    adamStep(parameter, gradients[name] as Float32Array, { step, rate, pull, towards: null });
    const { average, values } = parameter;
    for (let index = 0; index < average.length; index++) {
      average[index] = decay * (average[index] as number) + (1 - decay) * (values[index] as number);
    }
  }
}

/** Makes the common norm of the gradients at most `longest` (Pascanu et al. 2013). */
function shorten(gradients: readonly Float32Array[], longest: number): void {
  let squares = 0;
  for (const gradient of gradients) for (const slope of gradient) squares += slope * slope;
  const share = longest / Math.sqrt(squares);
  if (share >= 1) return;
  for (const gradient of gradients)
    for (let index = 0; index < gradient.length; index++)
      gradient[index] = (gradient[index] as number) * share;
}

/** Rises linearly in the first share of the steps, then falls to zero along half a cosine. */
function warmedRate(highest: number, step: number, steps: number, warmUp: number): number {
  const rising = Math.max(1, Math.round(steps * warmUp));
  if (step <= rising) return (highest * step) / rising;
  return cosineRate(highest, (step - rising) / Math.max(1, steps - rising));
}
