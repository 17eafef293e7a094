import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  precisionRecallCurve,
  thinned,
} from '../../../src/learning/fit/precision-recall.ts';
import { expectedCalibrationError, reliabilityBins } from '../../../src/learning/fit/reliability.ts';
import { fc } from '../../support/fast-check.ts';

const PROBABILITIES = [0.95, 0.9, 0.85, 0.7, 0.7, 0.6, 0.4, 0.35, 0.3, 0.05];
const PRESENT = [1, 0, 1, 1, 0, 0, 1, 0, 1, 0].map(label => label === 1);

const pairs = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), { maxLength: 50 });

describe('precisionRecallCurve', () => {
  it('is that of scikit-learn 1.9.1, ties as one point', () => {
    const curve = precisionRecallCurve(PROBABILITIES, PRESENT);
    expect(curve.map(({ threshold }) => threshold)).toEqual([
      0.95, 0.9, 0.85, 0.7, 0.6, 0.4, 0.35, 0.3, 0.05,
    ]);
    expect(curve.map(({ recall }) => recall)).toEqual([0.2, 0.2, 0.4, 0.6, 0.6, 0.8, 0.8, 1, 1]);
    for (const [index, precision] of [1, 1 / 2, 2 / 3, 3 / 5, 1 / 2, 4 / 7, 1 / 2, 5 / 9, 1 / 2].entries()) {
      expect(curve[index]?.precision).toBeCloseTo(precision, 9);
    }
    // average_precision_score(labels, probabilities)
    expect(averagePrecision(curve)).toBeCloseTo(0.6787301587301587, 12);
  });

  it('is perfect for a perfect order and the base rate for one probability', () => {
    expect(averagePrecision(precisionRecallCurve([0.9, 0.8, 0.2], [true, true, false]))).toBe(1);
    expect(averagePrecision(precisionRecallCurve([0.5, 0.5, 0.5, 0.5], [true, false, false, false]))).toBe(
      0.25,
    );
    expect(averagePrecision(precisionRecallCurve([0.5], [false]))).toBeNull();
  });

  it('never loses recall as the threshold falls', () => {
    fc.assert(
      fc.property(pairs, all => {
        const curve = precisionRecallCurve(
          all.map(([probability]) => probability),
          all.map(([, present]) => present),
        );
        for (const [index, point] of curve.entries()) {
          const before = curve[index - 1];
          if (before === undefined) continue;
          expect(point.threshold).toBeLessThan(before.threshold);
          expect(point.recall).toBeGreaterThanOrEqual(before.recall);
        }
        const area = averagePrecision(curve) ?? 1;
        expect(area > 0 && area <= 1 + 1e-12).toBe(true);
      }),
    );
  });
});

describe('thinned', () => {
  it('keeps both ends, the order, and each item once', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 2, max: 200 }), (length, limit) => {
        const all = Array.from({ length }, (_, index) => index);
        const kept = thinned(all, limit);
        expect(kept.length).toBe(Math.min(length, limit));
        expect(kept[0]).toBe(all[0]);
        expect(kept.at(-1)).toBe(all.at(-1));
        expect(new Set(kept).size).toBe(kept.length);
      }),
    );
  });
});

describe('expectedCalibrationError', () => {
  it('is as by hand, and its bins those of scikit-learn 1.9.1', () => {
    const bins = reliabilityBins(PROBABILITIES, PRESENT);
    // calibration_curve(labels, probabilities, n_bins=10), but for 0.9 and 0.7 and 0.3 at the edges: [low, high) here
    expect(bins.map(({ pictures }) => pictures)).toEqual([1, 2, 1, 1, 2, 1, 2]);
    expect(bins.map(({ frequency }) => frequency)).toEqual([0, 0.5, 1, 0, 0.5, 1, 0.5]);
    const means = [0.05, 0.325, 0.4, 0.6, 0.7, 0.85, 0.925];
    for (const [index, mean] of means.entries()) expect(bins[index]?.probability).toBeCloseTo(mean, 9);
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.3, 9);
  });

  it('is 0 where probabilities mean what they say, 1 where they are sure and wrong', () => {
    expect(expectedCalibrationError(reliabilityBins([0.5, 0.5, 1, 0], [true, false, true, false]))).toBe(0);
    expect(expectedCalibrationError(reliabilityBins([1, 0], [false, true]))).toBe(1);
    expect(expectedCalibrationError([])).toBe(0);
  });

  it('is never smaller than the distance of the means', () => {
    fc.assert(
      fc.property(pairs, all => {
        fc.pre(all.length > 0);
        const bins = reliabilityBins(
          all.map(([probability]) => probability),
          all.map(([, present]) => present),
        );
        const probability = all.reduce((sum, [value]) => sum + value, 0) / all.length;
        const frequency = all.filter(([, present]) => present).length / all.length;
        expect(expectedCalibrationError(bins)).toBeGreaterThanOrEqual(
          Math.abs(probability - frequency) - 1e-9,
        );
      }),
    );
  });
});
