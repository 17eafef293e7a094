import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import {
  bestThreshold,
  type Calibration,
  fitCalibration,
  matchCalibration,
  thresholdForPrecision,
} from '../../../src/learning/fit/calibrate.ts';
import { fc } from '../../support/fast-check.ts';

const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

/** Logits whose labels are drawn with a known probability. */
function drawn(count: number, { slope, intercept }: Calibration, seed: number) {
  const random = createRandom(seed);
  const logits = Array.from({ length: count }, () => random.between(-6, 6));
  const labels = logits.map(logit => (random.next() < sigmoid(slope * logit + intercept) ? 1 : 0));
  return { logits, labels, weights: logits.map(() => 1) };
}

function logLoss(
  logits: readonly number[],
  labels: readonly number[],
  { slope, intercept }: Calibration,
): number {
  return logits.reduce((sum, logit, index) => {
    const probability = Math.min(1 - 1e-12, Math.max(1e-12, sigmoid(slope * logit + intercept)));
    return sum - Math.log(labels[index] === 1 ? probability : 1 - probability);
  }, 0);
}

/** Platt's targets, a little less than 1 and more than 0. */
function smoothed(labels: readonly number[]): number[] {
  const positive = labels.filter(label => label === 1).length;
  const [one, zero] = [(positive + 1) / (positive + 2), 1 / (labels.length - positive + 2)];
  return labels.map(label => (label === 1 ? one : zero));
}

function softLoss(
  logits: readonly number[],
  targets: readonly number[],
  { slope, intercept }: Calibration,
): number {
  return logits.reduce((sum, logit, index) => {
    const z = slope * logit + intercept;
    return sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (targets[index] as number) * z;
  }, 0);
}

const FROM: Calibration = { slope: 1, intercept: 0 };
const even = (count: number) => new Array<number>(count).fill(1 / count);

describe('matchCalibration', () => {
  it('finds the scaling that the probabilities were made by', () => {
    const random = createRandom(1);
    const logits = Array.from({ length: 400 }, () => random.between(-6, 6));
    const said = logits.map(logit => sigmoid(0.6 * logit - 1.2));
    const { slope, intercept } = matchCalibration(logits, said, even(400), FROM);
    expect(slope).toBeCloseTo(0.6, 1);
    expect(intercept).toBeCloseTo(-1.2, 1);
  });

  it('keeps a slope above zero and stays finite where logits are huge and perfectly apart', () => {
    const logits = Array.from({ length: 100 }, (_, index) => (index < 50 ? -400 : 300));
    const said = logits.map(logit => (logit > 0 ? 0.98 : 0.02));
    const { slope, intercept } = matchCalibration(logits, said, even(100), FROM);
    expect(slope).toBeGreaterThan(0);
    expect(sigmoid(slope * 300 + intercept)).toBeCloseTo(0.98, 1);
    expect(sigmoid(slope * -400 + intercept)).toBeCloseTo(0.02, 1);
  });

  it('stays where it is where nothing is to be seen', () => {
    expect(matchCalibration([], [], [], { slope: 0.7, intercept: 2 })).toEqual({ slope: 0.7, intercept: 2 });
  });
});

