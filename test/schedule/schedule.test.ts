import { describe, expect, it, test, vi } from 'vitest';
import type { ScheduleOptions } from '../../src/schedule/options.ts';
import { createSchedule, openSpans, scheduleAt } from '../../src/schedule/schedule.ts';
import { contains } from '../../src/schedule/spans.ts';
import * as sun from '../../src/schedule/sun.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fc } from '../support/fast-check.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ON: ScheduleOptions = { ...DEFAULTS.schedule, enabled: true, timeZone: 'UTC' };
const LISBON: ScheduleOptions = { ...ON, latitude: 38.7, longitude: -9.42, timeZone: 'Europe/Lisbon' };
const WINDOWS: ScheduleOptions = {
  ...ON,
  daylight: 'all',
  windows: [{ days: ['mon-fri'], from: '08:00', to: '20:00' }],
};
const at = (time: string) => Date.parse(time);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 16));

function answer(time: string, options: ScheduleOptions) {
  const { open, reason, nextChangeMs } = scheduleAt(at(time), options);
  return [open, reason, iso(nextChangeMs)];
}

test('without a schedule it is always open', () => {
  expect(answer('2026-06-01T00:00Z', DEFAULTS.schedule)).toEqual([true, 'always', null]);
});

test('a clock that is not set is no reason to sleep', () => {
  for (const time of ['1970-01-01T00:00Z', '2025-12-31T23:59Z']) {
    expect(answer(time, WINDOWS)).toEqual([true, 'clock-unset', null]);
  }
  expect(answer('2026-01-01T00:00Z', WINDOWS)).toEqual([false, 'outside-windows', '2026-01-01T08:00']);
});

describe('daylight', () => {
  it('opens at sunrise and closes at sunset', () => {
    expect(answer('2026-06-21T02:00Z', LISBON)).toEqual([false, 'sun-down', '2026-06-21T05:13']);
    expect(answer('2026-06-21T12:00Z', LISBON)).toEqual([true, 'scheduled', '2026-06-21T20:05']);
  });

  it('has offsets on both ends', () => {
    const shifted = { ...LISBON, morningOffsetMs: -HOUR_MS, eveningOffsetMs: HOUR_MS / 2 };
    expect(answer('2026-06-21T02:00Z', shifted)).toEqual([false, 'sun-down', '2026-06-21T04:13']);
    expect(answer('2026-06-21T12:00Z', shifted)).toEqual([true, 'scheduled', '2026-06-21T20:35']);
  });

  it('vanishes where the offsets leave nothing of it', () => {
    const short = { ...ON, latitude: 66, longitude: 25, morningOffsetMs: 3 * HOUR_MS, eveningOffsetMs: 0 };
    expect(openSpans(at('2026-12-20T00:00Z'), at('2026-12-23T00:00Z'), short)).toEqual([]);
    expect(openSpans(at('2026-06-20T00:00Z'), at('2026-06-23T00:00Z'), short).length).toBeGreaterThan(0);
  });

  it('lasts for weeks beyond the polar circle', () => {
    const north = { ...ON, latitude: 80, longitude: 0 };
    // The tables of the Naval Observatory have the same days for 2019.
    expect(answer('2027-06-21T00:00Z', north)).toMatchObject([true, 'scheduled', /^2027-08-30T2/]);
    expect(answer('2026-12-21T12:00Z', north)).toMatchObject([false, 'sun-down', /^2027-02-2[012]T1/]);
  });

  it('ends once and begins once in a year at the pole', () => {
    const pole = { ...ON, latitude: -90, longitude: 0 };
    expect(answer('2026-06-21T00:00Z', pole)).toMatchObject([false, 'sun-down', /^2026-09-2/]);
  });
});

describe('windows', () => {
  it('open and close by the clock of the time zone', () => {
    const lisbon = { ...WINDOWS, timeZone: 'Europe/Lisbon' };
    expect(answer('2026-06-01T06:30Z', lisbon)).toEqual([false, 'outside-windows', '2026-06-01T07:00']);
    expect(answer('2026-06-01T07:00Z', lisbon)).toEqual([true, 'scheduled', '2026-06-01T19:00']);
    expect(answer('2026-06-05T19:00Z', lisbon)).toEqual([false, 'outside-windows', '2026-06-08T07:00']);
  });

  it('go over midnight, and over the end of the week', () => {
    const night = { ...WINDOWS, windows: [{ days: ['sat-mon'], from: '22:00', to: '02:00' }] };
    expect(answer('2026-06-01T01:00Z', night)).toEqual([true, 'scheduled', '2026-06-01T02:00']);
    expect(answer('2026-06-02T01:00Z', night)).toEqual([true, 'scheduled', '2026-06-02T02:00']);
    expect(answer('2026-06-03T01:00Z', night)).toEqual([false, 'outside-windows', '2026-06-06T22:00']);
  });

  it('that touch are one', () => {
    const all = {
      ...WINDOWS,
      windows: [
        { from: '00:00', to: '12:00' },
        { from: '12:00', to: '24:00' },
      ],
    };
    expect(answer('2026-06-01T01:00Z', all)).toEqual([true, 'scheduled', null]);
  });

  it.each([
    // Europe/Berlin: 02:00 to 03:00 is skipped on 2026-03-29, shown twice on 2026-10-25.
    ['begins when the skipped hour is', '02:30', '06:00', '2026-03-29T01:00', '2026-03-29T04:00'],
    ['ends when the skipped hour is', '01:00', '02:30', '2026-03-29T00:00', '2026-03-29T01:00'],
    ['begins the first time', '02:30', '06:00', '2026-10-25T00:30', '2026-10-25T05:00'],
    ['ends the last time', '01:00', '02:30', '2026-10-24T23:00', '2026-10-25T01:30'],
  ])('one %s', (_, from, to, opens, closes) => {
    const berlin = { ...WINDOWS, timeZone: 'Europe/Berlin', windows: [{ from, to }] };
    const spans = openSpans(at(`${opens.slice(0, 10)}T00:00Z`) - 6 * HOUR_MS, at(closes) + DAY_MS, berlin);
    expect(spans.map(({ fromMs, toMs }) => [iso(fromMs), iso(toMs)])).toContainEqual([opens, closes]);
  });

  it('are an hour shorter or longer on the days the clock is changed', () => {
    const day = {
      ...WINDOWS,
      timeZone: 'Europe/Berlin',
      windows: [{ from: '00:00', to: '24:00', days: ['sun'] }],
    };
    const lengths = ['2026-03-28', '2026-10-24', '2026-06-06'].map(date => {
      const [span] = openSpans(at(`${date}T12:00Z`), at(`${date}T12:00Z`) + 2 * DAY_MS, day);
      return ((span?.toMs ?? 0) - (span?.fromMs ?? 0)) / HOUR_MS;
    });
    expect(lengths).toEqual([23, 25, 24]);
  });
});

