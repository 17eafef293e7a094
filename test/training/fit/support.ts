import type { SetFitOptions } from '../../../src/training/fit/fit-set.ts';

/** Enough for toy samples. */
export const FIT: SetFitOptions = {
  hidden: 8,
  epochs: 12,
  batch: 16,
  learningRate: 0.02,
  schedule: 'cosine',
  dropout: 0,
  patience: 0,
  sampling: 'balanced',
  seed: 5,
};
