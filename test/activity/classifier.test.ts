import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ScoredTile, scoreZones } from '../../src/activity/classifier.ts';

const tile = (zone: string, x: number, surfing: number, kitesurfing = 0.1): ScoredTile => ({
  zone,
  rectangle: { x, y: 0, w: 0.1, h: 0.1 },
  scores: { surfing, kitesurfing },
});

describe('scoreZones', () => {
  it('leaves the scores of a single tile as they are', () => {
    const { beach } = scoreZones([tile('beach', 0, 0.7)]);
    expect(beach?.scores.surfing).toBeCloseTo(0.7);
    expect(beach?.scores.kitesurfing).toBeCloseTo(0.1);
  });

  it('divides the odds of the strongest tile by the number of tiles', () => {
    // Odds of 0.9 are 9; a third of that is 3, which is 0.75.
    const { beach } = scoreZones([tile('beach', 0, 0.2), tile('beach', 0.5, 0.9), tile('beach', 0.7, 0.4)]);
    expect(beach?.scores.surfing).toBeCloseTo(0.75);
    expect(beach?.tile.x).toBe(0.5);
  });

  it('keeps zones apart', () => {
    const zones = scoreZones([tile('north', 0, 0.9), tile('south', 0.5, 0.2)]);
    expect(Object.keys(zones)).toEqual(['north', 'south']);
    expect(zones.south?.scores.surfing).toBeCloseTo(0.2);
  });

  it('stays within 0..1, and rises with the strongest tile', () => {
    const probability = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1, maxLength: 30 }), scores => {
        const { beach } = scoreZones(scores.map((score, index) => tile('beach', index / 100, score)));
        const score = beach?.scores.surfing ?? Number.NaN;
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(Math.max(...scores) + 1e-12);
      }),
    );
  });
});
