/** Chooses a head's calibration and thresholds on samples it was not fitted to. */

import type { HeadBundle } from '../../activity/head-bundle.ts';
import { bestThreshold, type Calibration, fitCalibration, thresholdForPrecision } from './calibrate.ts';
import { type JudgedSample, judgeScored } from './judge-set.ts';
import type { EmbeddedSet } from './sample.ts';
import { divideScored, type Outputs, type ScoredSet, scoredBy } from './scored-set.ts';
import { heldBackGroups } from './split.ts';
import { balancedWeights, samplingWeights } from './weights.ts';

export interface CalibrateOptions {
  readonly activities: readonly string[];
  /** Thresholds reach it where they can; null for the best F1. */
  readonly precision: number | null;
  readonly seed: number;
}

/**
 * Chosen on changed views too: on a camera nobody has seen a head is less sure than on photos the backbone knows. The
 * thresholds with the best F1 are those of {@link balancedWeights}.
 */
export function chooseOutputs(
  { samples, logits }: ScoredSet,
  { activities, precision }: Omit<CalibrateOptions, 'seed'>,
): Outputs {
  const scaled = (weights: Float64Array) => [...weights].map(weight => weight * samples.length);
  const weights = scaled(samplingWeights(samples));
  const balanced = scaled(balancedWeights(samples));
  const calibration: Calibration[] = [];
  const thresholds: Record<string, number> = {};
  for (const [index, activity] of activities.entries()) {
    const column = samples.map((_, row) => logits[row * activities.length + index] as number);
    const labels = samples.map(sample => sample.labels[index] as number);
    const fitted = fitCalibration(column, labels, weights);
    const probabilities = column.map(logit => 1 / (1 + Math.exp(-(fitted.slope * logit + fitted.intercept))));
    calibration.push(fitted);
    const threshold =
      precision === null
        ? bestThreshold(probabilities, labels, balanced)
        : thresholdForPrecision(probabilities, labels, weights, precision);
    thresholds[activity] = Number(threshold.toFixed(3));
  }
  return { calibration, thresholds };
}

/**
 * Judges a scored set without having chosen calibration and thresholds on the very groups that are judged: half of them
 * choose for the other half, and the other way round.
 */
export function judgeCrossFitted(scored: ScoredSet, options: CalibrateOptions): JudgedSample[] {
  const [one, other] = divideScored(scored, heldBackGroups(scored.samples, 0.5, options.seed));
  const judged = (part: ScoredSet, by: ScoredSet) =>
    judgeScored(part, chooseOutputs(by, options), options.activities);
  return [...judged(one, other), ...judged(other, one)];
}

/** {@link chooseOutputs} of one head on one set. */
export function calibrateHead(head: HeadBundle, set: EmbeddedSet, precision: number | null): Outputs {
  return chooseOutputs(scoredBy(head, set), { activities: head.manifest.activities, precision });
}

export function withOutputs(head: HeadBundle, { calibration, thresholds }: Outputs): HeadBundle {
  return {
    ...head,
    manifest: { ...head.manifest, calibration: [...calibration], thresholds: { ...thresholds } },
  };
}
