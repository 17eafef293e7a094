import { expect, test } from 'vitest';
import {
  DURATION_PATTERN,
  formatDuration,
  OFFSET_PATTERN,
  parseDuration,
  parseOffset,
} from '../../src/base/duration.ts';
import { fc } from '../support/fast-check.ts';

test.each([
  ['2s', 2_000],
  ['500ms', 500],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1.5 h', 5_400_000],
  ['2d', 172_800_000],
  ['250', 250],
  ['0', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
  expect(text).toMatch(new RegExp(DURATION_PATTERN));
});

test.each(['', 'fast', '-1s', '2 weeks', '1s 2s', '1e3', '5M', '2 s ms', '99999999999999999d'])(
  '%j is no duration',
  text => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('a written duration reads back as the same number of milliseconds', () => {
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(1, 1_000, 60_000, 3_600_000), (count, unit) => {
      expect(parseDuration(formatDuration(count * unit))).toBe(count * unit);
    }),
  );
});

test('the largest unit that is exact is taken', () => {
  expect([0, 1, 1_500, 90_000, 60_000, 7_200_000].map(formatDuration)).toEqual([
    '0s',
    '1ms',
    '1500ms',
    '90s',
    '1m',
    '2h',
  ]);
});

test.each([
  ['-30m', -1_800_000],
  ['+30m', 1_800_000],
  ['1.5h', 5_400_000],
  [' -0s', 0],
])('%s is an offset of %d ms', (text, ms) => {
  expect(parseOffset(text)).toBe(ms);
  expect(text).toMatch(new RegExp(OFFSET_PATTERN));
});

test('what is no duration is no offset', () => {
  for (const text of ['', '-', '--1s', '- soon']) expect(parseOffset(text)).toBeUndefined();
  expect(parseOffset(formatDuration(-90_000))).toBe(-90_000);
});
