/** Fits a scaling of logits to probabilities that are known, not to labels. */
import type { Calibration } from '../fit/calibrate.ts';

const ROUNDS = 50;
const RIDGE = 1e-3;

/**
 * Slope and intercept with which sigmoid(slope × logit + intercept) comes nearest to the probabilities, by weighted
 * cross-entropy: Newton's method, each step halved until the loss falls (Platt 1999, with the safeguard of Lin, Lin and
 * Weng 2007).
 *
 * @param weights one a logit, summing to 1
 * @param from where it starts, and towards which a little ridge draws it
 */
export function matchCalibration(
  logits: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  weights: ArrayLike<number>,
  from: Calibration,
): Calibration {
  let best = { ...from };
  let loss = lossAt(logits, probabilities, weights, best, from);
  for (let round = 0; round < ROUNDS; round++) {
    const step = newtonStep(logits, probabilities, weights, best, from);
    let share = 1;
    let next = best;
    let nextLoss = Number.POSITIVE_INFINITY;
    for (; share > 1e-4; share /= 2) {
      next = { slope: best.slope - share * step.slope, intercept: best.intercept - share * step.intercept };
      nextLoss =
        next.slope > 0 ? lossAt(logits, probabilities, weights, next, from) : Number.POSITIVE_INFINITY;
      if (nextLoss < loss) break;
    }
    if (!(nextLoss < loss)) break;
    const gained = loss - nextLoss;
    best = next;
    loss = nextLoss;
    if (gained < 1e-12) break;
  }
  return best;
}

function lossAt(
  logits: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  weights: ArrayLike<number>,
  { slope, intercept }: Calibration,
  from: Calibration,
): number {
  let loss = (RIDGE / 2) * ((slope - from.slope) ** 2 + (intercept - from.intercept) ** 2);
  for (let index = 0; index < logits.length; index++) {
    const sum = slope * (logits[index] as number) + intercept;
    const cross =
      Math.max(sum, 0) - sum * (probabilities[index] as number) + Math.log1p(Math.exp(-Math.abs(sum)));
    loss += (weights[index] as number) * cross;
  }
  return loss;
}

function newtonStep(
  logits: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  weights: ArrayLike<number>,
  { slope, intercept }: Calibration,
  from: Calibration,
): Calibration {
  let gradientSlope = RIDGE * (slope - from.slope);
  let gradientIntercept = RIDGE * (intercept - from.intercept);
  let ss = RIDGE;
  let si = 0;
  let ii = RIDGE;
  for (let index = 0; index < logits.length; index++) {
    const logit = logits[index] as number;
    const said = 1 / (1 + Math.exp(-(slope * logit + intercept)));
    const error = (weights[index] as number) * (said - (probabilities[index] as number));
    const curve = (weights[index] as number) * said * (1 - said);
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
