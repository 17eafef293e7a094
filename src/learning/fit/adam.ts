/** Adam (Kingma and Ba 2015) with decoupled decay (AdamW, Loshchilov and Hutter 2019), and the schedule of its rate. */

/** Weights and what Adam remembers of their gradients; changed in place, and complete for a checkpoint. */
export interface Adam {
  readonly values: Float32Array;
  /** Moving average of the gradient, and of its square. */
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

export interface AdamStep {
  /** Number of the step, from 1. */
  readonly step: number;
  readonly rate: number;
  /** Share of the way to `towards` that is gone after the step, 0..1. */
  readonly pull: number;
  /** Where it draws to: to the start of a fit (L2-SP; Li, Grandvalet and Davoine 2018), or to null, which is zero. */
  readonly towards: Float32Array | null;
}

const FIRST = 0.9;
const SECOND = 0.999;
const TINY = 1e-7;

export function startAdam(values: Float32Array): Adam {
  return { values, mean: new Float32Array(values.length), square: new Float32Array(values.length) };
}

/** One step against the gradient. */
export function adamStep(
  { values, mean, square }: Adam,
  gradient: Float32Array,
  { step, rate, pull, towards }: AdamStep,
): void {
  // Both corrections of the bias at once, as in section 2 of the paper.
  const scale = (rate * Math.sqrt(1 - SECOND ** step)) / (1 - FIRST ** step);
  const tiny = TINY * Math.sqrt(1 - SECOND ** step);
  for (let index = 0; index < values.length; index++) {
    const slope = gradient[index] as number;
    const first = FIRST * (mean[index] as number) + (1 - FIRST) * slope;
    const second = SECOND * (square[index] as number) + (1 - SECOND) * slope * slope;
    mean[index] = first;
    square[index] = second;
    const next = (values[index] as number) - (scale * first) / (Math.sqrt(second) + tiny);
    values[index] = pull === 0 ? next : next + pull * ((towards?.[index] ?? 0) - next);
  }
}

/**
 * Falls to zero along half a cosine (Loshchilov and Hutter 2017).
 *
 * @param done share of the work that is done, 0..1
 */
export function cosineRate(highest: number, done: number): number {
  return (highest * (1 + Math.cos(Math.PI * done))) / 2;
}
