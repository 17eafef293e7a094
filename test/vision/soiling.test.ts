import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { refractingDrops } from '../../scripts/spoil/lens.ts';
import { createBeachReader } from '../../src/activity/beach-reader.ts';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { createRandom } from '../../src/base/random.ts';
import { fixedDetail } from '../../src/vision/cells/detail.ts';
import { AREAS, areaVectors, loadSoiling, SOILING_FILE, soilingOf } from '../../src/vision/soiling.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { SHIPPED_BACKBONE } from './support.ts';

const manifest = JSON.parse(await readFile(join(SHIPPED_BACKBONE, 'manifest.json'), 'utf8'));
const width: number = manifest.cells.width;

/** A read-out that looks at the first number of a vector alone. */
function fileOf(backbone: string): string {
  const weights = new Float32Array(width);
  weights[0] = 2;
  return JSON.stringify({
    v: 1,
    id: 'trial',
    backbone,
    bias: -1,
    weights: Buffer.from(weights.buffer).toString('base64'),
  });
}

describe('loadSoiling', () => {
  it('is null where there is none, and refuses what is broken or belongs to another backbone', async () => {
    const folder = await temporaryFolder();
    expect(await loadSoiling(folder, manifest)).toBeNull();
    const path = join(folder, SOILING_FILE);
    const text = fileOf(manifest.weights.sha256);
    await writeFile(path, text);
    expect((await loadSoiling(folder, manifest))?.weights).toHaveLength(width);
    const other = { ...manifest, weights: { ...manifest.weights, sha256: 'x' } };
    await expect(loadSoiling(folder, other)).rejects.toMatchObject({ code: 'model-invalid' });
    for (const broken of [text.slice(0, 90), '{}', text.replace(/"weights":".{8}/, '"weights":"')]) {
      await writeFile(path, broken);
      await expect(loadSoiling(folder, manifest)).rejects.toMatchObject({ code: 'model-invalid' });
    }
  });
});

describe('soiling', () => {
  it('is read from the mean of the cells in each area of the frame', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, SOILING_FILE), fileOf(manifest.weights.sha256));
    const readOut = await loadSoiling(folder, manifest);
    if (readOut === null) throw new Error('it was written');
    const [rows, columns] = [6, 8];
    const vectors = new Float32Array(rows * columns * width);
    // The lower right area alone, two cells wide and high, half of them.
    for (const cell of [4 * columns + 6, 5 * columns + 7]) vectors[cell * width] = 3;
    const { scores, layout } = soilingOf(readOut, areaVectors({ vectors, rows, columns }, width), columns);
    expect(scores).toHaveLength(AREAS.columns * AREAS.rows);
    expect([...scores]).toEqual([...Array(11).fill(-1), 2]);
    expect(layout).toBe('trial 4x3 of 8');
  });
});

describe('the shipped read-out', () => {
  it('sees drops on the lens of a real camera', async () => {
    const options = { engine: 'auto', threads: 0, maxBytes: 1e8, maxPixels: 1e8 } as const;
    const models = { dir: SHIPPED_MODELS, backbone: basename(SHIPPED_BACKBONE), head: 'current' };
    const reader = await createBeachReader(models, options, fixedDetail({ detail: 0.5 }));
    try {
      const clean = await readFile('test/data/surfcam-cc0/frames/train_frame_0096.jpg');
      const { data, info } = await sharp(clean).raw().toBuffer({ resolveWithObject: true });
      const picture = { width: info.width, height: info.height, rgb: data };
      const random = createRandom(1);
      const soiled = await refractingDrops(0.2)(picture, () => random.next());
      const jpeg = await sharp(soiled.rgb, { raw: { width: info.width, height: info.height, channels: 3 } })
        .jpeg()
        .toBuffer();
      const scores = async (bytes: Buffer) => [...((await reader.read(bytes, [])).soiling?.scores ?? [])];
      const [before, after] = [await scores(clean), await scores(jpeg)];
      expect(before).toHaveLength(AREAS.columns * AREAS.rows);
      const rises = after.map((score, area) => score - (before[area] as number)).sort((a, b) => b - a);
      // The three areas that rose most, together, are what the gate looks at.
      expect(rises[2]).toBeGreaterThan(1);
    } finally {
      await reader.close();
    }
  });
});
