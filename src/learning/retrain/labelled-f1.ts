/** How right a head is already about the labelled frames of a camera. */
import { scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { likeliest } from '../../activity/presence-score.ts';
import { scoresOf } from '../../activity/scores.ts';
import { cellsAbout } from '../archive/about.ts';
import { isNear, shows } from '../archive/points.ts';
import type { BoardFrame } from './types.ts';

/**
 * F1 of the activity that it knows least of those in the labels, 0..1; 1 where nothing was missed or mistaken. A rider who
 * was pointed at is found in a cell that shows them, an activity of a whole frame in any that may be meant; mistaken is what
 * counts as a rider where a label says that nobody is.
 */
export function labelledF1(
  head: HeadBundle,
  frames: readonly BoardFrame[],
  isMeant: (frame: BoardFrame, cell: number) => boolean = () => true,
): number {
  const riders: string[] = [];
  const hit: string[] = [];
  let mistaken = 0;
  let listed = 0;
  const { rider } = head.manifest.cells ?? { rider: 0.5 };
  for (const frame of frames) {
    const { cells, embeddings, labels, pointing, rectangle } = frame;
    const probabilities = scoreEmbeddings(head, embeddings, cells.length);
    const about = cellsAbout(cells, rectangle).map(row => ({
      row,
      cell: cells[row] as BoardFrame['cells'][number],
      scores: scoresOf(head.manifest, probabilities, row),
    }));
    const wanted =
      pointing === undefined
        ? labels.map(activity => ({ activity, at: about.filter(({ row }) => isMeant(frame, row)) }))
        : pointing.riders.map(one => ({
            activity: one.activity,
            at: about.filter(({ cell }) => shows(cell, one)),
          }));
    const isFound = ({ activity, at }: (typeof wanted)[number]) =>
      at.some(({ scores }) => (scores[activity] ?? 0) >= rider);
    riders.push(...wanted.map(({ activity }) => activity));
    hit.push(...wanted.filter(isFound).map(({ activity }) => activity));
    if (pointing === undefined ? labels.length > 0 : !pointing.complete) continue;
    listed++;
    mistaken += about.filter(
      ({ cell, scores }) =>
        likeliest(scores).score >= rider && !pointing?.riders.some(one => isNear(cell, one)),
    ).length;
  }
  // The frames of which not everything is known have as many, and each activity its part of them.
  const mistakenInAll = listed === 0 ? 0 : (mistaken * frames.length) / listed;
  if (riders.length === 0) return mistaken === 0 ? 1 : 0;
  const activities = [...new Set(riders)];
  return Math.min(
    ...activities.map(activity => {
      const countOf = (names: readonly string[]) => names.filter(name => name === activity).length;
      const [all, found] = [countOf(riders), countOf(hit)];
      return (2 * found) / (found + all + (mistakenInAll * all) / riders.length);
    }),
  );
}
