import { describe, expect, it, test } from 'vitest';
import { daylight, type SunOptions } from '../../src/schedule/sun.ts';
import { CIVIL, GRAZING, USNO_2019 } from './almanac.ts';

const DAY_MS = 86_400_000;
/** Half a minute is the rounding of the tables. */
const TOLERANCE_MS = 45_000;

function crossings(fromMs: number, toMs: number, options: SunOptions) {
  const spans = daylight(fromMs, toMs, options);
  const within = (times: number[]) => times.filter(ms => ms >= fromMs && ms < toMs);
  return { rise: within(spans.map(span => span.fromMs)), set: within(spans.map(span => span.toMs)), spans };
}

const DAYS = USNO_2019.flatMap(({ latitude, longitude, lines }) =>
  lines.split('\n').map(line => {
    const [date = '', rise = '', set = ''] = line.split(' ');
    return { latitude, longitude, date: `2019-${date}`, rise, set };
  }),
);

function timesOf(date: string, column: string): number[] {
  if (!/^\d{4}$/.test(column)) return [];
  return [Date.parse(`${date}T${column.slice(0, 2)}:${column.slice(2)}Z`)];
}

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((ms, index) => {
    expect(Math.abs((found[index] ?? 0) - ms)).toBeLessThanOrEqual(TOLERANCE_MS);
  });
}

describe('sunrise and sunset are those of the Naval Observatory', () => {
  it.each(DAYS)('$date at $latitude, $longitude: $rise $set', ({ latitude, longitude, date, rise, set }) => {
    const fromMs = Date.parse(`${date}T00:00Z`);
    const found = crossings(fromMs, fromMs + DAY_MS, { daylight: 'sun', latitude, longitude });
    expectNear(found.rise, timesOf(date, rise));
    expectNear(found.set, timesOf(date, set));
    if (rise === '----') expect(found.spans).toEqual([]);
    if (rise === '****') {
      expect(found.spans).toEqual([{ fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }]);
    }
  });

  it.each(GRAZING)('where the sun hardly sets, at $latitude', ({ latitude, longitude, kind, times }) => {
    const wanted = times.map(time => Date.parse(time));
    const [first = 0, last = 0] = [wanted[0], wanted.at(-1)];
    const found = crossings(first - 600_000, last + 600_000, { daylight: 'sun', latitude, longitude });
    expectNear(found[kind], wanted);
  });
});

test.each(CIVIL)('civil twilight at $latitude: $dawn, $dusk', ({ latitude, longitude, dawn, dusk }) => {
  const [from, to] = [Date.parse(dawn), Date.parse(dusk)];
  const found = crossings(from - 3_600_000, to + 3_600_000, { daylight: 'civil', latitude, longitude });
  expectNear(found.rise, [from]);
  expectNear(found.set, [to]);
});

test('at the poles there is one day a year', () => {
  const year = [Date.UTC(2022, 0, 1), Date.UTC(2023, 0, 1)] as const;
  const [north, south] = [90, -90].map(latitude => {
    return crossings(...year, { daylight: 'sun', latitude, longitude: 0 });
  });
  expect([north?.rise.length, north?.set.length, south?.rise.length, south?.set.length]).toEqual([
    1, 1, 1, 1,
  ]);
  expect(new Date(north?.rise[0] ?? 0).toISOString()).toMatch(/^2022-03-1[89]/);
  expect(new Date(south?.set[0] ?? 0).toISOString()).toMatch(/^2022-03-2[123]/);
});
