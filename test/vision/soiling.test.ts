import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AreaReader, openAreaReader } from '../../scripts/soiling/areas.ts';
import { DIRT, spoil } from '../../scripts/spoil.ts';
import { createRenderer } from '../../src/capture/simulator/render.ts';
import { sceneAt } from '../../src/capture/simulator/scene.ts';
import { createScript } from '../../src/capture/simulator/script.ts';
import { PACKAGE_ROOT } from '../../src/ops/paths.ts';
import { createRandom } from '../../src/ops/random.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { loadSoiling, SOILING_FILE, type Soiling, soilingOf } from '../../src/vision/soiling.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MODELS = join(PACKAGE_ROOT, 'models');
const BACKBONE = join(MODELS, 'backbone', 'surfwatch-mobilenetv2-v3');

describe('the shipped read-out', () => {
  let reader: AreaReader;
  let readOut: Soiling;
  beforeAll(async () => {
    reader = await openAreaReader(BACKBONE);
    const manifest = JSON.parse(await readFile(join(BACKBONE, 'manifest.json'), 'utf8'));
    readOut = (await loadSoiling(BACKBONE, manifest)) as Soiling;
  });
  afterAll(() => reader.close());

  it('tells a soiled picture from the same one without dirt', async () => {
    const options = { seed: 77, width: 832, height: 468, speed: 1, script: 'season' as const };
    const scene = sceneAt(options, createScript(options), 11 * 3_600_000);
    const clean = { rgb: new Uint8Array(await createRenderer().pixels(scene)), width: 832, height: 468 };
    const worst = async (picture: RawPicture) => {
      const soiling = soilingOf(readOut, await reader.vectorsOf(picture), 40);
      const scores = [...soiling.scores].sort((a, b) => b - a);
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
    const manifest = JSON.parse(await readFile(join(BACKBONE, 'manifest.json'), 'utf8'));
    expect(await loadSoiling(folder, manifest)).toBeNull();
    const path = join(folder, SOILING_FILE);
    await cp(join(BACKBONE, SOILING_FILE), path);
    expect((await loadSoiling(folder, manifest))?.weights).toHaveLength(128);
    const text = await readFile(path, 'utf8');
    const other = { ...manifest, weights: { ...manifest.weights, sha256: 'x' } };
    await expect(loadSoiling(folder, other)).rejects.toMatchObject({ code: 'model-invalid' });
    for (const broken of [text.slice(0, 90), '{}', text.replace(/"weights": ".{8}/, '"weights": "')]) {
      await writeFile(path, broken);
      await expect(loadSoiling(folder, manifest)).rejects.toMatchObject({ code: 'model-invalid' });
    }
  });
});
