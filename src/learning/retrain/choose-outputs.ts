/** Calibration and thresholds of a retrained head. */
import { headLogits } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { EmbeddedSet } from '../embedding/sample.ts';
import { bestThreshold, type Calibration } from '../fit/calibrate.ts';
import type { Outputs } from '../fit/calibrate-head.ts';
import { samplingWeights } from '../fit/weights.ts';
import { judgeFrames } from './judge-frames.ts';
import { matchCalibration } from './match-calibration.ts';
import type { BoardFrame } from './types.ts';

/** Held samples that show an activity, and as many that don't: fewer are too few to choose by. */
const ENOUGH = 20;

/**
 * Scales each output so that on the base set's held groups its probabilities come true (Platt 1999), and moves its
 * threshold half of the way, in odds, to the one that serves them best: the incumbent's was chosen on many more samples
 * than are kept on a board. A new activity keeps its logits as they are, and gets the threshold that serves the board's
 * frames best.
 *
 * @param held samples that neither head was fitted to; null where there are none, and the incumbent's outputs are kept
 * @param fitted labelled frames of the board
 */
export function chooseRetrainedOutputs(
  { manifest: old }: HeadBundle,
  candidate: HeadBundle,
  held: EmbeddedSet | null,
  fitted: readonly BoardFrame[],
): Outputs {
  const { activities } = candidate.manifest;
  const choose = held === null ? null : chooserOn(candidate, held);
  const calibration: Calibration[] = [];
  const thresholds: Record<string, number> = {};
  for (const [index, activity] of activities.entries()) {
    const kept = { calibration: old.calibration[index] ?? IDENTITY, threshold: old.thresholds[activity] };
    const { threshold, ...chosen } =
      kept.threshold === undefined
        ? { calibration: IDENTITY, threshold: newThreshold(candidate, activity, fitted) }
        : (choose?.(index, { ...kept, threshold: kept.threshold }) ?? kept);
    calibration.push(chosen.calibration);
    thresholds[activity] = Number((threshold as number).toFixed(3));
  }
  return { calibration, thresholds };
}

const IDENTITY: Calibration = { slope: 1, intercept: 0 };

interface Output {
  readonly calibration: Calibration;
  readonly threshold: number;
}

function chooserOn(head: HeadBundle, { samples, embeddings }: EmbeddedSet) {
  const weights = [...samplingWeights(samples)];
  const logits = headLogits(head, embeddings, samples.length);
  const outputs = head.manifest.activities.length;
  return (index: number, before: Output): Output => {
    const labels = samples.map(sample => sample.labels[index] as number);
    const present = labels.filter(label => label === 1).length;
    const absent = labels.length - present;
    if (Math.min(present, absent) < ENOUGH) return before;
    const column = samples.map((_, row) => logits[row * outputs + index] as number);
    // Platt's targets: as if one more of each had been seen, of the other kind.
    const targets = labels.map(label => (label === 1 ? (present + 1) / (present + 2) : 1 / (absent + 2)));
    const calibration = matchCalibration(column, targets, weights, before.calibration);
    const probabilities = column.map(logit => sigmoid(calibration.slope * logit + calibration.intercept));
    const best = bestThreshold(probabilities, labels, weights);
    return { calibration, threshold: sigmoid((logOdds(best) + logOdds(before.threshold)) / 2) };
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logOdds(probability: number): number {
  const inside = Math.min(HIGHEST, Math.max(LOWEST, probability));
  return Math.log(inside / (1 - inside));
}

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
