/** What fine-tuning is given, and what it tells on the way. */

import type { Metrics } from '../../learning/fit/metrics.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import type { SampleView } from '../embedding/view.ts';

/** The pictures to learn from. */
export interface TuningPictures {
  /**
   * Changes whenever anything changes that decides what `views` gives: files, labels, groups, number and seed of the
   * views. What was computed for another key is not used again.
   */
  readonly key: string;
  /** Number of views to expect, for progress alone; 0 where unknown. */
  readonly count: number;
  /** The views, the same in the same order each time. Not called where all of them are in the cache. */
  views(): AsyncIterable<SampleView>;
}

/** A second backbone whose knowledge the tuned one is kept near to. */
export interface Teacher {
  readonly bundle: BackboneBundle;
  /** Share of the loss on labels that is met by the teacher's soft labels instead, 0..1. */
  readonly soft: number;
  /** Divides the logits of both before they are compared (Hinton et al. 2015). */
  readonly temperature: number;
  /** Weight of the distance of the embedding to the teacher's, through a linear map (Romero et al. 2015). */
  readonly distance: number;
}

export interface TuningOptions {
  /** Name of the new bundle. */
  readonly id: string;
  readonly activities: readonly string[];
  /** Blocks to tune, counted from the end; see `cutBefore`. */
  readonly unfreeze: number;
  /** Groups held out to choose the best epoch by, and not learnt from; where there are none the last is kept. */
  readonly held: ReadonlySet<string>;
  /** Groups that are neither learnt from nor looked at, as another fold of a cross-validation needs. */
  readonly leftOut: ReadonlySet<string>;
  readonly epochs: number;
  readonly batch: number;
  /** Steps of an epoch; null makes it as many as there are pictures (not views) in it, divided by the batch. */
  readonly steps: number | null;
  /** Highest learning rate of the backbone's weights; the head's is `headRate` times it. */
  readonly learningRate: number;
  readonly headRate: number;
  /** Share of all steps in which the rate rises to its highest, before it falls to zero along half a cosine. */
  readonly warmUp: number;
  /** Decoupled weight decay of the head (Loshchilov and Hutter 2019), as a share of the learning rate. */
  readonly weightDecay: number;
  /** Largest norm of the gradient of a step; a longer one is shortened to it. */
  readonly clip: number;
  /** Labels become 1 − smoothing/2 and smoothing/2. */
  readonly smoothing: number;
  /** Share of the embedding's numbers and of the hidden units left out in each step, 0..1. */
  readonly dropout: number;
  /** Hidden units of the head that is tuned along. */
  readonly hidden: number;
  /** Decay of the moving average of the weights; the average is what is measured and kept. */
  readonly average: number;
  readonly seed: number;
  readonly teacher: Teacher | null;
  /** Folder for feature maps and checkpoints, which may be deleted afterwards. */
  readonly cacheDir: string;
  /** A checkpoint is written after each epoch, and within it when so much time has gone. */
  readonly checkpointMinutes: number;
  /** Threads of the frozen part. */
  readonly threads: number;
}

/** What did best on unseen groups in `scripts/measure-unfreeze.ts`. */
export const TUNING_DEFAULTS = {
  leftOut: new Set<string>(),
  unfreeze: 8,
  epochs: 5,
  batch: 32,
  steps: null,
  learningRate: 1e-4,
  headRate: 5,
  warmUp: 0.1,
  weightDecay: 0.05,
  clip: 1,
  smoothing: 0.05,
  dropout: 0.5,
  hidden: 64,
  average: 0.99,
  seed: 37,
  teacher: null,
  checkpointMinutes: 5,
  threads: 1,
} as const satisfies Partial<TuningOptions>;

/** Phases in order. */
export type TuningPhase = 'reading' | 'head' | 'tuning';

export interface TuningHooks {
  /** Work done in a phase: views, epochs of the head, steps. `secondsLeft` is of this phase, null until it can be told. */
  readonly onProgress?: (phase: TuningPhase, done: number, total: number, secondsLeft: number | null) => void;
  readonly onEpoch?: (epoch: TuningEpoch) => void;
  /** A checkpoint of this many steps was found and taken up. */
  readonly onResume?: (step: number) => void;
  /** Stops before the next step, with a checkpoint written; `fineTune` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface TuningEpoch {
  /** 0: the start, before any tuning. */
  readonly epoch: number;
  /** Mean over the epoch's steps, with dropout; null for epoch 0. */
  readonly loss: number | null;
  /** The loss of the averaged weights on the held-out groups, their plain views; null where none are held out. */
  readonly validation: TuningValidation | null;
}

export interface TuningValidation
  extends Pick<Metrics, 'accuracy' | 'balancedAccuracy' | 'activityAccuracy'> {
  /** Binary cross-entropy after calibration, each sample weighing as in fitting. */
  readonly loss: number;
}
