import { describe, expect, it } from 'vitest';
import { verdict } from '../../scripts/soak/report.ts';
import type { Sample } from '../../scripts/soak/sample.ts';
import { seasonalSlope } from '../../scripts/soak/seasonal-slope.ts';
import { createRandom } from '../../src/base/random.ts';

const HOUR_MS = 3_600_000;

/** A day's course of ±`swing`, and what grows. */
function points(days: number, swing: number, valueAt: (hour: number) => number) {
  return Array.from({ length: days * 24 }, (_, hour) => ({
    season: hour % 24,
    at: hour / 24,
    value: swing * Math.sin((hour / 24) * 2 * Math.PI) + valueAt(hour),
  }));
}

describe('the slope by the hour of the day', () => {
  it('finds growth under the course of the day and noise', () => {
    const random = createRandom(3);
    const noisy = points(6, 20, hour => 200 + (1.5 * hour) / 24 + random.between(-1, 1));
    expect(seasonalSlope(noisy)).toBeCloseTo(1.5, 0);
    expect(seasonalSlope(points(6, 20, () => 200))).toBeCloseTo(0, 10);
  });

  it('is not moved by outliers, but by steps', () => {
    const outliers = points(6, 5, hour => 200 + (hour % 17 === 0 ? 60 : 0));
    expect(seasonalSlope(outliers)).toBeCloseTo(0, 1);
    // One descriptor more after the retraining of each day.
    const steps = points(6, 0, hour => 50 + Math.floor((hour + 12) / 24));
    expect(seasonalSlope(steps)).toBeCloseTo(1, 10);
  });

  it('says nothing of less than two days', () => {
    expect(seasonalSlope(points(1, 5, hour => hour))).toBeNull();
    expect(seasonalSlope([])).toBeNull();
  });
});

describe('the verdict of a soak', () => {
  const samples = (rssMB: (hour: number) => number, openFiles: (hour: number) => number): Sample[] =>
    Array.from({ length: 8 * 24 }, (_, index) => ({
      simulatedMs: (index + 1) * HOUR_MS,
      rssBytes: rssMB(index) * 1e6,
      anonymousBytes: 1e8,
      heapBytes: 4e7,
      externalBytes: 3e7,
      openFiles: openFiles(index),
      handles: 17,
      threads: 17,
      classified: index * 60,
      retrained: Math.floor((index + 12) / 24),
      latencyMs: 30,
    }));
  const grows = (of: readonly Sample[]) =>
    verdict(of)
      .filter(({ isKept }) => !isKept)
      .map(({ figure }) => figure);

  it('lets the two days of the warm-up pass, and nothing after', () => {
    const flat = () => 50;
    expect(grows(samples(hour => 200 + Math.min(hour, 47), flat))).toEqual([]);
    expect(grows(samples(hour => 200 + (1.2 * hour) / 24, flat))).toEqual(['RSS, MB']);
    expect(grows(samples(flat, hour => 50 + Math.floor(hour / 48)))).toEqual(['open files']);
  });

  it('is against a figure that was never seen', () => {
    const blind = samples(
      () => 200,
      () => 50,
    ).map(sample => ({ ...sample, latencyMs: null }));
    expect(grows(blind)).toEqual(['latency, ms']);
  });
});
