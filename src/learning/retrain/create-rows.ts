/** What a retraining draws from: the base set's rows and the board's, weighed against each other. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { EmbeddedSet } from '../embedding/sample.ts';
import { baseSide, baseTargets } from './base-rows.ts';
import { boardRows } from './board-rows.ts';
import { type BoardTile, tilesToLearn } from './board-samples.ts';
import { type FitRows, joinRows, preparedFor } from './fit-rows.ts';
import type { HeadTrainer } from './trainer.ts';
import type { BaseSet, BoardFrame } from './types.ts';

export interface RowOptions {
  /** How far targets of the base set are moved towards what the incumbent says of it, 0..1. */
  readonly likeness: number;
  /** Of the draws the share that is the board's, however many labels there are. */
  readonly boardShare: number;
  /** With so many labelled frames it is half of that. */
  readonly halfBoardShareAt: number;
  /** How many times more tiles are drawn that are taken for a rider and are none. */
  readonly hardNegatives: number;
}

export interface Rows {
  /** So many of them are the base set's. */
  readonly ofBase: number;
  /** With the tiles chosen by a head of which the first `learnt` outputs have learnt something. */
  at(score: HeadTrainer['logits'], learnt: number): FitRows;
}

/** @param incumbent scores by the incumbent, in the columns of the head to come */
export function createRows(
  manifest: HeadBundle['manifest'],
  activities: readonly string[],
  base: BaseSet | null,
  frames: readonly BoardFrame[],
  incumbent: HeadTrainer['logits'],
  options: RowOptions,
): Rows {
  const tiles = tilesToLearn(frames);
  const side = base === null ? null : baseSide(base, activities, false);
  const samples = side?.samples ?? [];
  const inputs = inputsOf(manifest, side, frames, tiles);
  const boardInputs = inputs.subarray(samples.length * manifest.width);
  const ofBase =
    samples.length === 0
      ? null
      : baseTargets(samples, incumbent(inputs, samples.length), manifest.activities.length, options.likeness);
  return {
    ofBase: samples.length,
    at: (score, learnt) => {
      const logits = score(boardInputs, tiles.length).map((logit, index) =>
        index % activities.length < learnt ? logit : Number.NaN,
      );
      const board = boardRows(frames, tiles, activities, boardInputs, logits, options.hardNegatives);
      return weighed(inputs, ofBase, board, frames.length, options);
    },
  };
}

/** Embeddings of the base set and of the board's tiles after one another, transformed for the head. */
function inputsOf(
  manifest: HeadBundle['manifest'],
  base: EmbeddedSet | null,
  frames: readonly BoardFrame[],
  tiles: readonly BoardTile[],
): Float32Array {
  const { width } = manifest;
  const rows = base?.samples.length ?? 0;
  const inputs = new Float32Array((rows + tiles.length) * width);
  const put = (from: Float32Array, row: number, to: number) =>
    inputs.set(preparedFor(manifest, from.subarray(row * width, (row + 1) * width)), to * width);
  for (let row = 0; row < rows; row++) put((base as EmbeddedSet).embeddings, row, row);
  for (const [index, { frame, tile }] of tiles.entries()) {
    put((frames[frame] as BoardFrame).embeddings, tile, rows + index);
  }
  return inputs;
}

/** The more frames are labelled, the more the board weighs, but never more than its share. */
function weighed(
  inputs: Float32Array,
  base: ReturnType<typeof baseTargets> | null,
  board: FitRows,
  frames: number,
  { boardShare, halfBoardShareAt }: RowOptions,
): FitRows {
  if (base === null) return board;
  const share = (boardShare * frames) / (frames + halfBoardShareAt);
  const scaled = (weights: Float64Array, to: number) => weights.map(weight => weight * to);
  return joinRows(
    inputs,
    { ...base, weights: scaled(base.weights, 1 - share) },
    { ...board, weights: scaled(board.weights, share) },
  );
}
