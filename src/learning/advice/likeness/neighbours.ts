/** The labelled cells of the board, and samples of the base set, that are most like a cell. */

import { activitiesOf, NONE } from '../../../base/activities.ts';
import type { Rectangle } from '../../../base/geometry.ts';
import type { BaseSet } from '../../retrain/types.ts';
import type { LabelledCells } from './labelled-cells.ts';
import { nearest } from './vectors.ts';

/** Plain data that survives JSON. */
export type LabelledNeighbour = BoardNeighbour | BaseNeighbour;

export interface BoardNeighbour {
  readonly from: 'board';
  readonly frame: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  /** Empty: none. */
  readonly labels: readonly string[];
  readonly zone: string;
  /** As a share of the frame. */
  readonly rectangle: Rectangle;
  /** Cosine similarity, -1..1. */
  readonly similarity: number;
}

/** From the data that the head came with, of which the board has no picture. */
export interface BaseNeighbour {
  readonly from: 'base';
  readonly source: string;
  /** Empty: none. */
  readonly labels: readonly string[];
  /** Cosine similarity, -1..1. */
  readonly similarity: number;
}

export interface KnownCells {
  readonly board: LabelledCells | null;
  readonly base: BaseSet | null;
}

/**
 * The `k` most alike of both, best first.
 *
 * @param query [width]; what is of another width is not compared
 * @param except a frame whose own cells don't count
 */
export function labelledNeighbours(
  query: Float32Array,
  { board, base }: KnownCells,
  k: number,
  except?: string,
): LabelledNeighbour[] {
  return [...boardNeighbours(query, board, k, except), ...baseNeighbours(query, base, k)]
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, k);
}

/** Neighbours of each label, and of `none`. */
export function votesOf(neighbours: readonly LabelledNeighbour[]): Record<string, number> {
  const votes = new Map<string, number>();
  for (const { labels } of neighbours) {
    for (const label of labels.length === 0 ? [NONE] : labels) votes.set(label, (votes.get(label) ?? 0) + 1);
  }
  return Object.fromEntries(votes);
}

/** Whether a neighbour's label speaks for an activity (or `none`). */
export function speaksFor({ labels }: LabelledNeighbour, activity: string): boolean {
  const wanted = activitiesOf(activity);
  return wanted.length === 0 ? labels.length === 0 : wanted.every(name => labels.includes(name));
}

function boardNeighbours(
  query: Float32Array,
  board: LabelledCells | null,
  k: number,
  except: string | undefined,
): BoardNeighbour[] {
  if (board === null || board.width !== query.length) return [];
  const own = board.cells.filter(({ frame }) => frame === except).length;
  return nearest(query, board.matrix, k + own).flatMap(({ row, similarity }) => {
    const cell = board.cells[row];
    return cell === undefined || cell.frame === except
      ? []
      : [{ from: 'board' as const, ...cell, similarity: rounded(similarity) }];
  });
}

function baseNeighbours(query: Float32Array, base: BaseSet | null, k: number): BaseNeighbour[] {
  if (base === null || base.set.width !== query.length) return [];
  return nearest(query, base.set.embeddings, k).flatMap(({ row, similarity }) => {
    const sample = base.set.samples[row];
    if (sample === undefined) return [];
    const labels = base.activities.filter((_, index) => sample.labels[index] === 1);
    return [{ from: 'base' as const, source: sample.source, labels, similarity: rounded(similarity) }];
  });
}

function rounded(similarity: number): number {
  // Not -0, which JSON does not know.
  return Number(similarity.toFixed(4)) + 0;
}
