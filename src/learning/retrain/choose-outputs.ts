/** Calibration and thresholds of a retrained head. */
import { headLogits } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { bestThreshold, type Calibration, matchCalibration, smoothedTargets } from '../fit/calibrate.ts';
import type { EmbeddedSet } from '../fit/sample.ts';
import type { Outputs } from '../fit/scored-set.ts';
import { samplingWeights } from '../fit/weights.ts';
import { judgeFrames } from './judge-frames.ts';
import type { BoardFrame } from './types.ts';

/** Held samples that show an activity, and as many that don't: fewer are too few to choose by. */
const ENOUGH = 20;

/**
 * Scales each output so that its probabilities mean what the incumbent's do: both heads are scaled to the labels of the
 * base set's held groups (Platt 1999), and the candidate is given what it needs more or less than the incumbent. The
 * base set itself is no fair sample: riders are far more frequent in it than among the cells of a frame. As the
 * probabilities of cells keep their meaning, so do those of frames, and the thresholds stay. A new activity gets the
 * threshold that serves the board's frames best.
 *
 * @param held samples that neither head was fitted to; null where there are none, and the incumbent's outputs are kept
 * @param fitted labelled frames of the board
 */
export function chooseRetrainedOutputs(
  incumbent: HeadBundle,
  candidate: HeadBundle,
  held: EmbeddedSet | null,
  fitted: readonly BoardFrame[],
): Outputs {
  const { activities, calibration } = candidate.manifest;
  const { thresholds: old, activities: known } = incumbent.manifest;
  const change = held === null ? null : changeOn(incumbent, candidate, held);
  return {
    calibration: calibration.map((usual, index) =>
      change === null || index >= known.length ? usual : change(index, usual),
    ),
    thresholds: Object.fromEntries(
      activities.map(activity => [activity, old[activity] ?? newThreshold(candidate, activity, fitted)]),
    ),
  };
}

/** @returns what a column's calibration becomes */
function changeOn(incumbent: HeadBundle, candidate: HeadBundle, { samples, embeddings }: EmbeddedSet) {
  const weights = [...samplingWeights(samples)];
  const columnsOf = (head: HeadBundle) => {
    const logits = headLogits(head, embeddings, samples.length);
    const { length } = head.manifest.activities;
    return (index: number) => samples.map((_, row) => logits[row * length + index] as number);
  };
  const [before, after] = [columnsOf(incumbent), columnsOf(candidate)];
  return (index: number, from: Calibration): Calibration => {
    const labels = samples.map(sample => sample.labels[index] as number);
    const present = labels.filter(label => label === 1).length;
    if (Math.min(present, labels.length - present) < ENOUGH) return from;
    const targets = smoothedTargets(labels);
    const was = matchCalibration(before(index), targets, weights, from);
    const is = matchCalibration(after(index), targets, weights, from);
    return {
      slope: (from.slope * is.slope) / was.slope,
      intercept: from.intercept + (from.slope * (is.intercept - was.intercept)) / was.slope,
    };
  };
}

/** Thresholds beyond these would be chosen by a single frame. */
const LOWEST = 0.1;
const HIGHEST = 0.9;

function newThreshold(head: HeadBundle, activity: string, frames: readonly BoardFrame[]): number {
  const judged = judgeFrames(head, frames);
  const threshold = bestThreshold(
    judged.map(({ scores }) => scores[activity] as number),
    judged.map(({ truth }) => (truth.includes(activity) ? 1 : 0)),
    judged.map(() => 1),
  );
  return Number(Math.min(HIGHEST, Math.max(LOWEST, threshold)).toFixed(3));
}
