import { describe, expect, it } from 'vitest';
import type { FrameBehaviour } from '../../../src/learning/models/behaviour.ts';
import {
  endProbation,
  NO_PROBATION,
  PROBATION_DEFAULTS,
  type ProbationState,
  startProbation,
  watchPromotion,
} from '../../../src/learning/models/probation.ts';
import { fc } from '../../support/fast-check.ts';

const THRESHOLDS = { surfing: 0.5, kitesurfing: 0.4 };
const HOUR = 3_600_000;

type Seen = Omit<FrameBehaviour, 'monotonicMs' | 'thresholds'>;

const sure = (activity: 'surfing' | 'none'): Seen => ({
  visibility: 'ok',
  activity,
  scores: { surfing: activity === 'surfing' ? 0.95 : 0.05, kitesurfing: 0.03 },
});
const unsure: Seen = { visibility: 'ok', activity: 'none', scores: { surfing: 0.45, kitesurfing: 0.03 } };
const dull: Seen = { visibility: 'ok', activity: 'none', scores: { surfing: 0.38, kitesurfing: 0.28 } };
const night: Seen = { visibility: 'dark', activity: 'unknown', scores: { surfing: 0.45, kitesurfing: 0.41 } };

/** Repeats the frames for a time; their times go on from `fromMs`. */
function watch(
  state: ProbationState,
  seen: readonly Seen[],
  { forMs, everyMs = 1_000, fromMs = 0 }: { forMs: number; everyMs?: number; fromMs?: number },
): ProbationState {
  let after = state;
  for (let index = 0; index * everyMs <= forMs; index++) {
    const frame = seen[index % seen.length] as Seen;
    after = watchPromotion(after, {
      ...frame,
      thresholds: THRESHOLDS,
      monotonicMs: fromMs + index * everyMs,
    });
  }
  return after;
}

/** After an hour of `before` a head is promoted, and `after` is seen for as long as the probation lasts. */
function promoted(before: readonly Seen[], after: readonly Seen[], everyMs = 1_000, forMs = HOUR / 2) {
  const known = watch(NO_PROBATION, before, { forMs: HOUR, everyMs });
  return watch(startProbation(known, 2 * HOUR), after, { forMs, everyMs, fromMs: 2 * HOUR });
}

