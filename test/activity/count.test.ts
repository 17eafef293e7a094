import { describe, expect, it } from 'vitest';
import { type Count, type Counting, reportedCount, sameCount, stepCount } from '../../src/activity/count.ts';
import { fc } from '../support/fast-check.ts';
import { OPTIONS, picture, rig, scored } from './support.ts';

/** What is held after each of these counts of surfers, `everyMs` apart. */
function held(counts: readonly number[], everyMs = 1_000): number[] {
  let counting: Counting | null = null;
  return counts.map((surfing, index) => {
    counting = stepCount(counting, { surfing }, index * everyMs, OPTIONS);
    return counting?.smoothed.surfing ?? Number.NaN;
  });
}

const count = fc.integer({ min: 0, max: 60 });
const counts = fc.array(count, { minLength: 1, maxLength: 60 });
const everyMs = fc.integer({ min: 100, max: OPTIONS.staleAfterMs });
const repeat = (value: number, times: number) => Array.from({ length: times }, () => value);

describe('a smoothed count', () => {
  it('is a whole number between the least and the most of the dwell', () => {
    fc.assert(
      fc.property(counts, everyMs, (counts, everyMs) => {
        for (const [index, value] of held(counts, everyMs).entries()) {
          const size = Math.max(3, Math.floor(OPTIONS.dwellMs / everyMs) + 1);
          const seen = counts.slice(Math.max(0, index + 1 - size), index + 1);
          expect(Number.isInteger(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(Math.min(...seen));
          expect(value).toBeLessThanOrEqual(Math.max(...seen));
        }
      }),
    );
  });

  it('takes a new level for good within a dwell, or three frames', () => {
    fc.assert(
      fc.property(counts, count, everyMs, (before, level, everyMs) => {
        const frames = Math.max(3, Math.ceil(OPTIONS.dwellMs / everyMs) + 1);
        const after = held([...before, ...repeat(level, frames + 20)], everyMs).slice(before.length);
        for (const value of after.slice(frames - 1)) expect(value).toBe(level);
      }),
    );
  });

  it('is not moved by a single wild frame', () => {
    fc.assert(
      fc.property(count, count, everyMs, (level, wild, everyMs) => {
        const steady = repeat(level, 10);
        for (const value of held([...steady, wild, ...steady], everyMs)) expect(value).toBe(level);
      }),
    );
  });

  it('moves once at most where the frames swing between two counts', () => {
    fc.assert(
      fc.property(count, count, fc.constantFrom(500, 1_000, 2_000, 5_000), (one, other, everyMs) => {
        const swinging = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? one : other));
        const values = held(swinging, everyMs);
        const moves = values.filter((value, index) => index > 0 && value !== values[index - 1]);
        expect(moves.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('stays for frames that do not count, until it is stale', () => {
    const counting = stepCount(null, { surfing: 3 }, 0, OPTIONS);
    expect(stepCount(counting, undefined, OPTIONS.staleAfterMs, OPTIONS)).toBe(counting);
    expect(stepCount(counting, undefined, OPTIONS.staleAfterMs + 1, OPTIONS)).toBeNull();
    expect(stepCount(null, undefined, 0, OPTIONS)).toBeNull();
  });

  it('takes an activity that a frame does not name for 0, whatever it is called', () => {
    const counting = stepCount(
      stepCount(null, { constructor: 2 } as unknown as Count, 0, OPTIONS),
      {},
      1,
      OPTIONS,
    );
    expect(counting?.samples).toHaveLength(2);
    expect(reportedCount(counting, ['toString'], ['toString'])).toEqual({ toString: 1 });
  });
});

describe('a reported count', () => {
  const present = { surfing: 0.95 };
  const step = (rider: ReturnType<typeof rig>, atMs: number, scores: typeof present, surfing: number) =>
    rider.observe({
      ...picture(atMs, { beach: { scores: scored(scores), count: { surfing, kitesurfing: 2 } } }),
      count: { surfing, kitesurfing: 2 },
    });

  it('is 0 of what is not present, at least 1 of what is, and null while unknown', () => {
    const beach = rig();
    const first = step(beach, 0, present, 0);
    expect(first.beach.count).toEqual({ surfing: 1, windsurfing: 0, kitesurfing: 0 });
    expect(first.zones[0]?.count).toEqual(first.beach.count);
    expect(beach.fail(1_000, 'camera-lost')).toMatchObject({
      beach: { count: null },
      zones: [{ count: null }],
    });
  });

  it('is null where nobody counts', () => {
    expect(rig().see(0, present)).toMatchObject({ beach: { count: null }, zones: [{ count: null }] });
  });

  it('counts nothing of before a gap', () => {
    const beach = rig();
    for (let atMs = 0; atMs <= 20_000; atMs += 1_000) step(beach, atMs, present, 9);
    beach.fail(21_000, 'paused', null);
    expect(step(beach, 22_000, present, 2).beach.count).toMatchObject({ surfing: 2 });
  });

  it('of the beach is that of the whole frame, as zones may overlap, and never less than that of a zone', () => {
    const beach = rig(['north', 'south']);
    const zone = (surfing: number) => ({ scores: scored(present), count: { surfing } });
    const { beach: report } = beach.observe({
      ...picture(0, { north: zone(4), south: zone(5) }),
      count: { surfing: 6 },
    });
    expect(report.count).toMatchObject({ surfing: 6 });
    const less = rig(['north', 'south']).observe({
      ...picture(0, { north: zone(4), south: zone(5) }),
      count: { surfing: 2 },
    });
    expect(less.beach.count).toMatchObject({ surfing: 5 });
  });

  it('is a change of its own, beside those of the activity', () => {
    const beach = rig();
    for (let atMs = 0; atMs <= 20_000; atMs += 1_000) step(beach, atMs, present, 3);
    expect(step(beach, 21_000, present, 3)).toMatchObject({ recounted: false });
    const steps = [22, 23, 24, 25, 26, 27, 28].map(second => step(beach, second * 1_000, present, 5));
    expect(steps.filter(({ recounted }) => recounted)).toHaveLength(1);
    expect(steps.some(({ changed }) => changed.beach || changed.zones.length > 0)).toBe(false);
    expect(steps.at(-1)?.beach.count).toMatchObject({ surfing: 5 });
  });

  it('leaves its peak with the session', () => {
    const beach = rig();
    for (const [from, surfing] of [
      [0, 3],
      [20, 7],
      [40, 2],
    ] as const) {
      for (let second = from; second < from + 20; second++) step(beach, second * 1_000, present, surfing);
    }
    for (let second = 60; second < 90; second++) step(beach, second * 1_000, { surfing: 0.02 }, 0);
    const told = ['session_started', 'session_updated', 'session_ended'];
    expect(beach.events.map(({ type }) => type)).toEqual(told);
    expect(beach.events.map(({ session }) => session.peakCount)).toEqual([3, 7, 7]);
  });
});

it('riders are passed on as they are', () => {
  const rider = {
    id: '7',
    activity: 'surfing',
    x: 0.4,
    y: 0.6,
    size: 0.03,
    score: 0.9,
    zone: null,
    sinceMs: 5,
  };
  expect(rig().observe({ ...picture(0, {}), riders: [rider] }).riders).toEqual([rider]);
  expect(rig().observe(picture(0, {}))).not.toHaveProperty('riders');
});

it('counts are the same where neither differs, and unknown is none of them', () => {
  expect(sameCount({ surfing: 1, windsurfing: 0 }, { surfing: 1 })).toBe(true);
  expect(sameCount({ surfing: 1 }, { surfing: 2 })).toBe(false);
  expect(sameCount(null, { surfing: 0 })).toBe(false);
  expect(sameCount(null, null)).toBe(true);
});
