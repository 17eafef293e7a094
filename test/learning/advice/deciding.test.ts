import { describe, expect, it } from 'vitest';
import { activitiesAbove } from '../../../src/activity/scores.ts';
import { decidingCells, doubt } from '../../../src/learning/advice/deciding.ts';
import { zoneScoresOf } from '../../../src/learning/archive/sight.ts';
import { fc } from '../../support/fast-check.ts';
import { cellOf, JUDGED_BY, THRESHOLDS } from './support.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const cells = fc.array(
  fc
    .record({
      surfing: share,
      windsurfing: share,
      kitesurfing: share,
      zone: fc.constantFrom('left', 'right', ''),
    })
    .map(({ zone, ...scores }) => cellOf(scores, zone)),
  { minLength: 1, maxLength: 8 },
);

describe('decidingCells', () => {
  it('says of each activity what the daemon says of the zone where it is strongest', () => {
    fc.assert(
      fc.property(cells, some => {
        const zones = zoneScoresOf(some, JUDGED_BY);
        for (const one of decidingCells(some, JUDGED_BY)) {
          const scores = [...zones.values()].map(zone => zone[one.activity] ?? 0);
          expect(one.score).toBe(Math.max(...scores));
          expect(one.score).toBe(zones.get(one.zone)?.[one.activity]);
        }
        const present = new Set([...zones.values()].flatMap(zone => activitiesAbove(zone, THRESHOLDS)));
        const found = decidingCells(some, JUDGED_BY).filter(one => one.present);
        expect(new Set(found.map(({ activity }) => activity))).toEqual(present);
      }),
    );
  });

  it('names the cell of that zone with the highest score', () => {
    const some = [
      cellOf({ surfing: 0.2 }, 'left', 0),
      cellOf({ surfing: 0.9 }, 'left', 0.25),
      cellOf({ surfing: 0.6, kitesurfing: 0.4 }, 'left', 0.5),
      cellOf({ kitesurfing: 0.7 }, 'right', 0.75),
    ];
    const [surfing, kitesurfing] = decidingCells(some, JUDGED_BY);
    expect(surfing).toMatchObject({
      activity: 'surfing',
      zone: 'left',
      cell: 1,
      cellScore: 0.9,
      present: true,
    });
    expect(surfing?.rectangle.x).toBe(0.25);
    // Three riders say more than one.
    expect(surfing?.score).toBeGreaterThan(0.9);
    expect(kitesurfing).toMatchObject({ activity: 'kitesurfing', zone: 'right', cell: 3 });
    expect(kitesurfing?.score).toBeCloseTo(0.7, 2);
  });

  it('has nothing to say of a frame without cells, or with none in a zone', () => {
    expect(decidingCells([], JUDGED_BY)).toEqual([]);
    expect(decidingCells([cellOf({ surfing: 0.9 }, '')], JUDGED_BY)).toEqual([]);
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
