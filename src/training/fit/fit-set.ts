/** Fits a head to pictures, from a random start. */
import { createRandom, shuffled } from '../../base/random.ts';
import {
  type Draw,
  drawByWeight,
  type Fit,
  type FitHooks,
  type FitOptions,
  fitHead,
} from '../../learning/fit/fit-head.ts';
import { createHeadTrainer, startWeights } from '../../learning/fit/head-trainer.ts';
import type { EmbeddedSet } from '../../learning/fit/sample.ts';
import { samplingWeights } from '../../learning/fit/weights.ts';

export interface SetFitOptions extends Omit<FitOptions, 'pull'> {
  /** Hidden units. */
  readonly hidden: number;
  /** `balanced` draws by {@link samplingWeights}; `plain` takes each sample once an epoch. */
  readonly sampling: 'balanced' | 'plain';
  /** The same seed gives the same head. */
  readonly seed: number;
}

/** @param set labels and embeddings, at least one sample; an epoch is as many draws as there are samples */
export function fitSet(
  { samples, embeddings, width }: EmbeddedSet,
  options: SetFitOptions,
  hooks: Omit<FitHooks, 'next'> = {},
): Promise<Fit> {
  const random = createRandom(options.seed);
  const targets = Float32Array.from(samples.flatMap(({ labels }) => labels));
  const shape = { width, hidden: options.hidden, outputs: targets.length / samples.length };
  const rows = { inputs: embeddings, targets, mask: new Float32Array(targets.length).fill(1) };
  const draw = options.sampling === 'plain' ? inTurn(samples.length) : drawByWeight(samplingWeights(samples));
  return fitHead(
    createHeadTrainer(startWeights(shape, random), options.batch),
    { rows, draw },
    Math.ceil(samples.length / options.batch),
    options,
    random,
    hooks,
  );
}

/** Takes every row once, then all again in another order; the last batch of a round may be short. */
function inTurn(rows: number): Draw {
  let left: number[] = [];
  return (count, random) => {
    if (left.length === 0) left = shuffled([...Array(rows).keys()], random);
    return left.splice(0, count);
  };
}
