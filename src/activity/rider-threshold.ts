/** From which probability on a detection in one frame counts as a rider: from a lower one where others surely are. */
import type { CellSense } from './head-bundle.ts';
import { likeliest } from './presence-score.ts';
import type { Scores } from './scores.ts';

/** So many sure riders of an activity in a frame make a crowd, in which further ones are likelier than elsewhere. */
export const CROWD = 3;

/** The threshold of a head that has none. */
const USUAL = 0.5;

type Sighted = { readonly score: number; readonly scores: Scores };

/** @param found all that may be riders in a frame, or in one of its zones: each zone is judged by itself */
export function thresholdsAmong(
  found: readonly Sighted[],
  cells: Omit<CellSense, 'presence'> = { rider: USUAL },
): (one: Sighted) => number {
  const { rider, crowd = rider } = cells;
  const sure = new Map<string, number>();
  for (const { score, scores } of found) {
    if (score < rider) continue;
    const { activity } = likeliest(scores);
    sure.set(activity, (sure.get(activity) ?? 0) + 1);
  }
  return ({ scores }) =>
    (sure.get(likeliest(scores).activity) ?? 0) >= CROWD ? Math.min(rider, crowd) : rider;
}

/** The detections that count as riders in a single frame. */
export function ridersAmong<T extends Sighted>(
  found: readonly T[],
  cells?: Omit<CellSense, 'presence'>,
): T[] {
  const thresholdOf = thresholdsAmong(found, cells);
  return found.filter(one => one.score >= thresholdOf(one));
}
