import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { addBackbone } from '../../../src/exchange/import/add-backbone.ts';
import { openModelFiles } from '../../../src/exchange/import/files.ts';
import { mobileNetV2Layers } from '../../../src/exchange/import/mobilenet-v2.ts';
import { checkGolden } from '../../../src/vision/backbone.ts';
import { loadBackboneBundle } from '../../../src/vision/bundle.ts';
import { createOnnxBackbone } from '../../../src/vision/engines/onnx.ts';
import { createTfjsBackbone } from '../../../src/vision/engines/tfjs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cosine, hasShared, largestDifference, SHARED, SHIPPED_BACKBONE } from '../../vision/support.ts';
import {
  dense,
  functional,
  kerasArchive,
  layer,
  legacyWeights,
  numberedWeights,
  officialLayers,
  type TestLayer,
  tfjsFiles,
} from './support.ts';

const narrow = officialLayers(0.35, 1);
const options = { id: undefined, size: undefined, scaling: undefined, licence: 'Apache-2.0' };

async function added(name: string, bytes: Uint8Array, change: object = {}) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, name), bytes);
  return addBackbone(await openModelFiles(join(folder, name)), {
    models: join(folder, 'models'),
    ...options,
    ...change,
  });
}

describe('the architecture', () => {
  it.each([
    // Parameters of keras.applications.MobileNetV2(include_top=False), four of them a channel of BatchNorm.
    [0.35, 410_208],
    [0.5, 706_224],
    [0.75, 1_382_064],
    [1, 2_257_984],
    [1.3, 3_766_048],
    [1.4, 4_363_712],
  ])('of width %d has %d parameters', (alpha, parameters) => {
    const counts = mobileNetV2Layers(alpha).map(({ op, kernel, in: inputs, out }) => {
      return kernel * kernel * (op === 'conv' ? inputs : 1) * out + 4 * out;
    });
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(parameters);
  });

  it('is that of the shipped backbone', async () => {
    const { manifest } = await loadBackboneBundle(SHIPPED_BACKBONE);
    expect(manifest.layers.map(({ weight: _, bias: __, ...shape }) => shape)).toEqual(mobileNetV2Layers(1));
  });
});

