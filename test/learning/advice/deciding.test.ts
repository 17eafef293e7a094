import { describe, expect, it } from 'vitest';
import { scoreZones } from '../../../src/activity/classifier.ts';
import { presentActivities } from '../../../src/activity/scores.ts';
import { decidingTiles, doubt } from '../../../src/learning/advice/deciding.ts';
import { fc } from '../../support/fast-check.ts';
import { THRESHOLDS, tileOf } from './support.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const tiles = fc.array(
  fc
    .record({
      surfing: share,
      windsurfing: share,
      kitesurfing: share,
      zone: fc.constantFrom('left', 'right'),
    })
    .map(({ zone, ...scores }) => tileOf(scores, zone)),
  { minLength: 1, maxLength: 8 },
);

describe('decidingTiles', () => {
  it('says of each activity what the daemon says of the zone where it is strongest', () => {
    fc.assert(
      fc.property(tiles, some => {
        const zones = scoreZones(some);
        for (const one of decidingTiles(some, THRESHOLDS)) {
          const scores = Object.values(zones).map(zone => zone.scores[one.activity] ?? 0);
          expect(one.score).toBe(Math.max(...scores));
          expect(one.score).toBe(zones[one.zone]?.scores[one.activity]);
        }
        const present = new Set(
          Object.values(zones).flatMap(zone => presentActivities(zone.scores, THRESHOLDS)),
        );
        const found = decidingTiles(some, THRESHOLDS).filter(one => one.present);
        expect(new Set(found.map(({ activity }) => activity))).toEqual(present);
      }),
    );
  });

  it('names the tile of that zone with the highest score', () => {
    const some = [
      tileOf({ surfing: 0.2 }, 'left', 0),
      tileOf({ surfing: 0.9 }, 'left', 0.25),
      tileOf({ surfing: 0.6, kitesurfing: 0.4 }, 'left', 0.5),
      tileOf({ kitesurfing: 0.7 }, 'right', 0.75),
    ];
    const [surfing, kitesurfing] = decidingTiles(some, THRESHOLDS);
    expect(surfing).toMatchObject({
      activity: 'surfing',
      zone: 'left',
      tile: 1,
      tileScore: 0.9,
      present: true,
    });
    expect(surfing?.rectangle.x).toBe(0.25);
    expect(surfing?.score).toBeCloseTo(0.75);
    expect(kitesurfing).toMatchObject({ activity: 'kitesurfing', zone: 'right', tile: 3, score: 0.7 });
  });

  it('has nothing to say of a frame without tiles', () => {
    expect(decidingTiles([], THRESHOLDS)).toEqual([]);
  });
});

describe('doubt', () => {
  it('is 1 on the threshold and 0 at certainty, and falls from one to the other', () => {
    fc.assert(
      fc.property(share, share, share, (a, b, threshold) => {
        const of = (score: number) => doubt({ score, threshold });
        expect(of(a)).toBeGreaterThanOrEqual(0);
        expect(of(a)).toBeLessThanOrEqual(1);
        expect(of(threshold)).toBe(1);
        const [low, high] = a < b ? [a, b] : [b, a];
        if (high < threshold) expect(of(low)).toBeLessThanOrEqual(of(high));
        if (low >= threshold) expect(of(low)).toBeGreaterThanOrEqual(of(high));
      }),
    );
    expect(doubt({ score: 0, threshold: 0.4 })).toBe(0);
    expect(doubt({ score: 1, threshold: 0.4 })).toBe(0);
  });
});
