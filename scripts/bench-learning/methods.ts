/** The ways to learn from labels that are compared. */
import { headLogits } from '../../src/activity/head.ts';
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import { calibrateHead, withOutputs } from '../../src/learning/fit/calibrate-head.ts';
import { fitHead } from '../../src/learning/fit/fit-head.ts';
import { RECIPES } from '../../src/learning/fit/recipes.ts';
import { baseSide } from '../../src/learning/retrain/base-rows.ts';
import { boardRows } from '../../src/learning/retrain/board-rows.ts';
import { cellsToLearn, embeddingsOf, labelCells } from '../../src/learning/retrain/board-samples.ts';
import { preparedFor } from '../../src/learning/retrain/fit-rows.ts';
import { createOwnTrainer } from '../../src/learning/retrain/own-trainer.ts';
import { refit } from '../../src/learning/retrain/refit.ts';
import {
  RETRAIN_DEFAULTS,
  type RetrainTuning,
  retrainHead,
} from '../../src/learning/retrain/retrain-head.ts';
import type { BoardFrame } from '../../src/learning/retrain/types.ts';
import type { Tensorflow } from '../../src/vision/engines/tensorflow.ts';
import type { Start } from './base.ts';
import { type Scorer, scorerOf } from './scorer.ts';

export const METHODS = ['ours', 'naive', 'neighbours', 'scratch'] as const;
export type Method = (typeof METHODS)[number];

/** What one retraining is given. */
export interface Lesson {
  readonly tf: Tensorflow;
  readonly start: Start;
  /** The head that is live: what was last promoted, or the one that the board came with. */
  readonly live: HeadBundle;
  readonly labelled: readonly BoardFrame[];
  readonly seed: number;
  readonly tuning?: Partial<RetrainTuning>;
}

export interface Learnt {
  /** The head that is live afterwards. */
  readonly live: HeadBundle;
  readonly scorer: Scorer;
  /** Whether the gate let it pass; null where there is no gate. */
  readonly promoted: boolean | null;
}

/** As the board does: what the gate rejects leaves the incumbent in its place. */
export async function learnOurs({ start, live, labelled, seed, tuning }: Lesson): Promise<Learnt> {
  const { candidate, verdict } = await retrainHead(
    { base: start.base, board: labelled, incumbent: live },
    { ...RETRAIN_DEFAULTS, seed, ...(tuning === undefined ? {} : { tuning }) },
  );
  const head = verdict.decision === 'promote' ? candidate : live;
  return { live: head, scorer: scorerOf(head), promoted: verdict.decision === 'promote' };
}

/** On from the head that the board came with, by the new labels alone. */
export async function learnNaively({ start, labelled, seed }: Lesson): Promise<Learnt> {
  const { head } = start;
  const { activities, width } = head.manifest;
  const cells = cellsToLearn(labelled);
  const raw = embeddingsOf(labelled, cells, width);
  const logits = headLogits(head, raw, cells.length);
  const rows = boardRows(
    labelled,
    cells,
    { activities, background: [] },
    preparedFor(head.manifest, raw),
    logits,
    {
      wholeFrames: 1,
      hardNegatives: 1,
      rider: head.manifest.cells?.rider ?? 0.5,
    },
  );
  const trainer = createOwnTrainer(head, 32);
  const { epochs } = RETRAIN_DEFAULTS;
  let newest = 0;
  const best = await refit(
    trainer,
    head.manifest.hidden,
    rows,
    {
      epochs,
      batch: 32,
      learningRate: 0.001,
      dropout: RECIPES.robust.dropout,
      pull: 0,
      patience: epochs,
      seed,
    },
    // Nothing is held back: the last epoch is the best.
    { heldLoss: () => --newest, lookAgain: () => rows },
  );
  const live = { ...head, ...best.weights };
  return { live, scorer: scorerOf(live), promoted: null };
}

/** Base and board fitted anew by the recipe, from random weights. */
export async function learnFromScratch({ tf, start, labelled, seed }: Lesson): Promise<Learnt> {
  const { head, base } = start;
  const { activities, width } = head.manifest;
  const fitted = baseSide(base, activities, false);
  const cells = cellsToLearn(labelled);
  const raw = embeddingsOf(labelled, cells, width);
  const { targets, mask } = labelCells(labelled, cells, activities, headLogits(head, raw, cells.length));
  const known = cells.flatMap((_, row) =>
    columns(mask, row, activities.length).every(each => each === 1) ? [row] : [],
  );
  const samples = known.map(row => {
    const frame = labelled[cells[row]?.frame ?? 0] as BoardFrame;
    const labels = [...columns(targets, row, activities.length)];
    return {
      labels,
      group: frame.id,
      source: 'board',
      file: frame.id,
      part: String(cells[row]?.cell),
      augmented: false,
    };
  });
  const embeddings = new Float32Array((fitted.samples.length + samples.length) * width);
  embeddings.set(fitted.embeddings);
  for (const [index, row] of known.entries()) {
    embeddings.set(raw.subarray(row * width, (row + 1) * width), (fitted.samples.length + index) * width);
  }
  const set = { samples: [...fitted.samples, ...samples], embeddings, width };
  const { weights } = await fitHead(tf, set, { ...RECIPES.robust, seed });
  const plain = { ...head, ...weights };
  const { calibration } = calibrateHead(plain, baseSide(base, activities, true), null);
  const live = withOutputs(plain, { calibration, thresholds: head.manifest.thresholds });
  return { live, scorer: scorerOf(live), promoted: null };
}

function columns(values: Float32Array, row: number, width: number): Float32Array {
  return values.subarray(row * width, (row + 1) * width);
}