describe('backbone add', () => {
  const name = 'mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_96_no_top.h5';

  const graph = functional('mobilenetv2_0.35_96', 96, narrow);
  let legacy: Awaited<ReturnType<typeof added>>['manifest'];
  beforeAll(async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, name), await legacyWeights(narrow));
    const files = await openModelFiles(join(folder, name));
    legacy = (await addBackbone(files, { models: join(folder, 'models'), ...options })).manifest;
  });

  it('reads the weights Keras 2 published', () => {
    expect(legacy).toMatchObject({
      architecture: 'MobileNetV2 width 0.35, BatchNorm folded into the convolutions',
      width: 1280,
      licence: 'Apache-2.0',
      input: { size: 96, scale: 1 / 127.5, offset: -1 },
    });
  });

  it.each<[string, string, () => Promise<Uint8Array>]>([
    ['weights of Keras 3', 'a_0.35_96.h5', () => numberedWeights(narrow)],
    ['Keras 3', 'model.keras', async () => kerasArchive(graph, await numberedWeights(narrow))],
    [
      'Keras 2.12 to 2.15',
      'model.keras',
      async () => kerasArchive(graph, await numberedWeights(narrow, '_layer_checkpoint_dependencies')),
    ],
    ['TensorFlow.js', 'tfjs.zip', async () => zipSync(tfjsFiles(graph, narrow), { level: 1 })],
  ])('reads the same from %s', async (_, file, bytes) => {
    const { manifest } = await added(file, await bytes());
    expect(manifest).toEqual({ ...legacy, provenance: expect.anything() });
  });

  it('takes the official weights with their classifier too', async () => {
    const withTop = [...narrow, dense('Logits', [1280, 1000], 'softmax', 2)];
    const { manifest } = await added(name, await legacyWeights(withTop));
    expect(manifest.weights).toEqual(legacy.weights);
  });

  it.each([0.35, 1.4])('gives width %d a bundle that both engines agree on', async alpha => {
    const layers = officialLayers(alpha, 3);
    const { folder, manifest } = await added('weights.h5', await numberedWeights(layers), { size: 64 });
    const bundle = await loadBackboneBundle(folder);
    expect(manifest.width % 4).toBe(0);
    expect(manifest.golden.l2).toBeGreaterThan(1);
    for (const backbone of [await createOnnxBackbone(bundle, 1), await createTfjsBackbone(bundle, 'wasm')]) {
      await checkGolden(backbone);
      await backbone.close();
    }
  });

  it('keeps a bundle that is there, and never replaces another', async () => {
    const folder = await temporaryFolder();
    const change = { models: join(folder, 'models'), id: 'mine' };
    const bytes = await legacyWeights(narrow);
    expect(await added('a.h5', bytes, change)).toMatchObject({ existed: false });
    expect(await added('a.h5', bytes, change)).toMatchObject({ existed: true });
    const other = await legacyWeights(officialLayers(0.35, 9));
    await expect(added('b.h5', other, change)).rejects.toMatchObject({ code: 'backbone-exists' });
    expect(await readdir(join(folder, 'models', 'backbone'))).toEqual(['mine']);
  });

  it.each<[string, string, (layers: TestLayer[]) => TestLayer[]]>([
    ['a layer less', 'block_16_project', layers => layers.filter(({ name: n }) => !n.startsWith('block_15'))],
    ['another shape', 'block_3_expand', layers => changed(layers, 'block_3_expand', [1, 1, 8, 50])],
    ['no convolutions', 'holds no weights of convolutions', () => [dense('fc', [4, 4], 'relu', 1)]],
    [
      'a norm of another length',
      'expanded_conv_project',
      layers => changed(layers, 'expanded_conv_project_BN', [3]),
    ],
    ['a layer more', 'extra', layers => [...layers, { ...(layers[1] as TestLayer), name: 'extra' }]],
  ])('refuses weights with %s and says where', async (_, where, change) => {
    const broken = await legacyWeights(change(narrow));
    await expect(added('weights.h5', broken)).rejects.toMatchObject({
      code: 'import-unsuitable',
      message: expect.stringContaining(where),
    });
  });

  it.each<[string, string, (layers: TestLayer[]) => TestLayer[]]>([
    ['relu for relu6', 'block_2_expand_relu', l => configured(l, 'block_2_expand_relu', { max_value: null })],
    ['another stride', 'block_1_depthwise', l => configured(l, 'block_1_depthwise', { strides: [1, 1] })],
    ['another padding', 'block_1_depthwise', l => configured(l, 'block_1_depthwise_pad', { padding: 1 })],
    ['dilation', 'block_4_depthwise', l => configured(l, 'block_4_depthwise', { dilation_rate: [2, 2] })],
    ['a sum less', 'block_2_project', l => l.filter(({ name: n }) => n !== 'block_2_add')],
    ['an unknown layer', 'attention', l => [...l, layer('MultiHeadAttention', 'attention')]],
  ])('refuses a model with %s and says where', async (_, where, change) => {
    const layers = change(narrow);
    const file = kerasArchive(functional('m', 96, layers), await numberedWeights(layers));
    await expect(added('model.keras', file)).rejects.toMatchObject({
      code: 'import-unsuitable',
      message: expect.stringContaining(where),
    });
  });

  it.each<[string, string, () => Promise<Uint8Array>]>([
    ['text', 'a.h5', async () => Buffer.from('weights')],
    ['half a file', 'a.h5', async () => (await legacyWeights(narrow)).slice(0, 5000)],
    ['a zip of other things', 'a.keras', async () => kerasArchive({}, new Uint8Array(9))],
    ['an empty file', 'model.json', async () => new Uint8Array()],
    ['a graph model', 'model.json', async () => Buffer.from('{"format":"graph-model"}')],
  ])('calls %s unreadable', async (_, file, bytes) => {
    await expect(added(file, await bytes())).rejects.toMatchObject({ code: 'import-unreadable' });
  });
});

function changed(layers: TestLayer[], name: string, shape: number[]): TestLayer[] {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = new Float32Array(length).fill(1);
  return layers.map(entry => {
    if (entry.name !== name) return entry;
    return {
      ...entry,
      weights: Object.fromEntries(Object.keys(entry.weights).map(key => [key, { shape, values }])),
    };
  });
}

function configured(layers: TestLayer[], name: string, config: object): TestLayer[] {
  return layers.map(entry =>
    entry.name === name ? { ...entry, config: { ...entry.config, ...config } } : entry,
  );
}

describe.skipIf(!hasShared)('the ImageNet weights of ../shared', () => {
  it('give the embeddings of the ONNX model beside them', async () => {
    const reference = join(SHARED, 'models', 'imagenet-mobilenetv2');
    const models = await temporaryFolder();
    const files = await openModelFiles(join(reference, 'no_top.weights.h5'));
    const { folder } = await addBackbone(files, { models, ...options });
    const backbone = await createOnnxBackbone(await loadBackboneBundle(folder), 1);
    const { InferenceSession, Tensor } = await import('onnxruntime-node');
    const session = await InferenceSession.create(join(reference, 'features.onnx'));
    const { sharedPixels } = await import('./shared-pixels.ts');
    for (const pixels of await sharedPixels(2)) {
      const scaled = Float32Array.from(pixels, value => value / 127.5 - 1);
      const { features } = await session.run({ input: new Tensor('float32', scaled, [1, 224, 224, 3]) });
      const expected = features?.data as Float32Array;
      const found = await backbone.embed(pixels, 1);
      expect(cosine(found, expected)).toBeGreaterThan(0.999999);
      expect(largestDifference(found, expected)).toBeLessThan(1e-3);
    }
    await session.release();
    await backbone.close();
  });
});
