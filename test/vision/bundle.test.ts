import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerWeights, loadBackboneBundle } from '../../src/vision/bundle.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../src/vision/float16.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { SHIPPED_BACKBONE, sha256, tinyBundle, writeBundle } from './support.ts';

const tiny = tinyBundle(8, 1);

describe('loadBackboneBundle', () => {
  it('reads the shipped backbone', async () => {
    const { manifest, weights } = await loadBackboneBundle(SHIPPED_BACKBONE);
    expect(manifest).toMatchObject({ width: 1280, input: { size: 224 } });
    const last = manifest.layers.at(-1);
    expect(last?.out).toBe(1280);
    expect(weights.every(Number.isFinite)).toBe(true);
  });

  it('reads float32 weights as they are', async () => {
    const bundle = await loadBackboneBundle(await writeBundle(tiny));
    expect(bundle.weights).toEqual(tiny.weights);
    const [first] = bundle.manifest.layers;
    if (first === undefined) throw new Error('no layer');
    const { shape, kernel, bias } = layerWeights(bundle, first);
    expect(shape).toEqual([8, 3, 3, 3]);
    expect(kernel).toEqual(tiny.weights.subarray(0, 216));
    expect(bias).toEqual(tiny.weights.subarray(216, 224));
  });

  it('widens float16 weights', async () => {
    const half = float32ToFloat16(tiny.weights);
    const folder = await writeBundle(tiny, manifest => ({
      ...manifest,
      weights: { file: 'half.bin', dtype: 'float16', sha256: sha256(half) },
    }));
    await writeFile(join(folder, 'half.bin'), half);
    expect((await loadBackboneBundle(folder)).weights).toEqual(float16ToFloat32(half));
  });

  it('refuses weights that are not those of the manifest', async () => {
    const folder = await writeBundle(tiny);
    await appendFile(join(folder, 'weights.f32.bin'), 'x');
    await expect(loadBackboneBundle(folder)).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('weights.f32.bin'),
    });
  });

  it.each(['float16', 'float32'])('refuses %s weights that end within a number', async dtype => {
    const bytes = Buffer.alloc(4_001);
    const weights = { file: 'weights.f32.bin', dtype, sha256: sha256(bytes) };
    const folder = await writeBundle(tiny, manifest => ({ ...manifest, weights }));
    await writeFile(join(folder, 'weights.f32.bin'), bytes);
    await expect(loadBackboneBundle(folder)).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('4001 bytes'),
    });
  });

  it('says which file is missing', async () => {
    const folder = await writeBundle(tiny);
    await rm(join(folder, 'weights.f32.bin'));
    await expect(loadBackboneBundle(folder)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('weights.f32.bin'),
    });
    await expect(loadBackboneBundle(join(await temporaryFolder(), 'nowhere'))).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('manifest.json'),
    });
  });

  it.each<[string, (manifest: Record<string, unknown>) => unknown]>([
    ['no JSON', () => '{'],
    ['empty', () => ''],
    ['another format', manifest => ({ ...manifest, format: 2 })],
    [
      'a weight file elsewhere',
      manifest => ({ ...manifest, weights: { ...tiny.manifest.weights, file: '../x' } }),
    ],
    ['no layers', manifest => ({ ...manifest, layers: [] })],
    ['an id that is a path', manifest => ({ ...manifest, id: '../other' })],
    ['no golden vector', ({ golden: _, ...manifest }) => manifest],
    [
      'weights beyond the end of the file',
      manifest => ({
        ...manifest,
        layers: tiny.manifest.layers.map(layer => ({ ...layer, weight: tiny.weights.length - 1 })),
      }),
    ],
    [
      'a residual from an unknown layer',
      manifest => ({
        ...manifest,
        layers: tiny.manifest.layers.map(layer => ({ ...layer, residualFrom: 'nowhere' })),
      }),
    ],
  ])('refuses a manifest with %s', async (_, change) => {
    const folder = await writeBundle(tiny, change);
    await expect(loadBackboneBundle(folder)).rejects.toMatchObject({ code: 'model-invalid' });
  });
});
