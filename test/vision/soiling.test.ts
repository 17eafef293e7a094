import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRT, spoil } from '../../scripts/spoil.ts';
import { type Classifier, createClassifier } from '../../src/activity/classifier.ts';
import { createRenderer } from '../../src/capture/simulator/render.ts';
import { sceneAt } from '../../src/capture/simulator/scene.ts';
import { createScript } from '../../src/capture/simulator/script.ts';
import { PACKAGE_ROOT } from '../../src/ops/paths.ts';
import { createRandom } from '../../src/ops/random.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { loadSoiling, SOILING_FILE } from '../../src/vision/soiling.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MODELS = join(PACKAGE_ROOT, 'models');
const BACKBONE = 'surfwatch-mobilenetv2-1.0-224';
const LIMITS = { maxBytes: 50e6, maxPixels: 50e6 };
const ZONE = { name: 'beach', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 4, rows: 3, overlap: 0.1 } };

describe('the shipped read-out', () => {
  let classifier: Classifier;
  beforeAll(async () => {
    const models = { dir: MODELS, backbone: BACKBONE, head: 'current' };
    classifier = await createClassifier(models, { engine: 'wasm', threads: 1, ...LIMITS });
  });
  afterAll(() => classifier.close());

  it('tells a soiled picture from the same one without dirt', async () => {
    const options = { seed: 77, width: 832, height: 468, speed: 1, script: 'season' as const };
    const scene = sceneAt(options, createScript(options), 11 * 3_600_000);
    const clean = { rgb: new Uint8Array(await createRenderer().pixels(scene)), width: 832, height: 468 };
    const worst = async ({ rgb, width, height }: RawPicture) => {
      const jpeg = await sharp(rgb, { raw: { width, height, channels: 3 } })
        .jpeg()
        .toBuffer();
      const { soiling } = await classifier.classify(jpeg, [ZONE]);
      const scores = [...(soiling?.scores ?? [])].sort((a, b) => b - a);
      expect(scores).toHaveLength(12);
      return ((scores[0] ?? 0) + (scores[1] ?? 0) + (scores[2] ?? 0)) / 3;
    };
    const before = await worst(clean);
    for (const way of ['drops, refracting, 20 %', 'salt, 30 %', 'orb web'] as const) {
      const random = createRandom(3);
      const how = DIRT[way];
      if (how === undefined) throw new Error(`no ${way}`);
      expect(await worst(await spoil(clean, how, () => random.next())), way).toBeGreaterThan(before + 1.5);
    }
  });
});

describe('loadSoiling', () => {
  it('is null where there is none, and refuses what is broken or belongs to another backbone', async () => {
    const folder = await temporaryFolder();
    const manifest = JSON.parse(await readFile(join(MODELS, 'backbone', BACKBONE, 'manifest.json'), 'utf8'));
    expect(await loadSoiling(folder, manifest)).toBeNull();
    const path = join(folder, SOILING_FILE);
    await cp(join(MODELS, 'backbone', BACKBONE, SOILING_FILE), path);
    expect((await loadSoiling(folder, manifest))?.weights).toHaveLength(1280);
    const text = await readFile(path, 'utf8');
    const other = { ...manifest, weights: { ...manifest.weights, sha256: 'x' } };
    await expect(loadSoiling(folder, other)).rejects.toMatchObject({ code: 'model-invalid' });
    for (const broken of [text.slice(0, 90), '{}', text.replace(/"weights": ".{8}/, '"weights": "')]) {
      await writeFile(path, broken);
      await expect(loadSoiling(folder, manifest)).rejects.toMatchObject({ code: 'model-invalid' });
    }
  });
});
