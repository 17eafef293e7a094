import { describe, expect, it } from 'vitest';
import type { Rectangle } from '../../src/base/geometry.ts';
import {
  affordable,
  bandsOf,
  type DetailPlan,
  fixedDetail,
  fullScale,
  isInside,
  isWithin,
  looksOf,
  measuredDetail,
  pixelsRead,
  turnOf,
  WHOLE,
} from '../../src/vision/cells/detail.ts';
import { pyramidOf, smallestSeen } from '../../src/vision/cells/pyramid.ts';
import { fc } from '../support/fast-check.ts';

const HD = { width: 1280, height: 720 };
const FULL_HD = { width: 1920, height: 1080 };

/** Pixels that one frame reads. */
function pixelsOf({ scale, turns }: DetailPlan): number {
  return pixelsRead(HD, scale, turnOf(WHOLE, turns));
}

describe('the levels of a frame', () => {
  it('go down by halves until a rider of a third of its height is seen', () => {
    const levels = pyramidOf(HD, 1);
    expect(levels[0]).toEqual({ width: 1280, height: 704 });
    expect(levels.map(({ height }) => height)).toEqual([704, 352, 192, 96]);
    expect(smallestSeen(2)).toBe(6);
  });

  it('are multiples of 32 for any frame', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 5000 }),
        fc.integer({ min: 16, max: 5000 }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (width, height, scale) => {
          for (const level of pyramidOf({ width, height }, scale)) {
            expect([level.width % 32, level.height % 32]).toEqual([0, 0]);
            expect(Math.min(level.width, level.height)).toBeGreaterThan(0);
          }
        },
      ),
    );
  });
});

describe('how finely a frame is read', () => {
  it('is as finely as is useful where nothing is known of the board, and in commands', () => {
    expect(affordable(HD, null, 1)).toEqual({ scale: fullScale(HD), turns: 1 });
    expect(fixedDetail({ detail: 'auto' }).plan(FULL_HD)).toEqual({ scale: fullScale(FULL_HD), turns: 1 });
    expect(fixedDetail({ detail: 0.75 }).plan(FULL_HD)).toEqual({ scale: 0.75, turns: 1 });
  });

  it('enlarges small frames, and spares memory with large ones', () => {
    expect(fullScale({ width: 640, height: 360 })).toBe(2);
    expect(fullScale(FULL_HD)).toBeCloseTo(1.333, 2);
    expect(fullScale({ width: 8000, height: 6000 })).toBeLessThan(0.4);
  });

  it('fits the time there is wherever anything does: first in turns, then coarser', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-5, max: 0.02, noNaN: true }),
        fc.integer({ min: 50, max: 10_000 }),
        (msPerPixel, budgetMs) => {
          const plan = affordable(HD, msPerPixel, budgetMs);
          expect(plan.scale).toBeGreaterThanOrEqual(0.1);
          const fits = pixelsOf(plan) * msPerPixel <= budgetMs;
          expect(fits || plan.scale < 0.15).toBe(true);
        },
      ),
    );
    expect(affordable(HD, 1e-4, 2000)).toEqual({ scale: 2, turns: 1 });
    expect(affordable(HD, 1e-4, 350).turns).toBeGreaterThan(1);
    expect(affordable(HD, 1e-4, 100).scale).toBeLessThan(2);
  });

  it('is finer, or in fewer turns, where less of the frame is watched', () => {
    const half = { x: 0, y: 0.5, w: 1, h: 0.5 };
    const corner = { x: 0.5, y: 0.5, w: 0.25, h: 0.25 };
    expect(affordable(HD, 1e-4, 350)).toEqual({ scale: 2, turns: 2 });
    expect(affordable(HD, 1e-4, 350, half)).toEqual({ scale: 2, turns: 1 });
    expect(affordable(HD, 1e-4, 180).scale).toBeLessThan(2);
    expect(affordable(HD, 1e-4, 180, corner)).toEqual({ scale: 2, turns: 1 });
    expect(pixelsRead(HD, 1, half)).toBeLessThan(0.75 * pixelsRead(HD, 1));
  });

  it('follows what the board takes, but not every frame', () => {
    const detail = measuredDetail(
      () => ({ detail: 'auto', share: 0.5 }),
      () => 1000,
    );
    const took = ({ scale, turns }: DetailPlan, ms: number) =>
      detail.took(HD, scale, turnOf(WHOLE, turns), ms);
    const first = detail.plan(HD);
    expect(first).toEqual({ scale: 0.5, turns: 1 });
    took(first, 2000);
    const slow = detail.plan(HD);
    expect(slow.turns > 1 || slow.scale < 2).toBe(true);
    const taken = pixelsOf(slow) * (2000 / pixelsOf(first));
    for (const factor of [0.9, 1.1, 1]) {
      took(slow, taken * factor);
      expect(detail.plan(HD)).toEqual(slow);
    }
    // A frame for what is not watched takes longer, and is no sign of a slower board.
    const half = detail.plan(HD, { ...WHOLE, h: 0.5 });
    const msPerPixel = 2000 / pixelsOf(first);
    for (let frame = 0; frame < 30; frame++)
      detail.took(HD, half.scale, WHOLE, pixelsRead(HD, half.scale) * msPerPixel);
    expect(detail.plan(HD, { ...WHOLE, h: 0.5 })).toEqual(half);
    for (let frame = 0; frame < 30; frame++) took(detail.plan(HD), 100);
    expect(pixelsOf(detail.plan(HD))).toBeGreaterThan(pixelsOf(slow));
  });

  it('takes what was set', () => {
    const detail = measuredDetail(
      () => ({ detail: 1, share: 0.5 }),
      () => 1,
    );
    detail.took(HD, detail.plan(HD).scale, WHOLE, 60_000);
    expect(detail.plan(HD)).toEqual({ scale: 1, turns: 1 });
  });
});

