import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { accuracyAt, fitLearningCurve, lawOf } from '../../../src/learning/fit/learning-curve-fit.ts';
import { errorAt, fitPowerLaw } from '../../../src/learning/fit/power-law.ts';
import { fc } from '../../support/fast-check.ts';

const SIZES = [50, 100, 200, 400, 800];

const curve = (a: number, b: number, c: number, sizes = SIZES) =>
  sizes.map(photos => ({ photos, accuracy: 1 - (a * photos ** -b + c) }));

describe('fitPowerLaw', () => {
  it('finds the law its points lie on', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        fc.integer({ min: 12, max: 40 }),
        fc.double({ min: 0, max: 0.1, noNaN: true }),
        (a, step, c) => {
          const b = step * 0.025;
          const points = SIZES.map(size => ({ size, error: a * size ** -b + c, weight: 1 }));
          const law = fitPowerLaw(points);
          expect(errorAt(law, 1600)).toBeCloseTo(a * 1600 ** -b + c, 4);
          expect(law.b).toBeCloseTo(b, 6);
        },
      ),
    );
  });

  it('never has an error below zero, nor one that rises', () => {
    const points = fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 5000 }),
        error: fc.double({ min: 0, max: 1, noNaN: true }),
        weight: fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      }),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(points, all => {
        const law = fitPowerLaw(all);
        const errors = [1, 10, 100, 1000, 10000].map(size => errorAt(law, size));
        expect(errors.every(error => error >= 0 && Number.isFinite(error))).toBe(true);
        for (const [index, error] of errors.entries()) {
          expect(error).toBeLessThanOrEqual((errors[index - 1] ?? Number.POSITIVE_INFINITY) + 1e-12);
        }
      }),
    );
  });
});

describe('fitLearningCurve', () => {
  it('says what the law says of more photos', () => {
    const next = fitLearningCurve(curve(1.5, 0.5, 0.04), 50);
    expect(next?.photos).toBe(850);
    expect(next?.accuracy).toBeCloseTo(1 - (1.5 * 850 ** -0.5 + 0.04), 3);
    expect(next?.low).toBeLessThan(next?.accuracy ?? 0);
    expect(next?.high).toBeGreaterThan(next?.accuracy ?? 1);
  });

  it('holds the truth in its interval in most cases, from points that scatter', () => {
    const random = createRandom(11);
    let held = 0;
    for (let round = 0; round < 30; round++) {
      const points = curve(1.2, 0.45, 0.03).map(({ photos, accuracy }) => ({
        photos,
        accuracy: accuracy + random.between(-0.02, 0.02),
        spread: 0.0115,
      }));
      const next = fitLearningCurve(points, 200);
      const truth = 1 - (1.2 * 1000 ** -0.45 + 0.03);
      if (next !== null && next.low <= truth && truth <= next.high) held++;
    }
    expect(held).toBeGreaterThan(24);
  });

  it('promises nothing where more photos brought nothing', () => {
    const flat = [0.9, 0.905, 0.9, 0.895].map((accuracy, index) => ({
      photos: 100 * 2 ** index,
      accuracy,
      spread: 0.005,
    }));
    const next = fitLearningCurve(flat, 50);
    expect(next?.accuracy).toBeCloseTo(0.9, 2);
    expect(accuracyAt(lawOf(flat), 100000)).toBeLessThan(0.92);
  });

  it('says so when it cannot tell', () => {
    expect(fitLearningCurve([], 50)).toBeNull();
    expect(fitLearningCurve(curve(1, 0.5, 0, [50, 100]), 50)).toBeNull();
    // Three points lie on a law of three parameters whatever they are.
    expect(fitLearningCurve(curve(1, 0.5, 0, [50, 100, 200]), 50)).toBeNull();
    const wild = [0.2, 0.9, 0.3, 0.8].map((accuracy, index) => ({ photos: 10 * (index + 1), accuracy }));
    expect(fitLearningCurve(wild, 50)).toBeNull();
    expect(fitLearningCurve([...curve(1, 0.5, 0), { photos: 0, accuracy: 0.1 }], 50)).toBeNull();
  });

  it('needs only three numbers of photos where their spread is known', () => {
    const points = curve(1, 0.5, 0, [50, 100, 200]).map(point => ({ ...point, spread: 0.01 }));
    expect(fitLearningCurve(points, 50)?.accuracy).toBeCloseTo(1 - 250 ** -0.5, 2);
  });
});
