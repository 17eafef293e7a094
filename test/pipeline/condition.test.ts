import { describe, expect, it } from 'vitest';
import { captureOff, conditionOf, sameCondition } from '../../src/pipeline/condition.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { settingsWith } from '../control/support.ts';

describe('the condition of the daemon', () => {
  it('follows the camera', () => {
    expect(conditionOf({ off: null, camera: 'starting' })).toEqual({ state: 'starting' });
    expect(conditionOf({ off: null, camera: 'online' })).toEqual({ state: 'running' });
    const lost = conditionOf({ off: null, camera: 'offline', cameraFault: 'camera-missing: no file' });
    expect(lost).toEqual({ state: 'degraded', reason: 'camera-missing: no file' });
    expect(conditionOf({ off: null, camera: 'ended' }).state).toBe('degraded');
  });

  it('is degraded where a camera gives pictures and none of them is judged', () => {
    const unjudged = 'image-too-large: no picture was judged for 30 s';
    expect(conditionOf({ off: null, camera: 'online', unjudged })).toEqual({
      state: 'degraded',
      reason: unjudged,
    });
    expect(conditionOf({ off: null, camera: 'offline', cameraFault: 'gone', unjudged }).reason).toBe('gone');
  });

  it('says why capture is off before it speaks of the camera', () => {
    const off = { state: 'paused', reason: 'asked for', until: null } as const;
    expect(conditionOf({ off, camera: 'offline', cameraFault: 'gone' })).toEqual(off);
  });

  it('is another where only the reason is', () => {
    const before = { state: 'degraded', reason: 'a' } as const;
    expect(sameCondition(before, { state: 'degraded', reason: 'a' })).toBe(true);
    expect(sameCondition(before, { state: 'degraded', reason: 'b' })).toBe(false);
  });
});

const NOON = Date.UTC(2026, 5, 1, 12);
const NIGHT = Date.UTC(2026, 5, 1, 23);

const always = settingsWith().schedule;
const byDay = settingsWith([
  'schedule.timeZone=UTC',
  'schedule.enabled=true',
  'schedule.daylight=all',
  'schedule.windows=[{"from":"08:00","to":"20:00"}]',
]).schedule;

function offAt(ms: number, options = byDay, pause: Parameters<typeof captureOff>[0] = null) {
  return captureOff(pause, createSchedule(options).at(ms), options);
}

describe('capture', () => {
  it('is on where nothing is against it', () => {
    expect(offAt(NIGHT, always)).toBeNull();
    expect(offAt(NOON)).toBeNull();
  });

  it('is off outside of the schedule, until it opens', () => {
    const until = Date.UTC(2026, 5, 2, 8);
    expect(offAt(NIGHT)).toEqual({ state: 'closed', until, reason: expect.stringContaining('windows') });
  });

  it('says of the sun and the windows which is true now, the sun where both are', () => {
    // Lisbon in June: sunrise at 5:12, sunset at 19:56 UTC.
    const { schedule } = settingsWith([
      'schedule.timeZone=UTC',
      'schedule.enabled=true',
      'schedule.latitude=38.7',
      'schedule.longitude=-9.4',
      'schedule.windows=[{"from":"08:00","to":"20:30"}]',
    ]);
    const stateAt = (hour: number, minute = 0) => offAt(Date.UTC(2026, 5, 1, hour, minute), schedule)?.state;
    expect(stateAt(4)).toBe('night');
    expect(stateAt(6)).toBe('closed');
    expect(stateAt(8)).toBeUndefined();
    expect(stateAt(20, 15)).toBe('night');
    expect(stateAt(23)).toBe('night');
    // One schedule asked through the morning changes its answer at sunrise, not only when it opens.
    const kept = createSchedule(schedule);
    const morning = [4, 6].map(hour => kept.at(Date.UTC(2026, 5, 1, hour)));
    expect(morning.map(state => captureOff(null, state, schedule))).toMatchObject([
      { state: 'night', until: Date.UTC(2026, 5, 1, 8) },
      { state: 'closed', until: Date.UTC(2026, 5, 1, 8) },
    ]);
  });

  it('is off in a pause, whatever the schedule says', () => {
    const pause = { since: NOON, until: null, reason: null };
    expect(offAt(NOON, byDay, pause)).toEqual({ state: 'paused', reason: 'asked for', until: null });
    const mowing = { since: NOON, until: NIGHT, reason: 'lens is cleaned' };
    expect(offAt(NIGHT, byDay, mowing)).toEqual({
      state: 'paused',
      reason: 'lens is cleaned',
      until: NIGHT,
    });
  });
});
