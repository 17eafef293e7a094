import { describe, expect, it } from 'vitest';
import { createSchedule } from '../../src/schedule/schedule.ts';
import { closedBecause } from '../../src/watch/attendance.ts';
import { settingsWith } from '../control/support.ts';

const NOON = Date.UTC(2026, 5, 1, 12);
const NIGHT = Date.UTC(2026, 5, 1, 23);

const always = settingsWith().schedule;
const byDay = settingsWith([
  'schedule.timeZone=UTC',
  'schedule.enabled=true',
  'schedule.daylight=all',
  'schedule.windows=[{"from":"08:00","to":"20:00"}]',
]).schedule;

function closedAt(ms: number, options = byDay, pause: Parameters<typeof closedBecause>[0] = null) {
  return closedBecause(pause, createSchedule(options).at(ms), options);
}

describe('whether the camera is to be asked', () => {
  it('is asked where nothing is against it', () => {
    expect(closedAt(NIGHT, always)).toBeNull();
    expect(closedAt(NOON)).toBeNull();
  });

  it('rests outside of the schedule, until it opens', () => {
    const until = Date.UTC(2026, 5, 2, 8);
    expect(closedAt(NIGHT)).toEqual({ state: 'night', until, reason: expect.stringContaining('windows') });
  });

  it('rests in a pause, whatever the schedule says', () => {
    const pause = { since: NOON, until: null, reason: null };
    expect(closedAt(NOON, byDay, pause)).toEqual({ state: 'paused', reason: 'asked for', until: null });
    const mowing = { since: NOON, until: NIGHT, reason: 'lens is cleaned' };
    expect(closedAt(NIGHT, byDay, mowing)).toEqual({
      state: 'paused',
      reason: 'lens is cleaned',
      until: NIGHT,
    });
  });
});
