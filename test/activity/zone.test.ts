import { describe, expect, it } from 'vitest';
import { LEAVE_RATIO } from '../../src/activity/presence.ts';
import { restartTracker } from '../../src/activity/tracker.ts';
import { EPOCH, OPTIONS, rig } from './support.ts';

describe('the start', () => {
  it.each([
    ['an activity', { surfing: 0.9 }, 'surfing'],
    ['none', {}, 'none'],
  ])('reports %s from the first picture where its scores are clear', (_, scores, activity) => {
    const { beach, changed, pending } = rig().see(200, scores);
    expect(beach).toMatchObject({ activity, visibility: 'ok', since: EPOCH + 200, frame: 'frame-200' });
    expect(changed).toEqual({ beach: true, zones: ['beach'] });
    expect(pending).toBe(true);
  });

  it('waits for the dwell where they are not', () => {
    const beach = rig();
    expect(beach.see(0, { surfing: 0.5 }).beach).toMatchObject({ activity: 'unknown', visibility: 'ok' });
    expect(beach.watch(1_000, 7_000, { surfing: 0.5 }).beach.activity).toBe('unknown');
    expect(beach.see(8_000, { surfing: 0.5 }).beach).toMatchObject({ activity: 'surfing', since: EPOCH });
  });

  it('takes back what a wild first picture showed, and starts no session for it', () => {
    const beach = rig();
    expect(beach.see(0, { surfing: 0.99 }).beach.activity).toBe('surfing');
    expect(beach.watch(1_000, 20_000, { surfing: 0.2 }).beach.activity).toBe('none');
    expect(beach.events).toEqual([]);
  });

  it('says at once that the very first picture is dark', () => {
    expect(rig().fail(0, 'dark').beach).toMatchObject({
      activity: 'unknown',
      visibility: 'dark',
      scores: {},
    });
  });
});

describe('a change', () => {
  it('is reported after the dwell, since its beginning, and is pending until then', () => {
    const beach = rig();
    expect(beach.watch(0, 60_000, {}).pending).toBe(false);
    const crossed = beach.watch(61_000, 68_000, { kitesurfing: 0.95 });
    expect(crossed).toMatchObject({ beach: { activity: 'none' }, pending: true });
    const waiting = Object.values(beach.state.zones)[0]?.presences.kitesurfing?.pending?.sinceMs as number;
    const before = beach.watch(69_000, waiting + 7_000, { kitesurfing: 0.95 });
    expect(before.changed.beach).toBe(false);
    const after = beach.see(waiting + 8_000, { kitesurfing: 0.95 });
    expect(after).toMatchObject({
      beach: { activity: 'kitesurfing', activities: ['kitesurfing'], since: EPOCH + waiting },
      changed: { beach: true, zones: ['beach'] },
      pending: false,
    });
  });

  it('needs three pictures, however far apart', () => {
    const beach = rig();
    beach.watch(0, 30_000, {});
    expect(beach.see(55_000, { surfing: 0.95 }).pending).toBe(true);
    expect(beach.see(80_000, { surfing: 0.95 }).beach.activity).toBe('none');
    expect(beach.see(105_000, { surfing: 0.95 }).beach).toMatchObject({
      activity: 'surfing',
      since: EPOCH + 55_000,
    });
  });

  it('does not come from one wild picture, not even after a long gap', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.25 });
    beach.see(55_000, { surfing: 1 });
    for (let atMs = 56_000; atMs < 100_000; atMs += 1_000) {
      expect(beach.see(atMs, { surfing: 0.25 }).beach.activity).toBe('none');
    }
    expect(beach.events).toEqual([]);
  });

  it('leaves at a lower score than it enters', () => {
    const beach = rig();
    const { windsurfing = 0 } = OPTIONS.thresholds;
    expect(beach.watch(0, 30_000, { windsurfing: 0.8 }).beach.activity).toBe('windsurfing');
    const between = windsurfing * (1 + LEAVE_RATIO) * 0.5;
    expect(beach.watch(31_000, 200_000, { windsurfing: between }).beach.activity).toBe('windsurfing');
    expect(beach.watch(201_000, 300_000, { windsurfing: 0.1 }).beach.activity).toBe('none');
    expect(beach.watch(301_000, 500_000, { windsurfing: between }).beach.activity).toBe('none');
  });

  it('of the lead waits for the dwell too, and both are listed in the order of the head', () => {
    const beach = rig();
    beach.watch(0, 60_000, { surfing: 0.8, kitesurfing: 0.9 });
    const close = beach.see(61_000, { surfing: 0.9, kitesurfing: 0.8 });
    expect(close.beach).toMatchObject({ activity: 'kitesurfing', activities: ['surfing', 'kitesurfing'] });
    const later = beach.watch(62_000, 90_000, { surfing: 0.9, kitesurfing: 0.8 });
    expect(later.beach.activity).toBe('surfing');
    expect(later.beach.since).toBeGreaterThan(EPOCH + 61_000);
    const left = beach.watch(91_000, 150_000, { kitesurfing: 0.8 });
    expect(left.beach.activity).toBe('kitesurfing');
    expect(left.beach.since).toBeGreaterThan(EPOCH + 91_000);
  });
});

