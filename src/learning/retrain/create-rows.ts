/** What a retraining draws from: the base set's rows and the board's, weighed against each other. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { prepareEmbeddings } from '../../activity/head-input.ts';
import type { HeadTrainer } from '../fit/head-trainer.ts';
import type { EmbeddedSet } from '../fit/sample.ts';
import { baseTargets, rehearsedRows } from './base-rows.ts';
import { boardRows, type WeightedRows } from './board-rows.ts';
import { activityLogits, type BoardCell, cellsToLearn, riderChance } from './board-samples.ts';
import { chooseMeant } from './choose-meant.ts';
import { hardestCells } from './hardest-cells.ts';
import type { BaseSet, BoardFrame } from './types.ts';

export interface RowOptions {
  /** How far targets of the base set are moved towards what the incumbent says of it, 0..1. */
  readonly likeness: number;
  /** Largest fraction of the draws that comes from the board, however many labels it has. */
  readonly boardShare: number;
  /** Number of labelled frames at which it is half of that. */
  readonly halfBoardShareAt: number;
  /**
   * How often a frame labelled as a whole is drawn, relative to one whose riders somebody pointed at, 0..1.
   */
  readonly wholeFrames: number;
  /** How many times more often cells are drawn that are wrongly taken for a rider. */
  readonly hardNegatives: number;
}

/** The outputs of the head to come: new activities come after those known, and background after them all. */
export interface Columns {
  readonly activities: readonly string[];
  /** Such as kite or person: no label of the board says anything of it. */
  readonly background: readonly string[];
}

export interface Rows {
  /** Number of rows from the base set. */
  readonly ofBase: number;
  /** Ids of frames labelled as a whole in which it is not clear who is meant. */
  readonly unsure: readonly string[];
  /** With the cells chosen by a head that knows so many of the activities, the first. */
  at(score: HeadTrainer['logits'], learnt: number): WeightedRows;
}

/** Maximum cells of the board, about: all cells of six hundred frames, or the hardest of more frames. */
const MOST_CELLS = 24_000;

/** @param incumbent scores by the incumbent, in the columns of the head to come */
export function createRows(
  manifest: HeadBundle['manifest'],
  columns: Columns,
  base: BaseSet | null,
  frames: readonly BoardFrame[],
  incumbent: HeadTrainer['logits'],
  options: RowOptions,
): Rows {
  const outputs = [...columns.activities, ...columns.background];
  const known = manifest.activities.length;
  const rider = manifest.cells?.rider ?? 0.5;
  const calibrated = (logits: Float32Array, learnt: number) =>
    logits.map((logit, index) => {
      const column = index % outputs.length;
      if (column >= learnt && column < columns.activities.length) return Number.NaN;
      const { slope, intercept } = manifest.calibration[column] ?? { slope: 1, intercept: 0 };
      return column < known ? slope * logit + intercept : logit;
    });
  const chancesIn = ({ embeddings, cells }: BoardFrame) => {
    const logits = calibrated(incumbent(prepareEmbeddings(embeddings, manifest.input), cells.length), known);
    return cells.map((_, row) =>
      riderChance(activityLogits(logits, row, outputs.length, columns.activities)),
    );
  };
  const cells = hardestCells(frames, cellsToLearn(frames), chancesIn, MOST_CELLS);
  const side = base === null ? null : rehearsedRows(base, outputs);
  const samples = side?.samples ?? [];
  const inputs = inputsOf(manifest, side, frames, cells);
  const boardInputs = inputs.subarray(samples.length * manifest.width);
  const ofBase =
    base === null || samples.length === 0
      ? null
      : baseTargets(
          samples,
          incumbent(inputs, samples.length),
          outputs.map((name, index) => {
            if (index >= columns.activities.length)
              return base.activities.includes(name) ? options.likeness : 1;
            return index < known ? options.likeness : 0;
          }),
        );
  const boardLogits = (score: HeadTrainer['logits'], learnt: number) =>
    calibrated(score(boardInputs, cells.length), learnt);
  // Once and for all: what has learnt that it is none no longer says where it was wrong.
  const meant = chooseMeant(
    frames,
    cells,
    columns.activities,
    boardInputs,
    boardLogits(incumbent, known),
    rider,
  );
  return {
    ofBase: samples.length,
    unsure: [...meant.unsure].map(({ id }) => id),
    at: (score, learnt) => {
      const logits = boardLogits(score, learnt);
      const { wholeFrames, hardNegatives } = options;
      const board = boardRows(frames, cells, columns.activities, boardInputs, logits, {
        wholeFrames,
        hardNegatives,
        rider,
        meant,
      });
      return weighed(inputs, ofBase, board, frames.length, options);
    },
  };
}

/** Embeddings of the base set and of the board's cells after one another, transformed for the head. */
function inputsOf(
  manifest: HeadBundle['manifest'],
  base: EmbeddedSet | null,
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
): Float32Array {
  const { width } = manifest;
  const rows = base?.samples.length ?? 0;
  const inputs = new Float32Array((rows + cells.length) * width);
  const put = (from: Float32Array, row: number, to: number) =>
    inputs.set(prepareEmbeddings(from.subarray(row * width, (row + 1) * width), manifest.input), to * width);
  for (let row = 0; row < rows; row++) put((base as EmbeddedSet).embeddings, row, row);
  for (const [index, { frame, cell }] of cells.entries()) {
    put((frames[frame] as BoardFrame).embeddings, cell, rows + index);
  }
  return inputs;
}

/** The more frames are labelled, the more the board weighs, but never more than its share. */
function weighed(
  inputs: Float32Array,
  base: ReturnType<typeof baseTargets> | null,
  board: WeightedRows,
  frames: number,
  { boardShare, halfBoardShareAt }: RowOptions,
): WeightedRows {
  if (base === null) return board;
  const share = (boardShare * frames) / (frames + halfBoardShareAt);
  const joined = <T extends Float32Array | Float64Array>(all: T, one: T, other: T): T => {
    all.set(one);
    all.set(other, one.length);
    return all;
  };
  const targets = new Float32Array(base.targets.length + board.targets.length);
  return {
    inputs,
    targets: joined(targets, base.targets, board.targets),
    mask: joined(new Float32Array(targets.length), base.mask, board.mask),
    weights: joined(
      new Float64Array(base.weights.length + board.weights.length),
      base.weights.map(weight => weight * (1 - share)),
      board.weights.map(weight => weight * share),
    ),
  };
}
