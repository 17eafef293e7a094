/** The probability that an activity goes on in a part of the beach, from what was found there in one frame. */
import type { Scores } from './scores.ts';

/**
 * Log odds of an activity = slope × log odds of its surest rider + intercept: calibrated on whole frames of whole cameras.
 * On cameras never seen the surest rider tells frames apart better than all of them together, which many faint ones make up.
 */
export interface PresenceCalibration {
  readonly slope: number;
  readonly intercept: number;
}

/** The least odds that nothing at all leaves. */
const LEAST_ODDS = 1e-3;

/**
 * @param found of each detection the probability, 0..1, of a rider of each activity
 * @param activities of the head, in its order
 */
export function presenceScores(
  found: readonly { readonly scores: Scores }[],
  activities: readonly string[],
  { slope, intercept }: PresenceCalibration,
): Record<string, number> {
  const odds = new Map<string, number>(activities.map(activity => [activity, LEAST_ODDS]));
  for (const { scores } of found) {
    const { activity, score } = likeliest(scores);
    // A rider does one thing at a time: what else it could be is no sign of that.
    odds.set(activity, Math.max(odds.get(activity) ?? 0, score / Math.max(1e-6, 1 - score)));
  }
  return Object.fromEntries(
    [...odds].map(([activity, most]) => [
      activity,
      1 / (1 + Math.exp(-(slope * Math.log(most) + intercept))),
    ]),
  );
}

/** The activity a rider most likely does, and the probability that it is a rider at all. */
export function likeliest(scores: Scores): { activity: string; score: number } {
  let activity = '';
  let most = -1;
  let sum = 0;
  for (const name of Object.keys(scores)) {
    const score = scores[name] as number;
    sum += score;
    if (score > most) [activity, most] = [name, score];
  }
  return { activity, score: Math.min(sum, 1) };
}
