/** Which cell of a frame decided for each activity, and how near to its threshold. */
import type { HeadManifest } from '../../activity/head-bundle.ts';
import type { KeptCell } from '../../activity/kept-cells.ts';
import type { Rectangle } from '../../base/geometry.ts';
import { zoneScoresOf } from '../archive/sight.ts';

/** What judging a frame by its cells takes of a head. */
export type JudgedBy = Pick<HeadManifest, 'activities' | 'cells'> & {
  /** The score of each activity from which it counts as present, 0..1. */
  readonly thresholds: Readonly<Record<string, number>>;
};

/** Probability, 0..1, from which a place counts as a rider. */
export function riderOf({ cells }: JudgedBy): number {
  return cells?.rider ?? 0.5;
}

/** What the frame says of one activity. */
export interface Deciding {
  readonly activity: string;
  /** The zone where it is strongest. */
  readonly zone: string;
  /** The cell of that zone where it is strongest, as a share of the frame, and its row in the frame's cells. */
  readonly rectangle: Rectangle;
  readonly cell: number;
  /** Score of that cell by itself, 0..1. */
  readonly cellScore: number;
  /** Score of the zone as the daemon judges it by one frame, 0..1. */
  readonly score: number;
  readonly threshold: number;
  readonly present: boolean;
}

/** One an activity, strongest first; empty where no cell of the frame lies in a zone. */
export function decidingCells(cells: readonly KeptCell[], head: JudgedBy): Deciding[] {
  const best = new Map<string, Deciding>();
  for (const [zone, scores] of zoneScoresOf(cells, head)) {
    for (const [activity, score] of Object.entries(scores)) {
      const known = best.get(activity);
      if (known !== undefined && known.score >= score) continue;
      const cell = strongestCell(cells, zone, activity);
      const { rectangle, scores: own } = cells[cell] as KeptCell;
      const threshold = head.thresholds[activity] ?? 0.5;
      best.set(activity, {
        activity,
        zone,
        rectangle,
        cell,
        cellScore: own[activity] ?? 0,
        score,
        threshold,
        present: score >= threshold,
      });
    }
  }
  return [...best.values()].sort((a, b) => b.score - a.score);
}

/** How near a score is to its threshold: 1 on it, 0 at certainty. */
export function doubt({ score, threshold }: Pick<Deciding, 'score' | 'threshold'>): number {
  if (score < threshold) return score / threshold;
  return threshold >= 1 ? 1 : (1 - score) / (1 - threshold);
}

function strongestCell(cells: readonly KeptCell[], zone: string, activity: string): number {
  let strongest = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (const [row, cell] of cells.entries()) {
    const score = cell.scores[activity] ?? 0;
    if (cell.zone !== zone || score <= most) continue;
    strongest = row;
    most = score;
  }
  return strongest;
}
