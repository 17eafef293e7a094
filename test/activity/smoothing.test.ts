import { describe, expect, it } from 'vitest';
import { probabilities, type Smoothed, smooth } from '../../src/activity/smoothing.ts';
import { fc } from '../support/fast-check.ts';

const HALF_LIFE = 6_000;
const score = fc.double({ min: 0, max: 1, noNaN: true });
const signal = fc.array(fc.record({ gapMs: fc.integer({ min: 1, max: 60_000 }), score }), {
  minLength: 1,
  maxLength: 40,
});

function run(samples: readonly { atMs: number; score: number }[], halfLifeMs = HALF_LIFE): Smoothed | null {
  let state: Smoothed | null = null;
  for (const { atMs, score } of samples) state = smooth(state, { surfing: score }, atMs, halfLifeMs);
  return state;
}

/** The gaps as times from 0 on. */
function timed(gaps: readonly { gapMs: number; score: number }[]): { atMs: number; score: number }[] {
  let atMs = 0;
  return gaps.map(({ gapMs, score }) => {
    atMs += gapMs;
    return { atMs, score };
  });
}

describe('smooth', () => {
  it('takes the first sample as it is', () => {
    expect(probabilities(run([{ atMs: 5, score: 0.3 }])).surfing).toBeCloseTo(0.3, 12);
  });

  it('comes half way to a new level, as logits, in one half-life', () => {
    const long = Array.from({ length: 200 }, (_, index) => ({ atMs: index * 1_000, score: 0.1 }));
    const after = run([...long, { atMs: 199_000 + HALF_LIFE, score: 0.9 }]);
    expect(probabilities(after).surfing).toBeCloseTo(0.5, 6);
  });

  it('gives the first sample no more weight than those that follow a second apart', () => {
    const mean = run(
      [
        { atMs: 0, score: 0.9 },
        { atMs: 1_000, score: 0.1 },
      ],
      1e9,
    );
    expect(probabilities(mean).surfing).toBeCloseTo(0.5, 5);
  });

  it('gives the same curve when the same signal is sampled more often', () => {
    fc.assert(
      fc.property(signal, fc.integer({ min: 2, max: 5 }), (gaps, times) => {
        const [first, ...rest] = timed(gaps);
        const sparse = first === undefined ? [] : [first, ...rest];
        const dense = sparse.flatMap((sample, index) => {
          const before = sparse[index - 1];
          if (before === undefined) return [sample];
          const step = (sample.atMs - before.atMs) / times;
          return Array.from({ length: times }, (_, part) => ({
            ...sample,
            atMs: before.atMs + step * (part + 1),
          }));
        });
        expect(run(dense)?.logits.surfing).toBeCloseTo(run(sparse)?.logits.surfing as number, 9);
      }),
    );
  });

  it('keeps every score within 0..1 and within the range of the samples', () => {
    fc.assert(
      fc.property(signal, gaps => {
        const smoothed = probabilities(run(timed(gaps))).surfing as number;
        const scores = gaps.map(({ score }) => Math.min(0.9821, Math.max(0.0179, score)));
        expect(smoothed).toBeGreaterThanOrEqual(Math.min(...scores) - 1e-4);
        expect(smoothed).toBeLessThanOrEqual(Math.max(...scores) + 1e-4);
        expect(smoothed).toBeGreaterThan(0);
        expect(smoothed).toBeLessThan(1);
      }),
    );
  });

  it('leaves out a score that is not a number, and a clock that goes back', () => {
    const state = run([
      { atMs: 1_000, score: 0.4 },
      { atMs: 2_000, score: Number.NaN },
      { atMs: 500, score: 0.9 },
    ]);
    expect(probabilities(state).surfing).toBeCloseTo(0.4, 9);
    expect(state?.atMs).toBe(2_000);
  });

  it('smooths nothing with a half-life of 0', () => {
    expect(
      probabilities(
        run(
          [
            { atMs: 0, score: 0.1 },
            { atMs: 1, score: 0.8 },
          ],
          0,
        ),
      ).surfing,
    ).toBeCloseTo(0.8, 9);
  });
});
