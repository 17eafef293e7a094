import { describe, expect, it } from 'vitest';
import { clipBox } from '../../../src/training/data/boxes.ts';
import { fc } from '../../support/fast-check.ts';

describe('clipBox', () => {
  it('leaves a box in the frame as it is', () => {
    expect(clipBox({ x: 0.1, y: 0.2, w: 0.9, h: 0.1 })).toEqual({
      box: { x: 0.1, y: 0.2, w: 0.9, h: 0.1 },
      cut: false,
    });
  });

  it('tells rounding from a mistake', () => {
    expect(clipBox({ x: -0.005, y: 0, w: 1, h: 1 })).toMatchObject({ box: { x: 0, w: 0.995 }, cut: false });
    expect(clipBox({ x: -0.2, y: 0, w: 1, h: 1 })).toMatchObject({ box: { x: 0, w: 0.8 }, cut: true });
  });

  it('gives a box of the frame with an area, or none', () => {
    const any = fc.double({ min: -3, max: 3 });
    fc.assert(
      fc.property(any, any, any, any, (x, y, w, h) => {
        const clipped = clipBox({ x, y, w, h })?.box;
        if (clipped === undefined) return;
        const within = (from: number, length: number) =>
          from >= 0 && length > 0 && from + length <= 1 + Number.EPSILON;
        expect([within(clipped.x, clipped.w), within(clipped.y, clipped.h)]).toEqual([true, true]);
        expect(clipped.x).toBeGreaterThanOrEqual(x);
      }),
    );
  });
});
