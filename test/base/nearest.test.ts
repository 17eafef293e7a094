import { describe, expect, it } from 'vitest';
import { nearestOf } from '../../src/base/nearest.ts';

describe('nearestOf', () => {
  it.each([
    ['staus', 'status'],
    ['retrian', 'retrain'],
    ['STATUS', undefined],
    ['xyz', undefined],
    ['roll', undefined],
    ['rollbak', 'rollback'],
  ])('%s: %s', (word, nearest) => {
    expect(nearestOf(word, ['status', 'retrain', 'rollback'])).toBe(nearest);
  });
});
