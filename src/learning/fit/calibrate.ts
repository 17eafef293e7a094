/** Turns logits into probabilities that mean what they say, and chooses from which one an activity is present. */

export interface Calibration {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Platt scaling (Platt 1999, with his smoothed targets): fits `sigmoid(slope × logit + intercept)` by Newton's method.
 *
 * @param weights one a sample, any scale
 * @returns the identity where one of the two classes is missing
 */
export function fitCalibration(
  logits: readonly number[],
  labels: readonly number[],
  weights: readonly number[],
): Calibration {
  const positives = labels.filter(label => label === 1).length;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return { slope: 1, intercept: 0 };
  const targets = labels.map(label =>
    label === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2),
  );
  let slope = 1;
  let intercept = 0;
  let loss = lossOf(logits, targets, weights, slope, intercept);
  for (let round = 0; round < 100; round++) {
    const step = newtonStep(logits, targets, weights, slope, intercept);
    // Newton's step alone can overshoot where most logits are far from zero (Lin, Lin and Weng 2007).
    let share = 1;
    let next = loss;
    for (; share > 1e-6; share /= 2) {
      next = lossOf(logits, targets, weights, slope - share * step.slope, intercept - share * step.intercept);
      if (next <= loss) break;
    }
    if (next > loss) break;
    loss = next;
    slope -= share * step.slope;
    intercept -= share * step.intercept;
    if (Math.abs(step.slope) + Math.abs(step.intercept) < 1e-9) break;
  }
  return { slope: Math.max(0.05, slope), intercept };
}

/** Cross-entropy with the ridge of {@link newtonStep}. */
function lossOf(
  logits: readonly number[],
  targets: readonly number[],
  weights: readonly number[],
  slope: number,
  intercept: number,
): number {
  const ridge = 1e-3 * weights.reduce((sum, weight) => sum + weight, 0);
  let loss = (ridge * ((slope - 1) ** 2 + intercept ** 2)) / 2;
  for (const [index, logit] of logits.entries()) {
    const z = slope * logit + intercept;
    const cost = Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (targets[index] as number) * z;
    loss += (weights[index] as number) * cost;
  }
  return loss;
}

function newtonStep(
  logits: readonly number[],
  targets: readonly number[],
  weights: readonly number[],
  slope: number,
  intercept: number,
): Calibration {
  // A little ridge towards the identity keeps the step finite on perfectly separated data.
  const ridge = 1e-3 * weights.reduce((sum, weight) => sum + weight, 0);
  let gradientSlope = ridge * (slope - 1);
  let gradientIntercept = ridge * intercept;
  let ss = ridge;
  let si = 0;
  let ii = ridge;
  for (const [index, logit] of logits.entries()) {
    const weight = weights[index] as number;
    const probability = 1 / (1 + Math.exp(-(slope * logit + intercept)));
    const error = weight * (probability - (targets[index] as number));
    const curve = weight * probability * (1 - probability);
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