describe('parts of a frame that are read in turns', () => {
  const finest = { width: 2560, height: 1440 };
  const share = fc.integer({ min: 0, max: 15 });
  const parts = fc
    .record({ x: share, y: share, w: fc.integer({ min: 1, max: 16 }), h: fc.integer({ min: 1, max: 16 }) })
    .map(({ x, y, w, h }) => ({
      x: x / 16,
      y: y / 16,
      w: Math.min(w, 16 - x) / 16,
      h: Math.min(h, 16 - y) / 16,
    }));
  const sizes = fc.record({
    width: fc.integer({ min: 3, max: 80 }),
    height: fc.integer({ min: 3, max: 60 }),
  });

  it('are the watched part together, or a little more, in whole grains', () => {
    fc.assert(
      fc.property(sizes, parts, fc.integer({ min: 1, max: 4 }), ({ width, height }, part, turns) => {
        const bands = bandsOf({ width: 32 * width, height: 32 * height }, part, turns);
        expect(bands.length).toBeLessThanOrEqual(turns);
        const [first, last] = [bands[0], bands.at(-1)] as [Rectangle, Rectangle];
        const all = { ...first, h: last.y + last.h - first.y };
        const grown = { x: all.x - 1e-5, y: all.y - 1e-5, w: all.w + 2e-5, h: all.h + 2e-5 };
        expect(isInside(part, grown)).toBe(true);
        expect(all.w - part.w).toBeLessThan(2 / width + 1e-5);
        expect(all.h - part.h).toBeLessThan(2 / height + 1e-5);
        expect(isInside(all, { x: -1e-9, y: -1e-9, w: 1 + 2e-9, h: 1 + 2e-9 })).toBe(true);
        for (const [index, { x, y, w, h }] of bands.entries()) {
          for (const grains of [x * width, w * width, y * height, h * height]) {
            expect(grains - Math.round(grains)).toBeCloseTo(0, 6);
          }
          expect(h).toBeGreaterThan(0);
          const above = bands[index - 1];
          if (above !== undefined) expect(y).toBeCloseTo(above.y + above.h, 6);
        }
      }),
    );
    expect(bandsOf(finest, WHOLE, 1)).toEqual([WHOLE]);
  });

  it('leave nothing that is not looked at', () => {
    fc.assert(
      fc.property(sizes, parts, fc.integer({ min: 1, max: 4 }), (size, watched, turns) => {
        const finest = { width: 32 * size.width, height: 32 * size.height };
        const looks = looksOf(finest, watched, turns);
        expect(looks.length).toBeLessThanOrEqual(4);
        for (let row = 0; row < size.height; row++) {
          const y = (row + 0.5) / size.height;
          const isLookedAt = looks.some(look => y > look.y && y < look.y + look.h);
          const isWatched = watched.w === 1 && y > watched.y && y < watched.y + watched.h;
          expect(isLookedAt || isWatched).toBe(true);
        }
      }),
    );
    expect(looksOf(finest, { ...WHOLE, h: 0.5 }, 1)).toEqual([WHOLE]);
    expect(looksOf(finest, WHOLE, 1)).toEqual([]);
  });

  it('miss nobody who was not looked for', () => {
    const part = { x: 0.25, y: 0.5, w: 0.5, h: 0.25 };
    expect(isWithin(part, { x: 0.5, y: 0.6, size: 0.01 }, finest)).toBe(true);
    expect(isWithin(part, { x: 0.5, y: 0.4, size: 0.01 }, finest)).toBe(false);
    expect(isWithin(part, { x: 0.1, y: 0.6, size: 0.01 }, finest)).toBe(false);
    expect(isWithin(part, { x: 0.1, y: 0.4, size: 0.1 }, finest)).toBe(true);
  });
});