const anySeen = fc.record({
  visibility: fc.constantFrom<Seen['visibility']>('ok', 'ok', 'ok', 'dark', 'obscured'),
  activity: fc.constantFrom('surfing', 'kitesurfing', 'none', 'unknown'),
  scores: fc.record({
    surfing: fc.double({ min: 0, max: 1, noNaN: true }),
    kitesurfing: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
});
const anyPattern = fc.array(anySeen, { minLength: 1, maxLength: 12 });
const anyInterval = fc.constantFrom(1_000, 5_000, 20_000);

describe('a head on probation', () => {
  it('is never rolled back for behaving as the one before', () => {
    fc.assert(
      fc.property(anyPattern, anyInterval, (pattern, everyMs) => {
        expect(promoted(pattern, pattern, everyMs).verdict).not.toHaveProperty('rollback');
      }),
      { numRuns: 40 },
    );
  });

  it('is always rolled back where it says something else of every frame', () => {
    const flipping = [sure('surfing'), sure('none')];
    fc.assert(
      fc.property(anyInterval, fc.boolean(), (everyMs, isKnown) => {
        const calm = isKnown ? [sure('none')] : [night];
        expect(promoted(calm, flipping, everyMs).verdict).toHaveProperty('rollback');
      }),
      { numRuns: 20 },
    );
  });

  it('is rolled back by what smoothing hides from the reported activity', () => {
    const steady = [sure('surfing'), { ...sure('none'), activity: 'surfing' }];
    expect(promoted([sure('none')], steady).verdict).toMatchObject({
      rollback: { code: 'frames-contradict', values: { shareBefore: 0 } },
    });
  });

  it('is rolled back where the reported activity flaps', () => {
    const flap = [...Array(40).fill(sure('surfing')), ...Array(40).fill(sure('none'))];
    expect(promoted([sure('none')], flap).verdict).toMatchObject({
      rollback: { text: expect.stringMatching(/^the activity changes \d+ times an hour, before 0$/) },
    });
  });

  it('is rolled back where it is uncertain, or sure of nothing', () => {
    expect(promoted([sure('none')], [unsure, unsure, sure('none')]).verdict).toMatchObject({
      rollback: { text: '66.9\u{a0}% of the frames have a score near its threshold, before 0.0\u{a0}%' },
    });
    expect(promoted([sure('none')], [dull]).verdict).toMatchObject({
      rollback: { text: 'the mean confidence is 0.24, before 0.90' },
    });
  });

  it('is not rolled back where the one before was no better', () => {
    expect(promoted([unsure], [unsure, unsure, sure('none')]).verdict).toBe('settled');
    expect(promoted([dull, dull, sure('none')], [dull]).verdict).toBe('settled');
  });

  it('is judged more mildly where nothing is known of the one before', () => {
    expect(promoted([night], [unsure, unsure, sure('none')]).verdict).toBe('settled');
    expect(promoted([night], [unsure]).verdict).toHaveProperty('rollback');
  });

  it('is not judged on few frames, whatever they are', () => {
    const { minimumFrames, minimumMs } = PROBATION_DEFAULTS;
    fc.assert(
      fc.property(anyPattern, pattern => {
        const soon = promoted([sure('none')], pattern, 500, minimumMs - 500);
        expect(soon.verdict).toBe('watching');
        const everyMs = 20_000;
        const few = promoted([sure('none')], pattern, everyMs, (minimumFrames - 2) * everyMs);
        expect(few.verdict).toBe('watching');
      }),
      { numRuns: 20 },
    );
  });

  it('is not judged by frames that nothing can be seen on', () => {
    const hidden = [
      night,
      { ...unsure, activity: 'unknown' },
      { ...unsure, visibility: 'obscured' as const },
    ];
    const state = promoted([sure('none')], hidden, 500, 2 * HOUR);
    expect(state.verdict).toBe('watching');
    expect(state.trial?.behaviour.frames).toBe(0);
    // Its time goes on in the morning, and ends then.
    const morning = watch(state, [sure('none')], { forMs: HOUR / 2 + 1_000, fromMs: 10 * HOUR });
    expect(morning.verdict).toBe('settled');
  });

  it('counts no change across a gap', () => {
    const day = watch(startProbation(NO_PROBATION, 0), [sure('surfing')], { forMs: 60_000 });
    const later = watch(day, [sure('none')], { forMs: 60_000, fromMs: HOUR });
    expect(later.trial?.behaviour).toMatchObject({ flips: 0, contradictions: 0, judgedMs: 120_000 });
    const dusk = watch(day, [night, sure('none')], { forMs: 60_000, fromMs: 60_500 });
    expect(dusk.trial?.behaviour).toMatchObject({ flips: 0, judgedMs: 60_000 });
  });

  it('settles at last, even in the dark', () => {
    const state = promoted([sure('none')], [night], 60_000, 25 * HOUR);
    expect(state.verdict).toBe('settled');
    expect(state.trial).toBeNull();
  });

  it('is what the next one is compared with, once it has settled', () => {
    const settled = promoted([unsure], [sure('none')]);
    expect(settled.verdict).toBe('settled');
    const next = watch(startProbation(settled, 5 * HOUR), [unsure], { forMs: HOUR / 2, fromMs: 5 * HOUR });
    expect(next.verdict).toHaveProperty('rollback');
  });

  it('is not compared with another that has not settled yet', () => {
    const known = watch(NO_PROBATION, [sure('none')], { forMs: HOUR });
    const first = watch(startProbation(known, 2 * HOUR), [unsure], { forMs: 60_000, fromMs: 2 * HOUR });
    const second = watch(startProbation(first, 3 * HOUR), [unsure], { forMs: HOUR / 2, fromMs: 3 * HOUR });
    expect(second.verdict).toMatchObject({ rollback: { values: { shareBefore: 0 } } });
  });

  it('stays condemned until it is gone', () => {
    const wild = promoted([sure('none')], [unsure]);
    expect(watch(wild, [sure('none')], { forMs: HOUR, fromMs: 9 * HOUR })).toEqual(wild);
    const ended = endProbation(wild);
    expect(ended).toMatchObject({ verdict: 'settled', trial: null });
    expect(ended.baseline).toEqual({ ...wild.baseline, last: null });
  });
});

describe('the state', () => {
  it('is plain data', () => {
    fc.assert(
      fc.property(anyPattern, pattern => {
        const state = promoted(pattern, pattern, 5_000);
        expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      }),
      { numRuns: 20 },
    );
  });

  it('forgets slowly what was usual long ago', () => {
    const restless = watch(NO_PROBATION, [sure('surfing'), sure('none')], { forMs: HOUR, everyMs: 5_000 });
    const calm = watch(restless, [sure('none')], { forMs: 24 * HOUR, everyMs: 5_000, fromMs: HOUR + 5_000 });
    const share = ({ contradictions, frames }: ProbationState['baseline']) => contradictions / frames;
    expect(share(restless.baseline)).toBeGreaterThan(0.99);
    // Six half-lives, and no more than a day's worth of frames is ever counted.
    expect(share(calm.baseline)).toBeLessThan(1 / 64);
    expect(calm.baseline.frames).toBeLessThan(24 * 720);
  });
});
