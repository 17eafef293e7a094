import { describe, expect, it } from 'vitest';
import { median, quantile } from '../../src/base/quantile.ts';

describe('quantile', () => {
  it('is that of NumPy', () => {
    // numpy.quantile([16, 1, 8, 2, 4], [0.025, 0.5, 0.975]), NumPy 2
    expect([0.025, 0.5, 0.975].map(at => quantile([16, 1, 8, 2, 4], at))).toEqual([
      expect.closeTo(1.1, 9),
      4,
      expect.closeTo(15.2, 9),
    ]);
    expect(quantile([3], 0.5)).toBe(3);
    expect(median([10, 0])).toBe(5);
  });
});
