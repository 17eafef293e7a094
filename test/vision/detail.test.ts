import { describe, expect, it } from 'vitest';
import {
  affordable,
  fixedDetail,
  fullScale,
  isWithin,
  measuredDetail,
  pixelsRead,
  spansOf,
} from '../../src/vision/cells/detail.ts';
import { pyramidOf, smallestSeen } from '../../src/vision/cells/pyramid.ts';
import { fc } from '../support/fast-check.ts';

const HD = { width: 1280, height: 720 };
const FULL_HD = { width: 1920, height: 1080 };

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
          const fits = pixelsRead(HD, plan) * msPerPixel <= budgetMs;
          expect(fits || plan.scale < 0.15).toBe(true);
        },
      ),
    );
    expect(affordable(HD, 1e-4, 2000)).toEqual({ scale: 2, turns: 1 });
    expect(affordable(HD, 1e-4, 350).turns).toBeGreaterThan(1);
    expect(affordable(HD, 1e-4, 100).scale).toBeLessThan(2);
  });

  it('follows what the board takes, but not every frame', () => {
    const detail = measuredDetail(
      () => ({ detail: 'auto', share: 0.5 }),
      () => 1000,
    );
    const first = detail.plan(HD);
    expect(first).toEqual({ scale: 0.5, turns: 1 });
    detail.took(HD, first, 2000);
    const slow = detail.plan(HD);
    expect(slow.turns > 1 || slow.scale < 2).toBe(true);
    const taken = pixelsRead(HD, slow) * (2000 / pixelsRead(HD, first));
    for (const factor of [0.9, 1.1, 1]) {
      detail.took(HD, slow, taken * factor);
      expect(detail.plan(HD)).toEqual(slow);
    }
    for (let frame = 0; frame < 30; frame++) detail.took(HD, detail.plan(HD), 100);
    expect(pixelsRead(HD, detail.plan(HD))).toBeGreaterThan(pixelsRead(HD, slow));
  });

  it('takes what was set', () => {
    const detail = measuredDetail(
      () => ({ detail: 1, share: 0.5 }),
      () => 1,
    );
    detail.took(HD, detail.plan(HD), 60_000);
    expect(detail.plan(HD)).toEqual({ scale: 1, turns: 1 });
  });
});

describe('bands read in turns', () => {
  it('are the whole frame together, in whole grains', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 60 }), fc.integer({ min: 1, max: 4 }), (grains, turns) => {
        const spans = spansOf(32 * grains, turns);
        expect(spans[0]?.from).toBe(0);
        expect(spans.at(-1)?.to).toBe(1);
        for (const [index, span] of spans.entries()) {
          expect(span.to).toBeGreaterThan(span.from);
          expect(span.from * grains - Math.round(span.from * grains)).toBeCloseTo(0, 6);
          if (index > 0) expect(span.from).toBe(spans[index - 1]?.to);
        }
      }),
    );
  });

  it('miss nobody who was not looked for', () => {
    const finest = { width: 2560, height: 1440 };
    const span = { from: 0.5, to: 0.75 };
    expect(isWithin(span, { y: 0.6, size: 0.01 }, finest)).toBe(true);
    expect(isWithin(span, { y: 0.4, size: 0.01 }, finest)).toBe(false);
    expect(isWithin(span, { y: 0.4, size: 0.1 }, finest)).toBe(true);
  });
});
