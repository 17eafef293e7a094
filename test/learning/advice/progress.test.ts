import { describe, expect, it } from 'vitest';
import { progressOf } from '../../../src/learning/advice/progress.ts';
import type { RetrainingPoint } from '../../../src/learning/advice/progress-words.ts';
import type { GateFigures } from '../../../src/learning/retrain/types.ts';
import { fc } from '../../support/fast-check.ts';

function figures(recall: number | null, macroF1 = recall ?? 0): GateFigures {
  return {
    judged: 200,
    macroF1,
    accuracy: macroF1,
    recall: { surfing: recall, kitesurfing: null, none: 0.9 },
  };
}

function retraining(
  surfing: number,
  [before, after]: readonly [number | null, number | null],
  change: Partial<RetrainingPoint> = {},
): RetrainingPoint {
  return {
    at: Date.UTC(2026, 5, 1) + surfing * 3_600_000,
    labels: { surfing, none: 5 },
    board: { incumbent: figures(before), candidate: figures(after) },
    base: { incumbent: figures(0.9), candidate: figures(0.89) },
    outcome: 'promoted',
    ...change,
  };
}

/** Errors on a power law of the labels and the ten that the base set counts for. */
const recallAt = (labels: number) => 1 - 1.2 * (10 + labels) ** -0.6;
const LAWFUL = [0, 10, 20, 30, 40].map(labels =>
  retraining(labels, [recallAt(Math.max(0, labels - 10)), recallAt(labels)]),
);

describe('progressOf', () => {
  it('says what the promoted heads gained', () => {
    const history = [retraining(5, [0.5, 0.6]), retraining(12, [0.58, 0.7])];
    const { activities, macroF1, baseMacroF1 } = progressOf({ surfing: 15, none: 5 }, history);
    expect(activities.surfing).toMatchObject({
      labels: 15,
      waiting: 3,
      brought: { before: 0.5, now: 0.7, gain: 0.22, judged: 200 },
    });
    expect(macroF1?.gain).toBeCloseTo(0.22);
    expect(baseMacroF1?.gain).toBeCloseTo(-0.02);
    expect(activities.surfing?.sentence).toContain('brought 22 points');
  });

  it('counts nothing for a rejected head', () => {
    const history = [retraining(5, [0.5, 0.6]), retraining(12, [0.6, 0.2], { outcome: 'rejected' })];
    expect(progressOf({ surfing: 12 }, history).activities.surfing?.brought).toMatchObject({ now: 0.6 });
    const rejected = progressOf({ surfing: 12 }, history.slice(1)).activities.surfing;
    expect(rejected).toMatchObject({ brought: null, reason: 'no retraining was promoted yet' });
  });

  it.each([
    ['no retraining', [], 'there was no retraining yet'],
    ['no held-out frame', [retraining(5, [null, null])], 'no held-out frame is labelled surfing yet'],
    ['no board', [retraining(5, [0.5, 0.6], { board: null })], 'no held-out frame is labelled surfing yet'],
    [
      'one retraining',
      [retraining(5, [0.5, 0.6])],
      'it takes 3 retrainings with different numbers of labels',
    ],
  ])('says why something is unknown: %s', (_, history, reason) => {
    const own = progressOf({ surfing: 5 }, history).activities.surfing;
    expect(own?.tenMore).toBeNull();
    expect(own?.reason).toContain(reason);
    expect(own?.sentence).toContain('unknown');
  });

  it('follows the law of the figures so far to ten more labels', () => {
    const own = progressOf({ surfing: 40 }, LAWFUL).activities.surfing;
    expect(own?.reason).toBeNull();
    expect(own?.tenMore?.recall).toBeCloseTo(recallAt(50), 1);
    expect(own?.tenMore?.recall).toBeGreaterThan(own?.brought?.now ?? 1);
    expect(own?.sentence).toMatch(/With ten more it would likely be \d\d\u{a0}%/u);
  });

  it('does not predict from figures that jump about', () => {
    const history = [0.2, 0.9, 0.1, 0.8].map((recall, index) =>
      retraining(index * 10, [0.5, recall], {
        board: { incumbent: { ...figures(0.5), judged: 6 }, candidate: { ...figures(recall), judged: 6 } },
      }),
    );
    const own = progressOf({ surfing: 30 }, history).activities.surfing;
    expect(own).toMatchObject({ tenMore: null });
    expect(own?.reason).toContain('vary too much');
  });

  it('either knows or says why not, with shares that are shares', () => {
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    const point = fc
      .record({ labels: fc.nat(60), before: share, after: share, promoted: fc.boolean() })
      .map(({ labels, before, after, promoted }) =>
        retraining(labels, [before, after], { outcome: promoted ? 'promoted' : 'rejected' }),
      );
    fc.assert(
      fc.property(fc.array(point, { maxLength: 5 }), fc.nat(80), (history, labels) => {
        const progress = progressOf({ surfing: labels, kitesurfing: 0 }, history);
        for (const own of Object.values(progress.activities)) {
          expect(own.reason === null).toBe(own.brought !== null && own.tenMore !== null);
          if (own.tenMore === null) continue;
          const { low, recall, high } = own.tenMore;
          expect(0 <= low && low <= recall && recall <= high && high <= 1).toBe(true);
        }
        expect(JSON.parse(JSON.stringify(progress))).toEqual(progress);
      }),
      { numRuns: 30 },
    );
  });
});
