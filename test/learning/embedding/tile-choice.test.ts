import { describe, expect, it } from 'vitest';
import { activitiesIn, chooseTiles } from '../../../src/learning/embedding/tile-choice.ts';
import { createRandom } from '../../../src/ops/random.ts';
import { fc } from '../../support/fast-check.ts';

const FRAME = { width: 1280, height: 720 };
const TILE = { x: 0.25, y: 0.2, w: 0.25, h: 0.25 * (1280 / 720) };
const rider = (x: number, y: number, w: number, h: number, activity = 'surfing') => ({
  activity,
  box: { x, y, w, h },
});

describe('activitiesIn', () => {
  it('finds who is inside, once an activity', () => {
    const riders = [
      rider(0.3, 0.3, 0.05, 0.1),
      rider(0.4, 0.3, 0.05, 0.1),
      rider(0.35, 0.35, 0.1, 0.1, 'kitesurfing'),
    ];
    expect(activitiesIn(TILE, riders, FRAME)).toEqual(['surfing', 'kitesurfing']);
  });

  it('finds nobody where all are elsewhere', () => {
    expect(activitiesIn(TILE, [rider(0.7, 0.3, 0.05, 0.1)], FRAME)).toEqual([]);
    expect(activitiesIn(TILE, [], FRAME)).toEqual([]);
  });

  it('does not know of a rider cut in two, or too small to tell', () => {
    expect(activitiesIn(TILE, [rider(0.225, 0.3, 0.05, 0.1)], FRAME)).toBeNull();
    expect(activitiesIn(TILE, [rider(0.3, 0.3, 0.005, 0.01)], FRAME)).toBeNull();
    expect(
      activitiesIn(TILE, [rider(0.225, 0.3, 0.05, 0.1), rider(0.3, 0.3, 0.05, 0.1, 'kitesurfing')], FRAME),
    ).toEqual(['kitesurfing']);
  });
});

describe('chooseTiles', () => {
  const share = fc.double({ min: 0, max: 0.9, noNaN: true });
  const size = fc.double({ min: 0.001, max: 0.6, noNaN: true });
  const riders = fc.array(
    fc
      .tuple(share, share, size, size)
      .map(([x, y, w, h]) => rider(x, y, Math.min(w, 1 - x), Math.min(h, 1 - y))),
    { maxLength: 6 },
  );
  const frames = fc.record({
    width: fc.integer({ min: 200, max: 2000 }),
    height: fc.integer({ min: 150, max: 1200 }),
  });

  it('chooses squares inside the frame whose labels are what lies in them', () => {
    fc.assert(
      fc.property(riders, frames, fc.integer({ min: 1, max: 10 }), fc.nat(), (list, frame, count, seed) => {
        const tiles = chooseTiles(list, frame, count, createRandom(seed));
        expect(tiles.length).toBeLessThanOrEqual(2 * count);
        for (const { rectangle, activities } of tiles) {
          expect(rectangle.x).toBeGreaterThanOrEqual(0);
          expect(rectangle.y).toBeGreaterThanOrEqual(0);
          expect(rectangle.x + rectangle.w).toBeLessThanOrEqual(1 + 1e-9);
          expect(rectangle.y + rectangle.h).toBeLessThanOrEqual(1 + 1e-9);
          expect(rectangle.w * frame.width).toBeCloseTo(rectangle.h * frame.height, 6);
          expect(activities).toEqual(activitiesIn(rectangle, list, frame));
        }
        expect(chooseTiles(list, frame, count, createRandom(seed))).toEqual(tiles);
      }),
    );
  });

  it('chooses as many as asked for where nobody rides, and riders where somebody does', () => {
    expect(chooseTiles([], FRAME, 9, createRandom(1))).toHaveLength(9);
    const tiles = chooseTiles([rider(0.4, 0.5, 0.03, 0.06)], FRAME, 50, createRandom(2));
    const riding = tiles.filter(({ activities }) => activities.length > 0).length;
    expect(riding).toBeGreaterThan(30);
    expect(tiles.length - riding).toBeGreaterThan(20);
  });
});