test('within windows and daylight both', () => {
  const both = {
    ...LISBON,
    windows: [
      { from: '06:00', to: '10:00' },
      { from: '17:00', to: '23:00' },
    ],
  };
  const spans = openSpans(at('2026-06-20T23:00Z'), at('2026-06-21T23:00Z'), both);
  expect(spans.map(({ fromMs, toMs }) => [iso(fromMs), iso(toMs)])).toEqual([
    ['2026-06-21T05:13', '2026-06-21T09:00'],
    ['2026-06-21T16:00', '2026-06-21T20:05'],
  ]);
  expect(answer('2026-06-21T12:00Z', both)).toEqual([false, 'outside-windows', '2026-06-21T16:00']);
});

const anyOptions = fc.record({
  enabled: fc.constant(true),
  daylight: fc.constantFrom('sun' as const, 'civil' as const, 'all' as const),
  latitude: fc.constantFrom(-78, -33, 0, 52, 69, 80),
  longitude: fc.constantFrom(-170, 0, 18, 175),
  morningOffsetMs: fc.integer({ min: -360, max: 360 }).map(minutes => minutes * 60_000),
  eveningOffsetMs: fc.integer({ min: -360, max: 360 }).map(minutes => minutes * 60_000),
  windows: fc.constantFrom(
    [],
    [{ from: '08:00', to: '20:00' }],
    [
      { days: ['fri-sun'], from: '22:15', to: '03:45' },
      { days: ['wed'], from: '01:30', to: '02:30' },
    ],
  ),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns'),
});
const anyTime = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2029-01-01T00:00Z') });

test('the next change is one, and there is none before it', () => {
  fc.assert(
    fc.property(anyOptions, anyTime, fc.double({ min: 0, max: 1, noNaN: true }), (options, now, share) => {
      const { open, nextChangeMs } = scheduleAt(now, options);
      if (nextChangeMs === null) return;
      expect(nextChangeMs).toBeGreaterThan(now);
      expect(scheduleAt(nextChangeMs, options).open).toBe(!open);
      const between = Math.floor(now + share * (nextChangeMs - 1 - now));
      expect(scheduleAt(between, options).open).toBe(open);
    }),
    { numRuns: 20 },
  );
});

test('the answer at a time agrees with the list of a whole week', () => {
  fc.assert(
    fc.property(anyOptions, anyTime, fc.integer({ min: 0, max: 7 * DAY_MS }), (options, from, ahead) => {
      const spans = openSpans(from, from + 7 * DAY_MS + 1, options);
      expect(scheduleAt(from + ahead, options).open).toBe(spans.some(span => contains(span, from + ahead)));
    }),
    { numRuns: 20 },
  );
});

describe('the schedule of the daemon', () => {
  it('gives the same answers, wherever the wall clock jumps', () => {
    fc.assert(
      fc.property(anyOptions, fc.array(anyTime, { minLength: 2, maxLength: 3 }), (options, times) => {
        const schedule = createSchedule(options);
        for (const now of times.flatMap(time => [time, time + 1_000, time - 1_000])) {
          const { open, reason } = scheduleAt(now, options);
          expect(schedule.at(now)).toMatchObject({ open, reason });
        }
      }),
      // A year is searched for each answer of a schedule that never opens: a busy machine takes long over those.
      { numRuns: 8 },
    );
  });

  it('wakes up from a clock that was not set', () => {
    const schedule = createSchedule(LISBON);
    expect(schedule.at(1_000)).toMatchObject({ open: true, reason: 'clock-unset' });
    expect(schedule.at(at('2026-06-21T23:00Z'))).toMatchObject({ open: false, reason: 'sun-down' });
    expect(schedule.at(at('2026-06-21T12:00Z'))).toMatchObject({ open: true, reason: 'scheduled' });
  });

  it('works each answer out once', () => {
    const daylight = vi.spyOn(sun, 'daylight');
    const schedule = createSchedule(LISBON);
    const start = at('2026-06-21T00:00Z');
    for (let second = 0; second < 86_400; second += 10) schedule.at(start + second * 1_000);
    // At the start, at sunrise and at sunset, each with a few looks ahead.
    expect(daylight.mock.calls.length).toBeGreaterThan(2);
    expect(daylight.mock.calls.length).toBeLessThan(20);
  });
});
