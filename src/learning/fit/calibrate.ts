/** Turns logits into probabilities that mean what they say, and chooses from which one an activity is present. */
import { crossEntropy } from './loss.ts';

export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

const IDENTITY: Calibration = { slope: 1, intercept: 0 };
/** A flatter one would make all scores alike, and one below zero would turn them round. */
const LEAST_SLOPE = 0.05;

/**
 * Platt scaling (Platt 1999, with his smoothed targets): fits `sigmoid(slope × logit + intercept)` to labels.
 *
 * @param weights one a sample, any scale
 * @returns the identity where one of the two classes is missing
 */
export function fitCalibration(
  logits: readonly number[],
  labels: readonly number[],
  weights: readonly number[],
): Calibration {
  if (!labels.includes(1) || !labels.includes(0)) return IDENTITY;
  const { slope, intercept } = matchCalibration(logits, smoothedTargets(labels), weights, IDENTITY);
  return { slope: Math.max(LEAST_SLOPE, slope), intercept };
}

/** Platt's targets: as if one more of each had been seen, of the other kind. */
export function smoothedTargets(labels: readonly number[]): number[] {
  const present = labels.filter(label => label === 1).length;
  const absent = labels.length - present;
  return labels.map(label => (label === 1 ? (present + 1) / (present + 2) : 1 / (absent + 2)));
}

const ROUNDS = 50;
const RIDGE = 1e-3;

/**
 * The slope, above zero, and intercept with which `sigmoid(slope × logit + intercept)` comes nearest to probabilities, by
 * weighted cross-entropy: Newton's method, each step halved until the loss falls, as alone it overshoots where most
 * logits are far from zero (Lin, Lin and Weng 2007).
 *
 * @param weights one a logit, any scale
 * @param from where it starts, and towards which a little ridge draws it: perfectly separated data has no end otherwise
 */
export function matchCalibration(
  logits: readonly number[],
  probabilities: readonly number[],
  weights: readonly number[],
  from: Calibration,
): Calibration {
  const total = sum(weights);
  const sample = { logits, probabilities, weights, ridge: RIDGE * total, from };
  let best = from;
  let loss = lossAt(sample, best);
  for (let round = 0; round < ROUNDS; round++) {
    const step = newtonStep(sample, best);
    let next = best;
    let nextLoss = Number.POSITIVE_INFINITY;
    for (let share = 1; share > 1e-4 && !(nextLoss < loss); share /= 2) {
      next = { slope: best.slope - share * step.slope, intercept: best.intercept - share * step.intercept };
      nextLoss = next.slope > 0 ? lossAt(sample, next) : Number.POSITIVE_INFINITY;
    }
    if (!(nextLoss < loss)) break;
    const gained = loss - nextLoss;
    best = next;
    loss = nextLoss;
    if (gained < 1e-12 * total) break;
  }
  return best;
}

interface Scaled {
  readonly logits: readonly number[];
  readonly probabilities: readonly number[];
  readonly weights: readonly number[];
  readonly ridge: number;
  readonly from: Calibration;
}

/** Cross-entropy, and the ridge. */
function lossAt({ logits, probabilities, weights, ridge, from }: Scaled, at: Calibration): number {
  let loss = (ridge / 2) * ((at.slope - from.slope) ** 2 + (at.intercept - from.intercept) ** 2);
  for (const [index, logit] of logits.entries()) {
    const scaled = at.slope * logit + at.intercept;
    loss += (weights[index] as number) * crossEntropy(scaled, probabilities[index] as number);
  }
  return loss;
}

function newtonStep(
  { logits, probabilities, weights, ridge, from }: Scaled,
  { slope, intercept }: Calibration,
): Calibration {
  let gradientSlope = ridge * (slope - from.slope);
  let gradientIntercept = ridge * (intercept - from.intercept);
  let ss = ridge;
  let si = 0;
  let ii = ridge;
  for (const [index, logit] of logits.entries()) {
    const weight = weights[index] as number;
    const said = 1 / (1 + Math.exp(-(slope * logit + intercept)));
    const error = weight * (said - (probabilities[index] as number));
    const curve = weight * said * (1 - said);
    gradientSlope += error * logit;
    gradientIntercept += error;
    ss += curve * logit * logit;
    si += curve * logit;
    ii += curve;
  }
  const determinant = ss * ii - si * si;
  return {
    slope: (ii * gradientSlope - si * gradientIntercept) / determinant,
    intercept: (ss * gradientIntercept - si * gradientSlope) / determinant,
  };
}

/**
 * The threshold with the best F1 (weighted), half-way between the two probabilities it separates.
 *
 * @returns 0.5 where one of the two classes is missing
 */
export function bestThreshold(
  probabilities: readonly number[],
  labels: readonly number[],
  weights: readonly number[],
): number {
  let best = { f1: -1, threshold: 0.5 };
  for (const { threshold, right, called, positives } of cutsOf(probabilities, labels, weights)) {
    const f1 = (2 * right) / (called + positives);
    if (f1 > best.f1) best = { f1, threshold };
  }
  return best.threshold;
}

/**
 * The lowest threshold from which the precision (weighted) is at least `wanted`; where it is never reached, the one with
 * the best precision.
 *
 * @returns 0.5 where one of the two classes is missing
 */
export function thresholdForPrecision(
  probabilities: readonly number[],
  labels: readonly number[],
  weights: readonly number[],
  wanted: number,
): number {
  let best = { precision: -1, threshold: 0.5 };
  for (const { threshold, right, called } of cutsOf(probabilities, labels, weights)) {
    const precision = right / called;
    // Further down counts as long as enough are right: more pictures are found.
    if (precision >= Math.min(wanted, best.precision)) best = { precision, threshold };
  }
  return best.threshold;
}

interface Cut {
  readonly threshold: number;
  /** Weight of what is called present and is. */
  readonly right: number;
  readonly called: number;
  readonly positives: number;
}

/** Every threshold that calls something else present, highest first; none where one of the two classes is missing. */
function* cutsOf(
  probabilities: readonly number[],
  labels: readonly number[],
  weights: readonly number[],
): Generator<Cut> {
  const order = [...probabilities.keys()].sort(
    (a, b) => (probabilities[b] as number) - (probabilities[a] as number),
  );
  const positives = sum(weights.filter((_, index) => labels[index] === 1));
  if (positives === 0 || positives === sum(weights)) return;
  let right = 0;
  let called = 0;
  for (const [rank, index] of order.entries()) {
    called += weights[index] as number;
    if (labels[index] === 1) right += weights[index] as number;
    const here = probabilities[index] as number;
    const next = probabilities[order[rank + 1] ?? -1] ?? 0;
    if (next < here) yield { threshold: (here + next) / 2, right, called, positives };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
