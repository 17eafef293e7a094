/** Metrics with what a careful reader asks of them: how sure they are, and whether probabilities mean what they say. */
import type { Metrics } from './metrics.ts';

/** 95 % bootstrap interval over whole groups. */
export type Interval = readonly [low: number, high: number];

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
  /** Precision and recall as the threshold falls; at most 200 points an activity. */
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

export interface ReliabilityBin {
  /** Mean probability in the bin. */
  readonly probability: number;
  /** Share in which the activity was there. */
  readonly frequency: number;
  readonly pictures: number;
}

export interface PrecisionRecallPoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}
