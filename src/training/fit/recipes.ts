/** The two ways to train a head: ours, and the one that is often taught, to compare with. */
import type { TrainOptions } from './train-head.ts';

export interface Recipe
  extends Omit<TrainOptions, 'activities' | 'seed' | 'validation' | 'precision' | 'heldGroups'> {
  /** Changed copies of each photo. */
  readonly changed: number;
  /** Photos are seen, and judged, whole and by their middle square. */
  readonly middle: boolean;
}

export const RECIPES = {
  /** Many views, dropout, faint features lifted, calibrated by cross-fitting. */
  robust: {
    changed: 9,
    middle: true,
    hidden: 64,
    epochs: 12,
    batch: 128,
    learningRate: 0.003,
    schedule: 'cosine',
    dropout: 0.3,
    patience: 0,
    sampling: 'balanced',
    input: { kind: 'softsign', scale: 3 },
    calibrated: true,
    calibrationFolds: 5,
    refit: true,
  },
  /** A tutorial's: Dense 64, Adam 0.005, binary cross-entropy, batches of 16, 10 epochs, each photo as it is. */
  classic: {
    changed: 0,
    middle: false,
    hidden: 64,
    epochs: 10,
    batch: 16,
    learningRate: 0.005,
    schedule: 'constant',
    dropout: 0,
    patience: 0,
    sampling: 'plain',
    calibrated: false,
    refit: false,
  },
} as const satisfies Record<string, Recipe>;

export type RecipeName = keyof typeof RECIPES;
