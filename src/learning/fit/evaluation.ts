/** Metrics with what a careful reader asks of them: how sure they are, and whether probabilities mean what they say. */

import type { Interval } from '../../base/words.ts';
import { groupIntervals } from './bootstrap.ts';
import { isRight, type Metrics, measure, type Prediction } from './metrics.ts';
import {
  averagePrecision,
  type PrecisionRecallPoint,
  precisionRecallCurve,
  thinned,
} from './precision-recall.ts';
import { expectedCalibrationError, type ReliabilityBin, reliabilityBins } from './reliability.ts';
import { accuracyOf, activityAccuracyOf, balancedAccuracyOf, tally } from './tally.ts';

export interface Evaluation extends Metrics {
  readonly intervals: {
    readonly accuracy: Interval;
    readonly balancedAccuracy: Interval;
    readonly activityAccuracy: Interval | null;
  };
  /** Expected calibration error of each activity, 0..1, over ten bins of equal width. */
  readonly calibrationError: Readonly<Record<string, number>>;
  /** Bins that hold a picture. */
  readonly reliability: Readonly<Record<string, readonly ReliabilityBin[]>>;
  /** Precision and recall as the threshold falls; at most 100 points an activity. */
  readonly precisionRecall: Readonly<Record<string, readonly PrecisionRecallPoint[]>>;
  /** Area under the precision-recall curve; null where there is no picture of it. */
  readonly averagePrecision: Readonly<Record<string, number | null>>;
  /** Groups of at least three pictures, worst first. */
  readonly groups: readonly {
    readonly group: string;
    readonly pictures: number;
    readonly accuracy: number;
  }[];
}

/** A prediction of a picture, and the source it is alike with: a site, a video, a stretch of time. */
export type GroupedPrediction = Prediction & { readonly group: string };

const CURVE_POINTS = 100;
const GROUP_PICTURES = 3;

/**
 * @param activities in the order of the head
 * @param seed of the bootstrap: the same predictions and seed give the same intervals
 */
export function evaluate(
  predictions: readonly GroupedPrediction[],
  activities: readonly string[],
  seed: number,
): Evaluation {
  const groups = predictions.map(({ group }) => group);
  const [accuracy, balancedAccuracy, activityAccuracy] = groupIntervals(
    tally(predictions, groups, activities),
    [accuracyOf, balancedAccuracyOf, activityAccuracyOf],
    seed,
  );
  const each = activities.map(activity => [activity, evaluateActivity(predictions, activity)] as const);
  const byActivity = <T>(pick: (own: ActivityEvaluation) => T): Record<string, T> =>
    Object.fromEntries(each.map(([activity, own]) => [activity, pick(own)]));
  return {
    ...measure(predictions, activities),
    intervals: {
      accuracy: accuracy ?? [0, 1],
      balancedAccuracy: balancedAccuracy ?? [0, 1],
      activityAccuracy: activityAccuracy ?? null,
    },
    calibrationError: byActivity(({ bins }) => expectedCalibrationError(bins)),
    reliability: byActivity(({ bins }) => bins),
    precisionRecall: byActivity(({ curve }) => thinned(curve, CURVE_POINTS)),
    averagePrecision: byActivity(({ curve }) => averagePrecision(curve)),
    groups: worstGroups(predictions),
  };
}

type ActivityEvaluation = ReturnType<typeof evaluateActivity>;

function evaluateActivity(predictions: readonly Prediction[], activity: string) {
  const probabilities = predictions.map(({ scores }) => scores[activity] ?? 0);
  const present = predictions.map(({ truth }) => truth.includes(activity));
  return {
    bins: reliabilityBins(probabilities, present),
    curve: precisionRecallCurve(probabilities, present),
  };
}

/** Equally bad ones: the one with more pictures first. */
function worstGroups(predictions: readonly GroupedPrediction[]): Evaluation['groups'] {
  const groups = new Map<string, { pictures: number; right: number }>();
  for (const prediction of predictions) {
    const group = groups.get(prediction.group) ?? { pictures: 0, right: 0 };
    group.pictures++;
    if (isRight(prediction)) group.right++;
    groups.set(prediction.group, group);
  }
  return [...groups]
    .filter(([, { pictures }]) => pictures >= GROUP_PICTURES)
    .map(([group, { pictures, right }]) => ({ group, pictures, accuracy: right / pictures }))
    .sort((a, b) => a.accuracy - b.accuracy || b.pictures - a.pictures || (a.group < b.group ? -1 : 1));
}
