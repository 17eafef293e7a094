/** What a head makes of whole frames, as the daemon decides: cells, zones, frame. */
import { scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { activitiesAbove, scoresOf } from '../../activity/scores.ts';
import { cellsAbout } from '../archive/about.ts';
import { frameScoresOf } from '../archive/sight.ts';
import type { Prediction } from '../fit/metrics.ts';
import type { BoardFrame } from './types.ts';

export interface JudgedFrame extends Prediction {
  readonly frame: string;
}

export function judgeFrames(head: HeadBundle, frames: readonly BoardFrame[]): JudgedFrame[] {
  return frames.map(frame => {
    const probabilities = scoreEmbeddings(head, frame.embeddings, frame.cells.length);
    const cells = judgedCells(frame).map(({ cell, zone }) => ({
      zone,
      scores: scoresOf(head.manifest, probabilities, cell),
    }));
    const scores = frameScoresOf(cells, head.manifest);
    return {
      frame: frame.id,
      truth: frame.labels,
      found: activitiesAbove(scores, head.manifest.thresholds),
      scores,
    };
  });
}

/** The cells that a label is to be compared with; a part of the frame is judged as a zone of its own. */
export function judgedCells({ cells, rectangle }: Pick<BoardFrame, 'cells' | 'rectangle'>) {
  return cellsAbout(cells, rectangle).map(cell => ({
    cell,
    zone: rectangle === undefined ? (cells[cell]?.zone ?? '') : 'part',
  }));
}
