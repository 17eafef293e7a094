import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { drawHeight } from '../../../src/training/riders/crops/draw.ts';
import { planAgain, planCrops } from '../../../src/training/riders/crops/plan.ts';
import { stocksOf } from '../../../src/training/riders/crops/stock.ts';
import { CROP, placeWindow } from '../../../src/training/riders/crops/window.ts';
import type { Material } from '../../../src/training/riders/data/material.ts';
import { foldMaterial } from '../../../src/training/riders/folds.ts';
import { choosePerCamera } from '../../../src/training/riders/judge/judge-cameras.ts';
import { fc } from '../../support/fast-check.ts';

function frame(camera: string, file: string, riders = 1): Material {
  return {
    path: `${camera}/${file}`,
    source: 'cams',
    camera,
    kind: 'frame',
    marks: Array.from({ length: riders }, (_, index) => ({
      kind: 'surfing',
      rider: true,
      box: { x: 0.1 * index, y: 0.5, w: 0.02, h: 0.04 },
    })),
    shows: [],
    complete: { riders: true, kites: true, people: false },
    areas: [],
  };
}

const MATERIAL = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap(camera =>
  Array.from({ length: 5 }, (_, index) => frame(camera, `${index}.jpg`, index % 3)),
);

describe('plans of crops', () => {
  it('are the same for the same seed, and take pictures of their own fold alone', () => {
    const { foldOf, count } = foldMaterial(MATERIAL, ['surfing'], 3, 0, 1);
    expect(count).toBe(3);
    const stocks = stocksOf(MATERIAL, foldOf);
    const plans = planCrops(stocks, 200, 4);
    expect(plans).toHaveLength(200);
    expect(planCrops(stocks, 200, 4)).toEqual(plans);
    expect(planCrops(stocks, 200, 5)).not.toEqual(plans);
    for (const { picture, fold } of plans) expect(foldOf[picture]).toBe(fold);
    expect(new Set(plans.map(({ fold }) => fold)).size).toBe(3);
  });

  it('are none where there is nothing to cut from', () => {
    expect(planCrops(stocksOf([], []), 10, 1)).toEqual([]);
    expect(planAgain([], 10, 1)).toEqual([]);
  });

  it('look for riders only where there are some, and for photos only where they are given', () => {
    const plans = planCrops(
      stocksOf(
        MATERIAL,
        MATERIAL.map(() => 0),
      ),
      300,
      2,
    );
    for (const { kind, picture } of plans) {
      const { marks } = MATERIAL[picture] as Material;
      if (kind === 'rider') expect(marks.length).toBeGreaterThan(0);
      if (kind === 'empty') expect(marks).toEqual([]);
      expect(['rider', 'anywhere', 'empty']).toContain(kind);
    }
  });

  it('look again near where the head was wrong', () => {
    const window = { picture: 3, x: 400, y: 200, scale: 2 };
    for (const { window: again, fold, picture } of planAgain([{ fold: 1, window }], 20, 1)) {
      expect({ fold, picture }).toEqual({ fold: 1, picture: 3 });
      expect(Math.abs((again?.x ?? 0) - 400)).toBeLessThanOrEqual(20);
      expect(Math.abs(Math.log((again?.scale ?? 0) / 2))).toBeLessThanOrEqual(0.2);
    }
  });
});

describe('windows', () => {
  it('lie within their picture, and are as large as the network likes', () => {
    const size = fc.integer({ min: 60, max: 3000 });
    const place = fc.double({ min: -500, max: 3500, noNaN: true });
    fc.assert(
      fc.property(
        size,
        size,
        place,
        place,
        fc.double({ min: 0.02, max: 4, noNaN: true }),
        (width, height, x, y, scale) => {
          const { width: w, height: h, region } = placeWindow({ width, height }, { x, y, scale });
          for (const side of [w, h]) {
            expect(side % 32).toBe(0);
            expect(side).toBeGreaterThanOrEqual(32);
            expect(side).toBeLessThanOrEqual(CROP);
          }
          expect(Number.isInteger(region.left) && Number.isInteger(region.top)).toBe(true);
          expect(region.left).toBeGreaterThanOrEqual(0);
          expect(region.top).toBeGreaterThanOrEqual(0);
          expect(region.width).toBeGreaterThanOrEqual(1);
          expect(region.left + region.width).toBeLessThanOrEqual(width);
          expect(region.top + region.height).toBeLessThanOrEqual(height);
        },
      ),
    );
  });

  it('show riders 8.5 to 46 pixels high, mostly about 19', () => {
    const random = createRandom(1);
    const heights = Array.from({ length: 2000 }, () => drawHeight(random)).sort((a, b) => a - b);
    expect(heights[0]).toBeGreaterThanOrEqual(8.5);
    expect(heights.at(-1)).toBeLessThanOrEqual(46);
    expect(heights[1000]).toBeGreaterThan(17);
    expect(heights[1000]).toBeLessThan(22);
  });
});

describe('folds', () => {
  it('are of whole cameras, reserved ones apart', () => {
    const many = Array.from({ length: 24 }, (_, camera) =>
      Array.from({ length: 3 }, (__, index) => frame(`cam${camera}`, `${index}.jpg`)),
    ).flat();
    const { foldOf, count, reserved } = foldMaterial(many, ['surfing'], 4, 0.2, 3);
    expect(reserved.size).toBeGreaterThan(0);
    const folds = new Map<string, Set<number>>();
    for (const [index, { camera }] of many.entries()) {
      folds.set(camera, (folds.get(camera) ?? new Set()).add(foldOf[index] as number));
    }
    for (const [camera, own] of folds) {
      expect(own.size).toBe(1);
      expect([...own][0] === count).toBe(reserved.has(camera));
    }
  });

  it('are judged by a few frames of each camera, evenly spread', () => {
    const chosen = choosePerCamera(MATERIAL, 2);
    expect(chosen).toHaveLength(12);
    expect(chosen.slice(0, 2)).toEqual([0, 2]);
    expect(choosePerCamera(MATERIAL, 99)).toHaveLength(MATERIAL.length);
  });
});
