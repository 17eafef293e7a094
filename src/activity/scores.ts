/** From scores to what is said to be in the picture: the one rule for the daemon, `classify` and the metrics. */
import type { HeadManifest } from './head-bundle.ts';

/** Probability of each activity, 0..1. */
export type Scores = Readonly<Record<string, number>>;

/**
 * The activities at or above their thresholds, strongest first.
 *
 * @param scores calibrated probability of each activity, 0..1
 */
export function activitiesAbove(
  scores: Readonly<Record<string, number>>,
  thresholds: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(scores)
    .filter(([activity, score]) => score >= (thresholds[activity] ?? 0.5))
    .sort(([, a], [, b]) => b - a)
    .map(([activity]) => activity);
}

/** Row `row` of [count, activities] probabilities, by name. */
export function scoresOf(
  { activities }: Pick<HeadManifest, 'activities'>,
  probabilities: Float32Array,
  row: number,
): Record<string, number> {
  const start = row * activities.length;
  return Object.fromEntries(
    activities.map((activity, index) => [activity, probabilities[start + index] as number]),
  );
}