describe('a picture that cannot be judged', () => {
  it('changes nothing where it is one between good ones, and is not mixed in', () => {
    const beach = rig();
    const before = beach.watch(0, 30_000, { surfing: 0.9 });
    const bad = beach.fail(31_000, 'obscured');
    expect(bad).toMatchObject({ beach: { activity: 'surfing', scores: before.beach.scores }, pending: true });
    expect(beach.see(40_000, { surfing: 0.9 })).toMatchObject({
      beach: { activity: 'surfing' },
      pending: false,
    });
  });

  it('makes the activity unknown after its own dwell, since the first of them', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    expect(beach.fail(31_000, 'dark').beach.activity).toBe('surfing');
    expect(beach.fail(33_000, 'obscured').beach.activity).toBe('surfing');
    expect(beach.fail(34_000, 'dark')).toMatchObject({
      beach: { activity: 'unknown', activities: [], scores: {}, visibility: 'dark', since: EPOCH + 31_000 },
      pending: false,
    });
  });

  it('keeps its reason until an activity is settled again, from new scores alone', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.95 });
    for (const atMs of [31_000, 32_000, 35_000]) beach.fail(atMs, 'dark');
    expect(beach.watch(36_000, 43_000, {})).toMatchObject({
      beach: { activity: 'unknown', visibility: 'dark', scores: {} },
      pending: true,
    });
    const settled = beach.see(44_000, {});
    expect(settled.beach).toMatchObject({ activity: 'none', visibility: 'ok', since: EPOCH + 36_000 });
    expect(settled.beach.scores.surfing).toBeCloseTo(0.05, 9);
  });

  it('starts the wait anew when a bad one comes between', () => {
    const beach = rig();
    beach.watch(0, 20_000, {});
    for (const atMs of [21_000, 25_000]) beach.fail(atMs, 'dark');
    beach.watch(26_000, 32_000, {});
    beach.fail(33_000, 'dark');
    expect(beach.watch(34_000, 41_000, {}).beach.activity).toBe('unknown');
    expect(beach.see(42_000, {}).beach.activity).toBe('none');
  });

  it.each(['camera-lost', 'frozen'] as const)('takes effect at once when it is %s', visibility => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    expect(beach.fail(30_500, visibility, null)).toMatchObject({
      beach: { activity: 'unknown', visibility, since: EPOCH + 30_500, frame: null },
      changed: { beach: true },
    });
  });

  it('replaces the reason by one that lasts, without touching since', () => {
    const beach = rig();
    beach.fail(0, 'camera-lost', null);
    beach.fail(1_000, 'frozen');
    expect(beach.fail(2_000, 'dark').beach.visibility).toBe('frozen');
    expect(beach.fail(3_000, 'obscured').beach.visibility).toBe('frozen');
    expect(beach.fail(4_000, 'obscured').beach.visibility).toBe('frozen');
    expect(beach.fail(6_000, 'obscured').beach).toMatchObject({ visibility: 'obscured', since: EPOCH });
  });
});

describe('no picture at all', () => {
  it('makes the activity unknown after staleAfterMs, by a tick', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    expect(beach.fail(60_000, 'ok', null).changed.beach).toBe(false);
    expect(beach.fail(60_001, 'ok', null)).toMatchObject({
      beach: { activity: 'unknown', visibility: 'camera-lost', since: EPOCH + 60_001 },
      changed: { beach: true },
    });
  });

  it('does not let the next picture go on where the old ones ended', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    expect(beach.see(90_000, { surfing: 0.9 }).beach).toMatchObject({
      activity: 'unknown',
      visibility: 'camera-lost',
    });
  });
});

describe('a pause', () => {
  it('is unknown at once, stays so as time passes, and the first picture after it decides anew', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    const paused = {
      activity: 'unknown',
      activities: [],
      scores: {},
      visibility: 'paused',
      since: EPOCH + 31_000,
    };
    expect(beach.fail(31_000, 'paused', null)).toMatchObject({ beach: paused, pending: false });
    // A tick, long after a camera would count as lost.
    expect(beach.fail(600_000, 'ok', null)).toMatchObject({ beach: paused, changed: { beach: false } });
    expect(beach.see(600_500, {}).beach).toMatchObject({
      activity: 'none',
      visibility: 'ok',
      since: EPOCH + 600_500,
    });
  });
});

describe('a restart with another head', () => {
  it('reports again from the next picture on', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    beach.state = restartTracker(beach.state, 30_500);
    expect(beach.see(31_000, {})).toMatchObject({
      beach: { activity: 'none', since: EPOCH + 31_000 },
      changed: { beach: true, zones: ['beach'] },
    });
  });
});
