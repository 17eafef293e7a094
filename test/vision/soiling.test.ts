import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
