import { expect, it } from 'vitest';
import { backoffMs } from '../../src/base/backoff.ts';
import { fc } from '../support/fast-check.ts';

const bounds = { retryMinMs: 1_000, retryMaxMs: 60_000 };

it('doubles between its bounds', () => {
  const pauses = [1, 2, 3, 6, 7, 10_000, Number.POSITIVE_INFINITY].map(n => backoffMs(n, bounds, () => 1));
  expect(pauses).toEqual([2_000, 4_000, 8_000, 60_000, 60_000, 60_000, 60_000]);
});

it('is spread over half of itself, and never below its least', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failures, random) => {
        const longest = backoffMs(failures, bounds, () => 1);
        const pause = backoffMs(failures, bounds, () => random);
        expect(pause).toBeLessThanOrEqual(longest);
        expect(pause).toBeGreaterThanOrEqual(Math.max(bounds.retryMinMs, longest / 2));
      },
    ),
  );
});
