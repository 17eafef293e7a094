/** Refits the head from all cached embeddings: the base set's and the board's labelled frames. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { createRandom } from '../../base/random.ts';
import { SurfwatchError } from '../../errors.ts';
import { cellsAbout } from '../archive/about.ts';
import { bestThreshold, type Calibration } from '../fit/calibrate.ts';
import { drawByWeight, type Epoch, type FitOptions, fitHead } from '../fit/fit-head.ts';
import { createHeadTrainer, type FittedHead } from '../fit/head-trainer.ts';
import { heldBaseRows } from './base-rows.ts';
import { blend } from './blend.ts';
import { divideByBlock } from './blocks.ts';
import type { WeightedRows } from './board-rows.ts';
import { createRows, type RowOptions } from './create-rows.ts';
import { foundPlacesOf } from './found-places.ts';
import { gate } from './gate.ts';
import { heldLossOf } from './held-loss.ts';
import { judgeFrames } from './judge-frames.ts';
import { matchOutputs } from './match-outputs.ts';
import type {
  BoardFrame,
  RetrainHooks,
  RetrainInput,
  RetrainOptions,
  RetrainResult,
  RetrainWarning,
} from './types.ts';
import { activitiesWithNew, warmStart } from './warm-start.ts';

/** What a retraining does where nothing else is said. */
export const RETRAIN_DEFAULTS = {
  epochs: 12,
  seed: 37,
  macroF1Tolerance: 0.02,
  recallTolerance: 0.1,
  newActivityFrames: 8,
} as const satisfies RetrainOptions & { readonly newActivityFrames: number };

/** How it fits; measured by `scripts/bench-learning.ts`. */
export const RETRAIN_FIT = {
  batch: 128,
  learningRate: 0.002,
  dropout: 0.3,
  pull: 0.1,
  patience: 4,
  likeness: 0.7,
  boardShare: 0.5,
  halfBoardShareAt: 10,
  wholeFrames: 0.5,
  hardNegatives: 3,
} as const satisfies RowOptions & Omit<FitOptions, 'epochs'>;

export type RetrainTuning = { readonly [K in keyof typeof RETRAIN_FIT]: number };

export interface RetrainJobOptions extends RetrainOptions {
  /** Frames to fit to that a new activity needs; see {@link RETRAIN_DEFAULTS}. */
  readonly newActivityFrames?: number;
  /** Instead of {@link RETRAIN_FIT}. */
  readonly tuning?: Partial<RetrainTuning>;
}

/**
 * @param input frames without cells that their label is about are left out; so are activities that too few frames show to be new outputs
 * @returns the candidate, whether or not the gate let it pass
 * @throws SurfwatchError `retrain-impossible` where no labelled frame may be fitted to
 */
export async function retrainHead(
  { base, board, unlabelled = [], incumbent, shipped }: RetrainInput,
  options: RetrainJobOptions,
  hooks: RetrainHooks = {},
): Promise<RetrainResult> {
  const begun = performance.now();
  const tuning: RetrainTuning = { ...RETRAIN_FIT, ...options.tuning };
  const { fitted, held } = divideByBlock(
    board.filter(({ cells, rectangle }) => cellsAbout(cells, rectangle).length > 0),
  );
  if (fitted.length === 0) {
    throw new SurfwatchError(
      'retrain-impossible',
      held.length === 0
        ? 'no frame is labelled'
        : `the ${held.length} labelled frames are all of hours that are held out to judge by`,
    );
  }
  const activities = activitiesWithNew(
    incumbent.manifest.activities,
    fitted,
    options.newActivityFrames ?? RETRAIN_DEFAULTS.newActivityFrames,
  );
  const background = incumbent.manifest.background ?? [];
  const heldBase = base === null ? null : heldBaseRows(base, activities);
  const trainer = createHeadTrainer(warmStart(incumbent, activities, options.seed), tuning.batch);
  const rows = createRows(
    incumbent.manifest,
    { activities, background },
    base,
    fitted,
    trainer.logits,
    tuning,
  );
  const sourceOf = (found: WeightedRows) => ({ rows: found, draw: drawByWeight(found.weights) });
  const first = rows.at(trainer.logits, incumbent.manifest.activities.length);
  const steps = Math.min(MAX_STEPS, Math.max(MIN_STEPS, Math.ceil(first.weights.length / tuning.batch)));
  const heldLoss = heldLossOf(incumbent.manifest, activities, heldBase, held, fitted);
  const looks = Math.ceil(options.epochs / LOOKS);
  let newest: Pick<Epoch, 'epoch' | 'loss'> | null = null;
  const best = await fitHead(
    trainer,
    sourceOf(first),
    steps,
    { ...tuning, epochs: options.epochs },
    createRandom(options.seed),
    {
      onEpoch: ({ epoch, loss }) => {
        newest = { epoch, loss };
        return heldLoss(trainer.logits);
      },
      next: epoch => (epoch % looks === 0 ? sourceOf(rows.at(trainer.logits, activities.length)) : null),
      onStep: done => hooks.onProgress?.(done * FITTING, newest),
    },
  );

  const refitted = candidateOf(incumbent, activities, best.weights, options.seed);
  const calibrated = matchOutputs(incumbent, heldBase);
  const blended = blend(shipped ?? incumbent, refitted, foundPlacesOf(base, activities), calibrated);
  const candidate = withNewThresholds(blended, incumbent, fitted);
  const warnings: RetrainWarning[] = [
    ...(showsNobody(fitted) ? [] : (['no-negatives'] as const)),
    ...(rows.unsure.length === 0 ? [] : (['unsure-labels'] as const)),
  ];
  const { shown, ...verdict } = gate(
    { incumbent, candidate, shipped },
    {
      base,
      held,
      labelled: [...fitted, ...held],
      unlabelled,
      noNegatives: warnings.includes('no-negatives'),
    },
    options,
  );
  hooks.onProgress?.(1, newest);
  return {
    candidate,
    verdict,
    shown,
    warnings,
    unsure: rows.unsure,
    epochs: best.epoch,
    samples: { base: rows.ofBase, board: fitted.length, boardHeld: held.length },
    seconds: (performance.now() - begun) / 1000,
  };
}

