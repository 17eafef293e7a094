import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { messageOf } from '../../src/errors.ts';
import {
  type Backbone,
  checkGolden,
  describeGolden,
  ENGINES,
  type EngineName,
  goldenPixels,
} from '../../src/vision/backbone.ts';
import { type BackboneBundle, loadBackboneBundle } from '../../src/vision/bundle.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';
import { loadTensorflow } from '../../src/vision/engines/tensorflow.ts';
import { program } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  hasShared,
  largestDifference,
  randomPixels,
  referenceEmbedding,
  SHIPPED_BACKBONE,
  sharedPhotos,
  tinyBundle,
} from './support.ts';

const nativeFailure = await loadTensorflow('tfjs-node').then(() => null, messageOf);
if (nativeFailure !== null) console.warn(`tfjs-node is not tested: ${nativeFailure.split('\n')[0]}`);
const installed = ENGINES.filter(engine => engine !== 'tfjs-node' || nativeFailure === null);

const EACH = 224 * 224 * 3;
/** Largest difference there may be between two engines. */
const AGREEMENT = 1e-4;

let bundle: BackboneBundle;
const backbones = new Map<EngineName, Backbone>();

/** The golden vector of a bundle is found by hand, so that an engine is not measured by itself. */
function withGolden(tiny: BackboneBundle): BackboneBundle {
  const pixels = goldenPixels(tiny.manifest.input.size);
  const golden = describeGolden(Float32Array.from(referenceEmbedding(tiny, pixels)));
  return { ...tiny, manifest: { ...tiny.manifest, golden } };
}

/** tfjs keeps one backend for all: each engine is asked before the next is loaded. */
async function embedWith(engine: EngineName, of: BackboneBundle, pixels: Uint8Array, count: number) {
  const { backbone } = await createBackbone(of, { engine, threads: 1 });
  const embeddings = Float32Array.from(await backbone.embed(pixels, count));
  await backbone.close();
  return embeddings;
}

beforeAll(async () => {
  bundle = await loadBackboneBundle(SHIPPED_BACKBONE);
});

afterAll(async () => {
  for (const backbone of backbones.values()) await backbone.close();
});

describe.each(installed)('engine %s', engine => {
  it.each([
    [8, 1],
    [16, 3],
    [9, 2],
  ])('computes each layer by its definition (%d pixels, %d tiles)', async (size, count) => {
    const tiny = withGolden(tinyBundle(size, size));
    const each = size * size * 3;
    const pixels = randomPixels(count * each, size);
    const found = await embedWith(engine, tiny, pixels, count);
    const expected = Array.from({ length: count }, (_, row) =>
      referenceEmbedding(tiny, pixels.subarray(row * each, (row + 1) * each)),
    ).flat();
    expect(largestDifference(found, expected)).toBeLessThan(1e-4);
  });

  it('meets the golden vector of the shipped backbone', async () => {
    const { backbone, why } = await createBackbone(bundle, { engine, threads: 1 });
    expect(backbone.engine).toBe(engine);
    expect(why).toBe('set in the config');
    expect(backbone.runtime).toMatch(/\d+\.\d+/);
    await backbone.close();
  });

  it.each<[string, (tiny: BackboneBundle) => BackboneBundle]>([
    [
      'a changed weight',
      tiny => ({ ...tiny, weights: tiny.weights.map((value, index) => (index === 3 ? value + 1 : value)) }),
    ],
    ['another scale', tiny => changedInput(tiny, { scale: 1 / 255 })],
    ['another offset', tiny => changedInput(tiny, { offset: 0 })],
    ['weights that are no numbers', tiny => ({ ...tiny, weights: tiny.weights.map(() => Number.NaN) })],
  ])('is refused with %s', async (_, change) => {
    const wrong = change(withGolden(tinyBundle(16, 5)));
    await expect(createBackbone(wrong, { engine, threads: 1 })).rejects.toMatchObject({
      code: 'engine-wrong',
    });
  });
});

function changedInput(tiny: BackboneBundle, input: { scale?: number; offset?: number }): BackboneBundle {
  return { ...tiny, manifest: { ...tiny.manifest, input: { ...tiny.manifest.input, ...input } } };
}

describe('engines among themselves', () => {
  async function agree(pixels: Uint8Array, count: number) {
    const [first, ...others] = installed;
    const reference = await embedWith(first ?? 'onnx', bundle, pixels, count);
    expect(reference.some(value => value > 0.1)).toBe(true);
    for (const engine of others) {
      const found = await embedWith(engine, bundle, pixels, count);
      expect.soft(largestDifference(found, reference), engine).toBeLessThan(AGREEMENT);
    }
  }

  it('agree on random pixels', () => agree(randomPixels(2 * EACH, 7), 2));

  it.skipIf(!hasShared)('agree on photos', async () => {
    const photos = sharedPhotos(2);
    const pixels = new Uint8Array(photos.length * EACH);
    for (const [index, path] of photos.entries()) {
      pixels.set(await sharp(path).resize(224, 224, { fit: 'fill' }).raw().toBuffer(), index * EACH);
    }
    await agree(pixels, photos.length);
  });

  it('give a tile the same embedding alone and in a batch', async () => {
    const pixels = randomPixels(3 * EACH, 8);
    const together = await embedWith('onnx', bundle, pixels, 3);
    const alone = await embedWith('onnx', bundle, pixels.subarray(EACH, 2 * EACH), 1);
    expect(largestDifference(alone, together.subarray(1280, 2560))).toBeLessThan(1e-5);
  });
});

describe('createBackbone', () => {
  it('with auto takes the fastest that loads', async () => {
    const { backbone, why } = await createBackbone(bundle, { engine: 'auto', threads: 0 });
    expect(backbone.engine).toBe('onnx');
    expect(why).toBe('auto: the fastest');
    await checkGolden(backbone);
    await backbone.close();
  });

  it('with auto falls back, and says why', () => {
    const { engine, why, warned } = chooseWithout(['onnxruntime-node', '@tensorflow/tfjs-node']);
    expect(engine).toBe('wasm');
    expect(why).toMatch(/engine onnx does not load: not on this machine.*engine tfjs-node does not load/s);
    expect(warned).toEqual(['engine onnx is not used', 'engine tfjs-node is not used']);
  });

  it('fails where no engine is left', () => {
    const all = ['onnxruntime-node', '@tensorflow/tfjs-node', '@tensorflow/tfjs-backend-wasm'];
    expect(chooseWithout(all)).toMatchObject({ code: 'engine-unavailable' });
  });

  it('with an engine by name never takes another', () => {
    expect(chooseWithout(['onnxruntime-node'], 'onnx')).toMatchObject({ code: 'engine-unavailable' });
  });

  it('with onnx reports to nobody: what onnxruntime would send begins with a file for temporary ones', async () => {
    const folder = await temporaryFolder();
    expect(chooseWithout([], 'onnx', folder)).toMatchObject({ engine: 'onnx' });
    expect(readdirSync(folder)).toEqual([]);
  });
});

/** Chooses an engine in a process in which some packages do not load, as on a machine without a binary for them. */
function chooseWithout(
  packages: readonly string[],
  engine: 'auto' | EngineName = 'auto',
  temporary = tmpdir(),
) {
  const { stdout, stderr } = spawnSync(process.execPath, [program('choose-engine'), engine, ...packages], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary },
  });
  const line = stdout.trim().split('\n').at(-1);
  if (line === undefined || !line.startsWith('{')) throw new Error(`no answer: ${stdout}${stderr}`);
  return JSON.parse(line);
}
