import { describe, expect, it } from 'vitest';
import { closedBecause } from '../../src/pipeline/attendance.ts';
import { createSchedule } from '../../src/schedule/schedule.ts';
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
    expect(closedAt(NIGHT)).toEqual({ state: 'closed', until, reason: expect.stringContaining('windows') });
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
    const stateAt = (hour: number, minute = 0) =>
      closedAt(Date.UTC(2026, 5, 1, hour, minute), schedule)?.state;
    expect(stateAt(4)).toBe('night');
    expect(stateAt(6)).toBe('closed');
    expect(stateAt(8)).toBeUndefined();
    expect(stateAt(20, 15)).toBe('night');
    expect(stateAt(23)).toBe('night');
    // One schedule asked through the morning changes its answer at sunrise, not only when it opens.
    const kept = createSchedule(schedule);
    const morning = [4, 6].map(hour => kept.at(Date.UTC(2026, 5, 1, hour)));
    expect(morning.map(state => closedBecause(null, state, schedule))).toMatchObject([
      { state: 'night', until: Date.UTC(2026, 5, 1, 8) },
      { state: 'closed', until: Date.UTC(2026, 5, 1, 8) },
    ]);
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
