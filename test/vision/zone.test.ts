import { describe, expect, it } from 'vitest';
import { boundsOf, contains, cornersOf, WHOLE_FRAME, zoneAt } from '../../src/vision/zone.ts';
import { fc } from '../support/fast-check.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a zone', () => {
  it('as a rectangle holds what lies between its edges', () => {
    const zone = { points: cornersOf({ x: 0.2, y: 0.3, w: 0.5, h: 0.4 }) };
    fc.assert(
      fc.property(share, share, (x, y) => {
        const inside = x > 0.2 && x < 0.7 && y > 0.3 && y < 0.7;
        const onEdge =
          [0.2, 0.7].some(edge => Math.abs(x - edge) < 1e-9) ||
          [0.3, 0.7].some(edge => Math.abs(y - edge) < 1e-9);
        expect(onEdge || contains(zone, { x, y }) === inside).toBe(true);
      }),
    );
    expect(boundsOf(zone)).toEqual({ x: 0.2, y: 0.3, w: expect.closeTo(0.5), h: expect.closeTo(0.4) });
  });

  it('as a polygon leaves out its notch, whichever way round it is drawn', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 0.5, y: 0.4 },
      { x: 0, y: 1 },
    ];
    for (const corners of [points, points.toReversed()]) {
      expect(contains({ points: corners }, { x: 0.5, y: 0.2 })).toBe(true);
      expect(contains({ points: corners }, { x: 0.5, y: 0.8 })).toBe(false);
      expect(contains({ points: corners }, { x: 0.1, y: 0.8 })).toBe(true);
    }
  });

  it('is found by place, the first of several', () => {
    const north = { name: 'north', points: cornersOf({ x: 0, y: 0, w: 0.5, h: 1 }) };
    expect(zoneAt([north, WHOLE_FRAME], { x: 0.2, y: 0.5 })).toBe('north');
    expect(zoneAt([north, WHOLE_FRAME], { x: 0.7, y: 0.5 })).toBe('beach');
    expect(zoneAt([north], { x: 0.7, y: 0.5 })).toBeNull();
  });
});
