import { appendFile, readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cutBefore } from '../../../src/training/tuning/cut.ts';
import { openTuningStore } from '../../../src/training/tuning/open-store.ts';
import { createOnnxFront } from '../../../src/vision/engines/onnx.ts';
import { float16ToFloat32 } from '../../../src/vision/float16.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { largestDifference, referenceEmbedding } from '../../vision/support.ts';
import { drawnViews, picturesOf, smallBundle } from './support.ts';

const bundle = smallBundle();
const cut = cutBefore(bundle.manifest, 2);
const views = drawnViews(8);
const options = (cacheDir: string) => ({ teacher: null, threads: 1, cacheDir });

describe('feature maps of the frozen part', () => {
  it('are those of the network that ends there', async () => {
    const front = await createOnnxFront(bundle, cut.through, 1);
    const pixels = views[0]?.pixels as Uint8Array;
    const bits = await front.features(pixels);
    await front.close();
    const features = float16ToFloat32(new Uint8Array(bits.buffer));
    expect(features).toHaveLength(4 * 4 * 6);
    // Their mean over the map is the embedding of a network of these layers alone.
    const layers = bundle.manifest.layers.slice(0, -cut.layers.length);
    const expected = referenceEmbedding({ ...bundle, manifest: { ...bundle.manifest, layers } }, pixels);
    const means = expected.map((_, channel) => {
      const own = features.filter((__, at) => at % 6 === channel);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    expect(largestDifference(means, expected)).toBeLessThan(2e-3);
  });

  it('are read back in any order', async () => {
    const store = await openTuningStore(bundle, cut, picturesOf(views), options(await temporaryFolder()), {});
    const forth = await store.read([3, 11]);
    const back = await store.read([11, 3]);
    await store.close();
    const half = 4 * 4 * 6;
    expect(back.features.subarray(0, half)).toEqual(forth.features.subarray(half));
    expect(back.features.subarray(half)).toEqual(forth.features.subarray(0, half));
    expect(store.samples).toEqual(views.map(({ sample }) => sample));
  });

  it('are computed once', async () => {
    const cacheDir = await temporaryFolder();
    const pictures = picturesOf(views);
    for (let round = 0; round < 2; round++) {
      await (await openTuningStore(bundle, cut, pictures, options(cacheDir), {})).close();
    }
    expect(pictures.read()).toBe(views.length);
  });

  it('are computed anew for other pictures', async () => {
    const cacheDir = await temporaryFolder();
    await (await openTuningStore(bundle, cut, picturesOf(views), options(cacheDir), {})).close();
    const others = picturesOf(views.slice(2), 'others');
    const store = await openTuningStore(bundle, cut, others, options(cacheDir), {});
    await store.close();
    expect(others.read()).toBe(views.length - 2);
  });

  it('are the same after the reading was interrupted and half a record and half a line written', async () => {
    const whole = await openTuningStore(bundle, cut, picturesOf(views), options(await temporaryFolder()), {});
    const cacheDir = await temporaryFolder();
    const stop = new AbortController();
    const onProgress = (_: string, done: number) => {
      if (done === 10) stop.abort(new Error('stopped'));
    };
    const hooks = { onProgress, signal: stop.signal };
    await expect(openTuningStore(bundle, cut, picturesOf(views), options(cacheDir), hooks)).rejects.toThrow(
      'stopped',
    );
    const [folder] = await readdir(cacheDir);
    const at = (name: string) => join(cacheDir, folder as string, name);
    await truncate(at('records.f16'), 10 * 4 * 4 * 6 * 2 - 5);
    await appendFile(at('rows.jsonl'), '{"labels":[1,');
    const dones: number[] = [];
    const resumed = await openTuningStore(bundle, cut, picturesOf(views), options(cacheDir), {
      onProgress: (_, done) => dones.push(done),
    });
    const all = views.map((_, row) => row);
    expect(dones[0]).toBe(10);
    expect(await resumed.read(all)).toEqual(await whole.read(all));
    expect(resumed.samples).toEqual(whole.samples);
    await resumed.close();
    await whole.close();
  });

  it('have the embedding of the teacher beside them', async () => {
    const teacher = { bundle: smallBundle(2), soft: 0.5, temperature: 2, distance: 1 };
    const cacheDir = await temporaryFolder();
    const store = await openTuningStore(
      bundle,
      cut,
      picturesOf(views),
      { teacher, threads: 1, cacheDir },
      {},
    );
    const { teacher: embedding } = await store.read([5]);
    await store.close();
    const expected = referenceEmbedding(teacher.bundle, views[5]?.pixels as Uint8Array);
    expect(largestDifference(embedding, expected)).toBeLessThan(5e-3);
  });
});