/** How often the half-trained head chooses the cells again, about. */
const LOOKS = 4;
/** Minimum steps of an epoch, so that few rows are still learnt. */
const MIN_STEPS = 12;
/** Maximum steps: with thousands of frames not every cell is drawn in every epoch, as most are background. */
const MAX_STEPS = 64;

/** Whether any frame of this camera says where nobody is. */
function showsNobody(frames: readonly BoardFrame[]): boolean {
  return frames.some(
    ({ elsewhere, labels, pointing }) =>
      elsewhere !== true && (pointing === undefined ? labels.length === 0 : pointing.complete),
  );
}

/** Share of the work; the gate is the rest. */
const FITTING = 0.9;

/** With the incumbent's background outputs and sense of riders; calibrated later. */
function candidateOf(
  incumbent: HeadBundle,
  activities: readonly string[],
  weights: FittedHead,
  seed: number,
): HeadBundle {
  const { manifest } = incumbent;
  const usual = meanCalibration(manifest.calibration);
  return {
    ...weights,
    manifest: {
      ...manifest,
      activities: [...activities],
      calibration: activities.map((_, index) => manifest.calibration[index] ?? usual),
      thresholds: Object.fromEntries(activities.map(name => [name, manifest.thresholds[name] ?? 0.5])),
      training: { ...manifest.training, parent: manifest.id, seed },
    },
  };
}

/**
 * Calibration for a new activity, of which nothing better is known: its riders are about as rare among cells
 * as the others'.
 */
function meanCalibration(calibration: readonly Calibration[]): Calibration {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    slope: mean(calibration.map(({ slope }) => slope)),
    intercept: mean(calibration.map(({ intercept }) => intercept)),
  };
}

/** @returns with the incumbent's thresholds, and for each new activity the one that serves the board's frames best */
function withNewThresholds(
  head: HeadBundle,
  incumbent: HeadBundle,
  fitted: readonly BoardFrame[],
): HeadBundle {
  const { thresholds: old } = incumbent.manifest;
  const thresholds = Object.fromEntries(
    head.manifest.activities.map(activity => [
      activity,
      old[activity] ?? newThreshold(head, activity, fitted),
    ]),
  );
  return { ...head, manifest: { ...head.manifest, thresholds } };
}

/** Thresholds beyond these would be chosen by a single frame. */
const LOWEST = 0.1;
const HIGHEST = 0.9;

function newThreshold(head: HeadBundle, activity: string, frames: readonly BoardFrame[]): number {
  const judged = judgeFrames(head, frames);
  const threshold = bestThreshold(
    judged.map(({ scores }) => scores[activity] as number),
    judged.map(({ truth }) => (truth.includes(activity) ? 1 : 0)),
    judged.map(() => 1),
  );
  return Number(Math.min(HIGHEST, Math.max(LOWEST, threshold)).toFixed(3));
}
