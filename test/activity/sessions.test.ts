import { describe, expect, it } from 'vitest';
import { stopTracker } from '../../src/activity/tracker.ts';
import { EPOCH, OPTIONS, picture, rig, scored } from './support.ts';

describe('a session', () => {
  it('starts when its activity began, is updated, and ends when it was last seen', () => {
    const beach = rig();
    beach.watch(0, 60_000, {});
    beach.watch(61_000, 240_000, { windsurfing: 0.9 });
    beach.watch(241_000, 300_000, {});
    const [started, ...updates] = beach.events;
    const ended = updates.pop();
    expect(started).toMatchObject({
      type: 'session_started',
      zone: 'beach',
      session: { id: 'id-1', end: null },
    });
    expect(updates.map(update => [update.type, update.session.id, update.session.end])).toEqual([
      ['session_updated', 'id-1', null],
      ['session_updated', 'id-1', null],
    ]);
    const session = ended?.session;
    expect(ended?.type).toBe('session_ended');
    expect(session?.start).toBe(started?.session.start);
    expect(session?.start).toBeGreaterThan(EPOCH + 61_000);
    expect(session?.start).toBeLessThan(EPOCH + 69_000);
    expect(session?.end).toBeGreaterThanOrEqual(EPOCH + 240_000);
    expect(session?.end).toBeLessThan(EPOCH + 250_000);
    expect(session?.durationMs).toBe((session?.end as number) - (session?.start as number));
    expect(session?.peak).toBeCloseTo(0.9, 3);
  });

  it('runs beside another one', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9, kitesurfing: 0.9 });
    beach.watch(31_000, 90_000, { surfing: 0.9 });
    expect(beach.events.map(({ type, session }) => [type, session.activity])).toEqual([
      ['session_started', 'surfing'],
      ['session_started', 'kitesurfing'],
      ['session_ended', 'kitesurfing'],
      ['session_updated', 'surfing'],
    ]);
  });

  it('outlives an unknown shorter than the gap', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    beach.fail(31_000, 'camera-lost', null);
    beach.watch(100_000, 120_000, { surfing: 0.9 });
    expect(beach.events.map(event => event.type)).toEqual(['session_started', 'session_updated']);
  });

  it.each([
    ['goes on', 0.9, ['session_started', 'session_updated']],
    ['ends where it was last seen', 0.02, ['session_started', 'session_ended']],
  ])('shown by a first picture within the gap %s with what confirms it after', (_, score, types) => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.97 });
    beach.fail(31_000, 'night', null);
    const backMs = 30_000 + OPTIONS.sessionGapMs - 1_000;
    expect(beach.see(backMs, { surfing: 0.97 }).zones[0]?.activities).toEqual(['surfing']);
    beach.watch(backMs + 1_000, backMs + 45_000, { surfing: score });
    expect(beach.events.map(event => event.type)).toEqual(types);
    const end = score === 0.9 ? null : EPOCH + 30_000;
    expect(beach.events.at(-1)?.session.end).toBe(end);
  });

  it('ends when the first picture after too long a gap shows it again, and another begins', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.97 });
    beach.fail(31_000, 'night', null);
    const backMs = 30_001 + OPTIONS.sessionGapMs;
    expect(beach.see(backMs, { surfing: 0.97 }).events).toMatchObject([{ type: 'session_ended' }]);
    beach.watch(backMs + 1_000, backMs + 60_000, { surfing: 0.97 });
    expect(beach.events.map(({ type, session }) => [type, session.id])).toEqual([
      ['session_started', 'id-1'],
      ['session_ended', 'id-1'],
      ['session_started', 'id-2'],
    ]);
    expect(beach.events.at(-1)?.session.start).toBe(EPOCH + backMs);
  });

  it('ends where it was last seen when the unknown lasts longer', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    beach.fail(31_000, 'camera-lost', null);
    expect(beach.fail(30_000 + OPTIONS.sessionGapMs, 'camera-lost', null).events).toEqual([]);
    expect(beach.fail(30_001 + OPTIONS.sessionGapMs, 'camera-lost', null).events).toMatchObject([
      { type: 'session_ended', session: { end: EPOCH + 30_000, durationMs: 30_000 } },
    ]);
  });

  it('ends where it was last seen when the activity is gone after the unknown', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    beach.fail(31_000, 'camera-lost', null);
    beach.watch(60_000, 70_000, {});
    expect(beach.events.at(-1)).toMatchObject({ type: 'session_ended', session: { end: EPOCH + 30_000 } });
  });

  it('has the right length when the wall clock is set while it lasts', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    const hour = 3_600_000;
    for (let monotonicMs = 31_000; monotonicMs <= 60_000; monotonicMs += 1_000) {
      const seen = picture(monotonicMs, { beach: { scores: scored({ surfing: 0.9 }) } });
      beach.observe({ ...seen, atMs: seen.atMs - hour });
    }
    const { events } = stopTracker(beach.state);
    expect(events).toMatchObject([
      { session: { start: EPOCH - hour, end: EPOCH - hour + 60_000, durationMs: 60_000 } },
    ]);
  });

  it('is ended by a shutdown, once', () => {
    const beach = rig();
    beach.watch(0, 30_000, { surfing: 0.9 });
    const { state, events } = stopTracker(beach.state);
    expect(events).toMatchObject([{ type: 'session_ended', frame: null, session: { end: EPOCH + 30_000 } }]);
    expect(stopTracker(state).events).toEqual([]);
  });
});
