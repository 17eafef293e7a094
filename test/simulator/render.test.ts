import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { randomScene } from '../../scripts/scenes/random-scene.ts';
import { lookOf } from '../../src/simulator/look.ts';
import type { ScriptedActivity } from '../../src/simulator/options.ts';
import { createRenderer } from '../../src/simulator/render.ts';
import { type Scene, sceneAt } from '../../src/simulator/scene.ts';
import { createScript } from '../../src/simulator/script.ts';
import { DEFAULTS } from '../support/defaults.ts';

const SMALL = { width: 640, height: 360 };

/** Numbers of the pixels that differ by more than what drawing at another offset may change. */
function differing(a: Uint8ClampedArray, b: Uint8ClampedArray): number[] {
  const found: number[] = [];
  for (let i = 0; i < a.length; i += 3) {
    const most = Math.max(...[0, 1, 2].map(c => Math.abs((a[i + c] ?? 0) - (b[i + c] ?? 0))));
    if (most > 4) found.push(i / 3);
  }
  return found;
}

describe('what is drawn is the truth', () => {
  const cases: readonly (readonly [number, readonly ScriptedActivity[]])[] = [
    [1, ['surfing']],
    [2, ['windsurfing']],
    [3, ['kitesurfing']],
    [4, ['surfing', 'windsurfing', 'kitesurfing']],
    [5, ['surfing', 'kitesurfing']],
  ];
  test.each(cases)(
    'seed %i, %j: riders change pixels in each of their boxes and nowhere else',
    async (seed, activities) => {
      const drawn = randomScene(seed, { ...SMALL, activities });
      // A blur would carry a rider's colours over the edge of its box.
      const scene: Scene = { ...drawn, camera: { ...drawn.camera, blur: 0 } };
      const without = { ...scene, riders: scene.riders.map(rider => ({ ...rider, shapes: [] })) };
      const renderer = createRenderer();
      const changed = differing(await renderer.pixels(scene), await renderer.pixels(without));
      const isIn = (i: number, { x, y, w, h }: Scene['riders'][number]['box']): boolean => {
        const px = ((i % SMALL.width) + 0.5) / SMALL.width;
        const py = (Math.floor(i / SMALL.width) + 0.5) / SMALL.height;
        return px > x && px < x + w && py > y && py < y + h;
      };
      expect(scene.riders.length).toBeGreaterThan(0);
      for (const { parts } of scene.riders) {
        for (const { box } of parts) expect(changed.filter(i => isIn(i, box)).length).toBeGreaterThan(3);
      }
      expect(changed.filter(i => !scene.riders.some(rider => isIn(i, rider.box)))).toEqual([]);
    },
  );
});

describe('a frame', () => {
  const options = { ...DEFAULTS.camera.simulator, ...SMALL };
  const script = createScript(options);

  test('is a JPEG of the size asked for', async () => {
    const file = await createRenderer().jpeg(sceneAt({ ...options, width: 500, height: 300 }, script, 8000));
    expect(await sharp(file).metadata()).toMatchObject({
      format: 'jpeg',
      width: 500,
      height: 300,
      channels: 3,
    });
    const stats = await sharp(file).stats();
    expect(stats.channels.every(channel => channel.stdev > 10)).toBe(true);
  });

  test('is the same to the byte for the same seed and time, whatever was drawn before', async () => {
    const used = createRenderer();
    for (const ms of [1000, 240_000]) await used.jpeg(sceneAt(options, script, ms));
    const first = await used.jpeg(sceneAt(options, script, 8000));
    expect(first.equals(await createRenderer().jpeg(sceneAt(options, script, 8000)))).toBe(true);
  });

  test('differs with the seed, and a moment later: the water moves and the sensor is noisy', async () => {
    const renderer = createRenderer();
    const first = await renderer.pixels(sceneAt(options, script, 8000));
    const later = await renderer.pixels(sceneAt(options, script, 8040));
    const other = await renderer.pixels(sceneAt({ ...options, seed: 2 }, script, 8000));
    const count = SMALL.width * SMALL.height;
    expect(differing(first, other).length).toBeGreaterThan(count / 2);
    expect(differing(first, later).length).toBeGreaterThan(count / 20);
    // Noise alone: in the sky nothing else moves.
    expect(differing(first, later).filter(i => i < SMALL.width * 20).length).toBeGreaterThan(20);
  });
});

async function spread(scene: Scene): Promise<{ mean: number; contrast: number }> {
  const file = await createRenderer().jpeg(scene);
  const { channels } = await sharp(file).greyscale().stats();
  return { mean: channels[0]?.mean ?? 0, contrast: channels[0]?.stdev ?? 0 };
}

describe('conditions', () => {
  const scene = sceneAt(
    { ...DEFAULTS.camera.simulator, ...SMALL },
    createScript(DEFAULTS.camera.simulator),
    1000,
  );

  test('night is dark', async () => {
    expect((await spread({ ...scene, look: lookOf('night', 'clear') })).mean).toBeLessThan(20);
  });

  test('fog and a soiled lens take the contrast', async () => {
    const clear = await spread(scene);
    const soiled = { ...scene.camera, blur: 14, soil: 1 };
    expect((await spread({ ...scene, look: lookOf('day', 'fog') })).contrast).toBeLessThan(
      clear.contrast * 0.75,
    );
    expect((await spread({ ...scene, camera: soiled })).contrast).toBeLessThan(clear.contrast / 3);
  });
});
