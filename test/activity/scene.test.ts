import { describe, expect, it } from 'vitest';
import type { LevelScores } from '../../src/activity/detections.ts';
import { isAshore, learnScene, type Scene, sceneOf } from '../../src/activity/scene.ts';
import { afloat } from '../../src/activity/zones.ts';
import { cornersOf, WHOLE_FRAME } from '../../src/vision/zone.ts';

const HEAD = {
  activities: ['surfing'],
  background: ['land', 'sky'],
  calibration: [{ slope: 1, intercept: 0 }],
};
const BEACH = { x: 0.5, y: 0.95 };
const WATER = { x: 0.5, y: 0.5 };
const CLOUD = { x: 0.5, y: 0.05 };

/** Sky above, land below, water between. */
function level(columns: number, rows: number): LevelScores {
  const logits = new Float32Array(columns * rows * 3).fill(-6);
  for (let cell = 0; cell < columns * rows; cell++) {
    const y = Math.floor(cell / columns) / rows;
    logits[cell * 3 + 1] = y >= 0.8 ? 5 : -5;
    logits[cell * 3 + 2] = y < 0.2 ? 5 : -5;
  }
  return { columns, rows, logits };
}

describe('a scene', () => {
  it('is taken from a level that is coarse and whole', () => {
    const scene = sceneOf([level(160, 80), level(80, 40), level(40, 20), level(20, 10)], HEAD);
    expect(scene).toMatchObject({ columns: 40, rows: 20, frames: 1 });
    expect([BEACH, WATER, CLOUD].map(place => isAshore(scene, place))).toEqual([true, false, true]);
  });

  it('is unknown to a head that does not look for it, and then nothing is ashore', () => {
    expect(sceneOf([level(40, 20)], { ...HEAD, background: [] })).toBeNull();
    expect(isAshore(null, BEACH)).toBe(false);
  });

  it('is learnt slowly: one frame of spray or crowd changes nothing', () => {
    const first = sceneOf([level(40, 20)], HEAD) as Scene;
    const odd: Scene = { ...first, land: first.land.map(value => 1 - value), sky: first.sky.map(() => 0) };
    let learnt: Scene | null = null;
    for (let frame = 0; frame < 60; frame++) learnt = learnScene(learnt, frame === 50 ? odd : first);
    expect([BEACH, WATER, CLOUD].map(place => isAshore(learnt, place))).toEqual([true, false, true]);
    for (let frame = 0; frame < 60; frame++) learnt = learnScene(learnt, odd);
    expect(isAshore(learnt, BEACH)).toBe(false);
    expect(learnScene(learnt, sceneOf([level(20, 10)], HEAD))).toMatchObject({ columns: 20, frames: 1 });
  });

  it('keeps riders off the sand, unless a person drew a zone there', () => {
    const scene = sceneOf([level(40, 20)], HEAD);
    expect(afloat([BEACH, WATER, CLOUD], [WHOLE_FRAME], scene)).toEqual([WATER]);
    const zone = { name: 'sand', points: cornersOf({ x: 0, y: 0.8, w: 1, h: 0.2 }) };
    expect(afloat([BEACH, WATER, CLOUD], [zone], scene)).toEqual([BEACH]);
  });
});
