import { describe, expect, it } from 'vitest';
import {
  KEEP_DEFAULTS,
  type KeepReason,
  type KeepState,
  type Seen,
  spend,
  startKeeping,
  whyKeep,
} from '../../../src/learning/archive/keep.ts';
import { fc } from '../../support/fast-check.ts';
import { MINUTE_MS } from './frames.ts';

const HOUR_MS = 60 * MINUTE_MS;

function seenAt(monotonicMs: number, more: Partial<Seen> = {}): Seen {
  return {
    monotonicMs,
    visibility: 'ok',
    activity: 'none',
    zones: [{ surfing: 0.1, kitesurfing: 0.05 }],
    thresholds: { surfing: 0.5, kitesurfing: 0.7 },
    novelty: null,
    ...more,
  };
}

function run(steps: readonly Seen[], state: KeepState = startKeeping(0)) {
  const reasons: (KeepReason | null)[] = [];
  let present = state;
  for (const seen of steps) {
    const kept = whyKeep(present, seen);
    reasons.push(kept.because);
    present = kept.state;
  }
  return { reasons, state: present };
}

describe('a frame is kept', () => {
  it('when the activity changes, not for the first that is seen', () => {
    const activities = ['surfing', 'surfing', 'surfing+kitesurfing', 'surfing+kitesurfing', 'none'];
    const steps = activities.map((activity, index) => seenAt(index * 1000, { activity }));
    expect(run(steps).reasons).toEqual([null, null, 'change', null, 'change']);
  });

  it('when some score is near its own threshold', () => {
    const reason = (scores: Record<string, number>) => run([seenAt(0, { zones: [{}, scores] })]).reasons[0];
    expect(reason({ surfing: 0.45, kitesurfing: 0 })).toBe('uncertain');
    expect(reason({ surfing: 0.7, kitesurfing: 0.55 })).toBeNull();
    expect(reason({ surfing: 0, kitesurfing: 0.75 })).toBe('uncertain');
    expect(reason({ sup: 0.5 })).toBe('uncertain');
  });

  it('when nothing like it is known', () => {
    const { novelDistance } = KEEP_DEFAULTS;
    const steps = [novelDistance - 0.01, novelDistance].map(novelty => seenAt(0, { novelty }));
    expect(run(steps).reasons).toEqual([null, 'novel']);
  });

  it('every so often', () => {
    const steps = Array.from({ length: 46 }, (_, minute) => seenAt(minute * MINUTE_MS));
    const minutes = run(steps).reasons.flatMap((reason, minute) => (reason === 'sample' ? [minute] : []));
    expect(minutes).toEqual([15, 30, 45]);
  });

  it('now and then though it can’t be judged, and never where there is no picture', () => {
    const dark = Array.from({ length: 61 }, (_, minute) =>
      seenAt(minute * MINUTE_MS, { visibility: 'dark', activity: 'unknown' }),
    );
    const minutes = run(dark).reasons.flatMap((reason, minute) =>
      reason === null ? [] : [[reason, minute]],
    );
    expect(minutes).toEqual([
      ['refused', 0],
      ['refused', 30],
      ['refused', 60],
    ]);
    for (const visibility of ['unreadable', 'camera-lost'] as const) {
      expect(run([seenAt(HOUR_MS, { visibility })]).reasons).toEqual([null]);
    }
  });

  it('not because the picture could be judged again, with the activity of before', () => {
    const steps = [
      seenAt(0, { activity: 'surfing' }),
      seenAt(1000, { activity: 'unknown', visibility: 'dark' }),
      seenAt(2000, { activity: 'surfing' }),
    ];
    expect(run(steps).reasons).toEqual([null, 'refused', null]);
  });

  it('for the next reason where the first was used up', () => {
    const flicker = Array.from({ length: 40 }, (_, index) =>
      seenAt(index * 1000, { activity: index % 2 ? 'surfing' : 'none' }),
    );
    const { state, reasons } = run(flicker);
    expect(reasons.filter(reason => reason === 'change')).toHaveLength(KEEP_DEFAULTS.perHour.change);
    const unsure = { activity: 'none', zones: [{ surfing: 0.5 }] };
    expect(run([seenAt(40_000, unsure)], state).reasons).toEqual(['uncertain']);
    // An hour later there is room again.
    expect(run([seenAt(HOUR_MS + 40_000, { activity: 'none' })], state).reasons).toEqual(['change']);
  });
});

it('no day but the first holds more than its bytes, and the next frame comes as soon as there are some again', () => {
  const { bytesPerDay } = KEEP_DEFAULTS;
  const days = [0, 0, 0];
  let state = startKeeping(0);
  let bytes = 0;
  // What nobody is sure of, every minute, with pictures of 0.4 MB.
  for (let minute = 0; minute < days.length * 24 * 60; minute++) {
    const now = minute * MINUTE_MS;
    const kept = whyKeep(state, seenAt(now, { zones: [{ surfing: 0.5 }] }));
    state = kept.state;
    if (kept.because === null) continue;
    const before = state.left.bytes;
    state = spend(state, 400_000, now);
    expect(before).toBeGreaterThanOrEqual(state.left.bytes);
    const day = Math.floor(minute / (24 * 60));
    days[day] = (days[day] ?? 0) + 500_000;
    bytes += 500_000;
  }
  expect(days[0]).toBeLessThanOrEqual(2 * bytesPerDay + 500_000);
  for (const each of days.slice(1)) {
    expect(each).toBeLessThanOrEqual(bytesPerDay + 500_000);
    expect(each).toBeGreaterThan(bytesPerDay - 1_000_000);
  }
  expect(bytes).toBeLessThanOrEqual((days.length + 1) * bytesPerDay + 500_000);
});

const scene = fc.record({
  wait: fc.integer({ min: 100, max: 5 * MINUTE_MS }),
  visibility: fc.constantFrom('ok', 'ok', 'ok', 'dark', 'unreadable'),
  activity: fc.constantFrom('none', 'surfing'),
  zones: fc.array(fc.record({ surfing: fc.double({ min: 0, max: 1, noNaN: true }) }), { maxLength: 2 }),
  novelty: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
});

it('no hour holds more frames of a reason than its limit, whatever is seen', () => {
  fc.assert(
    fc.property(fc.array(scene, { minLength: 50, maxLength: 200 }), scenes => {
      let now = 0;
      let state = startKeeping(0);
      const times = new Map<KeepReason, number[]>();
      for (const { wait, ...seen } of scenes) {
        now += wait;
        const kept = whyKeep(state, seenAt(now, seen));
        state = kept.state;
        if (kept.because === null) continue;
        const list = times.get(kept.because) ?? [];
        times.set(kept.because, [...list, now]);
      }
      for (const [reason, list] of times) {
        for (const [index, time] of list.entries()) {
          const within = list.slice(index).filter(later => later - time < HOUR_MS);
          expect(within.length).toBeLessThanOrEqual(KEEP_DEFAULTS.perHour[reason]);
          const next = list[index + 1];
          if (next !== undefined) expect(next - time).toBeGreaterThanOrEqual(KEEP_DEFAULTS.gapMs[reason]);
        }
        expect(state.kept[reason].length).toBeLessThanOrEqual(KEEP_DEFAULTS.perHour[reason]);
      }
    }),
    { numRuns: 50 },
  );
});