describe('fitCalibration', () => {
  it.each([
    [0.4, 1],
    [1, 0],
    [2.5, -2],
  ])('recovers sigmoid(%d × logit + %d)', (slope, intercept) => {
    const { logits, labels, weights } = drawn(20_000, { slope, intercept }, 11);
    const fitted = fitCalibration(logits, labels, weights);
    // The ridge draws it a little towards the identity.
    expect(Math.abs(fitted.slope / slope - 1)).toBeLessThan(0.08);
    expect(Math.abs(fitted.intercept - intercept)).toBeLessThan(0.15);
  });

  it('improves the log loss of over-confident logits', () => {
    const { logits, labels, weights } = drawn(300, { slope: 0.3, intercept: -1 }, 3);
    const fitted = fitCalibration(logits, labels, weights);
    const before = logLoss(logits, labels, { slope: 1, intercept: 0 });
    expect(logLoss(logits, labels, fitted)).toBeLessThan(before * 0.8);
  });

  it('never makes far-off logits worse, as a plain Newton step does', () => {
    const far = fc.array(
      fc.record({ logit: fc.double({ min: -60, max: 60, noNaN: true }), label: fc.constantFrom(0, 1) }),
      {
        minLength: 20,
        maxLength: 200,
      },
    );
    fc.assert(
      fc.property(far, rows => {
        const logits = rows.map(({ logit }) => logit);
        const labels = rows.map(({ label }) => label);
        const fitted = fitCalibration(
          logits,
          labels,
          logits.map(() => 1),
        );
        const targets = smoothed(labels);
        const identity = { slope: 1, intercept: 0 };
        expect(softLoss(logits, targets, fitted)).toBeLessThanOrEqual(
          softLoss(logits, targets, identity) + 1e-6,
        );
      }),
    );
  });

  it('minds the weights, not their scale', () => {
    const { logits, labels, weights } = drawn(500, { slope: 1, intercept: 0 }, 4);
    const plain = fitCalibration(logits, labels, weights);
    const scaled = fitCalibration(
      logits,
      labels,
      weights.map(weight => weight * 50),
    );
    expect(scaled.slope).toBeCloseTo(plain.slope, 6);
    const rarer = fitCalibration(
      logits,
      labels,
      labels.map(label => (label === 1 ? 0.1 : 1)),
    );
    expect(rarer.intercept).toBeLessThan(plain.intercept - 0.5);
  });

  it('stays finite, and keeps the order of scores, whatever it is given', () => {
    const anything = fc.array(
      fc.tuple(fc.double({ min: -50, max: 50, noNaN: true }), fc.constantFrom(0, 1)),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(anything, pairs => {
        const logits = pairs.map(([logit]) => logit);
        const labels = pairs.map(([, label]) => label);
        const { slope, intercept } = fitCalibration(
          logits,
          labels,
          labels.map(() => 1),
        );
        expect(slope).toBeGreaterThan(0);
        expect(Number.isFinite(slope) && Number.isFinite(intercept)).toBe(true);
      }),
    );
  });

  it('is the identity where a class is missing', () => {
    expect(fitCalibration([1, 2], [1, 1], [1, 1])).toEqual({ slope: 1, intercept: 0 });
    expect(fitCalibration([1, 2], [0, 0], [1, 1])).toEqual({ slope: 1, intercept: 0 });
  });
});

describe('bestThreshold', () => {
  function f1At(
    threshold: number,
    probabilities: readonly number[],
    labels: readonly number[],
    weights: readonly number[],
  ) {
    let hits = 0;
    let sum = 0;
    for (const [index, probability] of probabilities.entries()) {
      const weight = weights[index] as number;
      if (labels[index] === 1) sum += weight;
      if (probability >= threshold) sum += weight;
      if (probability >= threshold && labels[index] === 1) hits += weight;
    }
    return (2 * hits) / sum;
  }

  it('has the best F1 of all thresholds', () => {
    const points = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom(0, 1), fc.integer({ min: 1, max: 4 })),
      { minLength: 2, maxLength: 30 },
    );
    fc.assert(
      fc.property(points, list => {
        const probabilities = list.map(([probability]) => probability / 100);
        const labels = list.map(([, label]) => label);
        const weights = list.map(([, , weight]) => weight);
        const found = bestThreshold(probabilities, labels, weights);
        if (!labels.includes(0) || !labels.includes(1)) {
          expect(found).toBe(0.5);
          return;
        }
        const all = probabilities.map(probability => f1At(probability, probabilities, labels, weights));
        expect(f1At(found, probabilities, labels, weights)).toBeCloseTo(Math.max(...all), 9);
      }),
    );
  });

  it('lies half-way between the two it separates', () => {
    expect(bestThreshold([0.9, 0.8, 0.4, 0.1], [1, 1, 0, 0], [1, 1, 1, 1])).toBeCloseTo(0.6, 9);
  });
});

describe('thresholdForPrecision', () => {
  it('finds the most that keeps the precision, or else the most precise', () => {
    const points = fc.array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.constantFrom(0, 1)), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(points, fc.constantFrom(0.5, 0.8, 0.95), (list, wanted) => {
        const probabilities = list.map(([probability]) => probability / 100);
        const labels = list.map(([, label]) => label);
        fc.pre(labels.includes(0) && labels.includes(1));
        const at = (threshold: number) => {
          const called = labels.filter((_, index) => (probabilities[index] as number) >= threshold);
          const right = called.filter(label => label === 1).length;
          return { precision: called.length === 0 ? 0 : right / called.length, right };
        };
        const weights = labels.map(() => 1);
        const found = at(thresholdForPrecision(probabilities, labels, weights, wanted));
        const all = probabilities.map(at);
        const reached = all.filter(({ precision }) => precision >= wanted);
        if (reached.length > 0) {
          expect(found.precision).toBeGreaterThanOrEqual(wanted);
          expect(found.right).toBe(Math.max(...reached.map(({ right }) => right)));
        } else {
          expect(found.precision).toBeCloseTo(Math.max(...all.map(({ precision }) => precision)), 9);
        }
      }),
    );
  });
});
