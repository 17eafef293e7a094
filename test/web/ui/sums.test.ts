import { describe, expect, it } from 'vitest';
import { busiestOf, type HistoryHour, timelineOf, weekOf } from '../../../src/web/ui/views/before/sums.ts';

const hourOf = (
  hour: string,
  activity: string,
  minutes: number,
  peak: number | null = null,
): HistoryHour => ({
  hour: `2026-06-${hour}:00:00.000Z`,
  scope: '',
  activity,
  minutes,
  peak,
});

const HOUR_MS = 3_600_000;
const FORTNIGHT = { fromMs: Date.UTC(2026, 5, 1), toMs: Date.UTC(2026, 5, 15) };

/** Monday the first of June, and the Monday after it. */
const HOURS = [
  hourOf('01T08', 'surfing', 40, 5),
  hourOf('01T08', 'windsurfing', 10, 2),
  hourOf('01T08', 'none', 15),
  hourOf('01T09', 'none', 60),
  hourOf('01T23', 'surfing', 30, 7),
  hourOf('08T08', 'surfing', 20, 1),
  hourOf('08T08', 'none', 40),
  hourOf('08T03', 'unknown', 60),
];

describe('the timeline', () => {
  it('has the minutes of each activity by hour, 0 where it was not there', () => {
    const { times, rows } = timelineOf(HOURS, {
      ...FORTNIGHT,
      by: 'hour',
      measure: 'minutes',
      timeZone: 'UTC',
    });
    const hoursOf = (ms: number) => ms / HOUR_MS;
    expect(times).toEqual(
      Array.from({ length: 14 * 24 }, (_, hour) => FORTNIGHT.fromMs / 1_000 + 3_600 * hour),
    );
    const seen = (values: readonly number[]) =>
      values.flatMap((value, hour) => (value > 0 ? [[hour, value]] : []));
    expect(rows.map(({ activity, values }) => [activity, seen(values)])).toEqual([
      [
        'surfing',
        [
          [8, 40],
          [23, 30],
          [hoursOf(Date.UTC(2026, 5, 8, 8) - FORTNIGHT.fromMs), 20],
        ],
      ],
      ['windsurfing', [[8, 10]]],
    ]);
  });

  it('adds minutes up by days of the time zone, of riders it takes the most', () => {
    const lisbon = { ...FORTNIGHT, by: 'day', timeZone: 'Europe/Lisbon' } as const;
    const values = (measure: 'minutes' | 'riders') =>
      timelineOf(HOURS, { ...lisbon, measure }).rows.find(({ activity }) => activity === 'surfing')?.values;
    // 23 h UTC is the next day in Lisbon.
    expect(values('minutes')).toEqual([40, 30, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0]);
    expect(values('riders')?.filter(riders => riders > 0)).toEqual([5, 7, 1]);
  });
});

describe('the hours of the week', () => {
  it('averages over the hours that were watched, and counts two activities at once once', () => {
    const week = weekOf(HOURS, 'UTC');
    expect(week).toHaveLength(168);
    // The first Monday 45 of 60 minutes, as 15 had nobody; the second 20.
    expect(week.find(({ day, hour }) => day === 0 && hour === 8)?.minutes).toBe(32.5);
    expect(week.find(({ day, hour }) => day === 0 && hour === 9)?.minutes).toBe(0);
  });

  it('tells hours in which nobody looked from those in which nobody was there', () => {
    expect(weekOf(HOURS, 'UTC').find(({ day, hour }) => day === 0 && hour === 3)?.minutes).toBeNull();
  });

  it('follows the time zone over midnight', () => {
    const week = weekOf([hourOf('07T23', 'surfing', 60)], 'Europe/Lisbon');
    expect(busiestOf(week, 5)).toEqual([{ day: 0, hour: 0, minutes: 60 }]);
  });

  it('names the busiest first', () => {
    expect(busiestOf(weekOf(HOURS, 'UTC'), 1)).toEqual([{ day: 0, hour: 8, minutes: 32.5 }]);
    expect(busiestOf(weekOf([], 'UTC'), 5)).toEqual([]);
  });
});
