import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { groupIntervals } from '../../../src/learning/fit/bootstrap.ts';
import { evaluate, type GroupedPrediction } from '../../../src/learning/fit/evaluation.ts';
import { measure } from '../../../src/learning/fit/metrics.ts';
import {
  accuracyOf,
  activityAccuracyOf,
  balancedAccuracyOf,
  tally,
} from '../../../src/learning/fit/tally.ts';
import { fc } from '../../support/fast-check.ts';

const ACTIVITIES = ['surf', 'wind', 'kite'];

const predictions = fc.array(
  fc.record({
    truth: fc.subarray(ACTIVITIES),
    found: fc.shuffledSubarray(ACTIVITIES),
    scores: fc.record({ surf: share(), wind: share(), kite: share() }),
    group: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'),
  }),
  { minLength: 1, maxLength: 60 },
);

function share() {
  return fc.double({ min: 0, max: 1, noNaN: true });
}

function sumOfGroups(all: readonly GroupedPrediction[]): Float64Array {
  const { groups, width, counts } = tally(
    all,
    all.map(({ group }) => group),
    ACTIVITIES,
  );
  const sums = new Float64Array(width);
  for (let row = 0; row < groups; row++) {
    for (let column = 0; column < width; column++) {
      sums[column] = (sums[column] as number) + (counts[row * width + column] as number);
    }
  }
  return sums;
}

/** Right in `share` of `groups` groups of `size` pictures each, all or nothing a group. */
function alike(groups: number, size: number, share: number): GroupedPrediction[] {
  return Array.from({ length: groups * size }, (_, index) => {
    const group = Math.floor(index / size);
    const right = group < share * groups;
    return {
      truth: ['surf'],
      found: right ? ['surf'] : [],
      scores: { surf: right ? 0.9 : 0.1, wind: 0.2, kite: 0 },
      group: String(group),
    };
  });
}

describe('evaluate', () => {
  it('has the plain metrics, and intervals in 0..1 in order', () => {
    fc.assert(
      fc.property(predictions, fc.nat(), (all, seed) => {
        const evaluation = evaluate(all, ACTIVITIES, seed);
        expect(evaluation).toMatchObject(measure(all, ACTIVITIES));
        const { accuracy, balancedAccuracy, activityAccuracy } = evaluation.intervals;
        for (const [low, high] of [accuracy, balancedAccuracy, activityAccuracy ?? [0, 1]]) {
          expect(0 <= low && low <= high && high <= 1).toBe(true);
        }
        expect(activityAccuracy === null).toBe(evaluation.activityAccuracy === null);
        for (const activity of ACTIVITIES) {
          expect(evaluation.calibrationError[activity]).toBeGreaterThanOrEqual(0);
          expect(evaluation.calibrationError[activity]).toBeLessThanOrEqual(1);
          const binned = evaluation.reliability[activity]?.reduce((sum, { pictures }) => sum + pictures, 0);
          expect(binned).toBe(all.length);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('gives the same intervals for the same seed', () => {
    const all = alike(20, 3, 0.7);
    expect(evaluate(all, ACTIVITIES, 37)).toEqual(evaluate(all, ACTIVITIES, 37));
  });

  it('takes groups, not pictures, for what is drawn: more pictures of the same groups do not make it surer', () => {
    const few = evaluate(alike(20, 1, 0.75), ACTIVITIES, 37).intervals.accuracy;
    const many = evaluate(alike(20, 50, 0.75), ACTIVITIES, 37).intervals.accuracy;
    expect(many).toEqual(few);
  });

  it('covers the true share in about 95 of 100 cases', () => {
    const random = createRandom(5);
    let covered = 0;
    for (let round = 0; round < 120; round++) {
      const all = Array.from({ length: 100 }, (_, index) => {
        const right = random.next() < 0.8;
        return { truth: ['surf'], found: right ? ['surf'] : [], scores: {}, group: String(index) };
      });
      const sums = tally(
        all,
        all.map(({ group }) => group),
        ['surf'],
      );
      const [interval] = groupIntervals(sums, [accuracyOf], round, 300);
      if (interval && interval[0] <= 0.8 && 0.8 <= interval[1]) covered++;
    }
    expect(covered / 120).toBeGreaterThan(0.9);
  });

  it('claims nothing of other groups from one, and not too much where all are right', () => {
    expect(evaluate(alike(1, 9, 1), ACTIVITIES, 37).intervals.accuracy).toEqual([0, 1]);
    // 0.025 ^ (1 / 10): Clopper and Pearson's lower bound for 10 of 10.
    expect(evaluate(alike(10, 9, 1), ACTIVITIES, 37).intervals.accuracy).toEqual([
      expect.closeTo(0.6915, 4),
      1,
    ]);
    expect(evaluate(alike(10, 9, 0), ACTIVITIES, 37).intervals.accuracy).toEqual([
      0,
      expect.closeTo(0.3085, 4),
    ]);
  });

  it('knows nothing of no picture', () => {
    const nothing = evaluate([], ACTIVITIES, 37);
    expect(nothing.intervals).toEqual({ accuracy: [0, 1], balancedAccuracy: [0, 1], activityAccuracy: null });
    expect(nothing.averagePrecision).toEqual({ surf: null, wind: null, kite: null });
    expect(nothing.calibrationError).toEqual({ surf: 0, wind: 0, kite: 0 });
  });

  it('lists groups of three pictures and more, the worst and largest first', () => {
    const one = (group: string, found: string[]) => ({
      truth: ['surf'],
      found,
      scores: { surf: 0.5 },
      group,
    });
    const all = [
      ...[1, 2, 3].map(() => one('good', ['surf'])),
      ...[1, 2, 3].map(() => one('bad', [])),
      ...[1, 2, 3, 4].map(() => one('worst', [])),
      ...[1, 2].map(() => one('small', [])),
    ];
    expect(evaluate(all, ['surf'], 37).groups).toEqual([
      { group: 'worst', pictures: 4, accuracy: 0 },
      { group: 'bad', pictures: 3, accuracy: 0 },
      { group: 'good', pictures: 3, accuracy: 1 },
    ]);
  });

  it('thins curves to 100 points', () => {
    const random = createRandom(1);
    const all = Array.from({ length: 3000 }, (_, index) => ({
      truth: random.next() < 0.5 ? ['surf'] : [],
      found: [],
      scores: { surf: random.next() },
      group: String(index % 100),
    }));
    const { precisionRecall } = evaluate(all, ['surf'], 37);
    expect(precisionRecall.surf).toHaveLength(100);
    expect(precisionRecall.surf?.at(-1)?.recall).toBe(1);
  });
});

describe('tally', () => {
  it('sums to the metrics', () => {
    fc.assert(
      fc.property(predictions, all => {
        const sums = sumOfGroups(all);
        const metrics = measure(all, ACTIVITIES);
        expect(accuracyOf(sums)).toBeCloseTo(metrics.accuracy, 12);
        expect(balancedAccuracyOf(sums)).toBeCloseTo(metrics.balancedAccuracy, 12);
        if (metrics.activityAccuracy === null) expect(activityAccuracyOf(sums)).toBeNull();
        else expect(activityAccuracyOf(sums)).toBeCloseTo(metrics.activityAccuracy, 12);
      }),
    );
  });
});
