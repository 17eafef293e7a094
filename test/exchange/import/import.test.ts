import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { scoreEmbeddings } from '../../../src/activity/head.ts';
import { loadHead } from '../../../src/activity/head-bundle.ts';
import type { ImportOptions } from '../../../src/exchange/import/import-model.ts';
import { loadBackboneBundle } from '../../../src/vision/bundle.ts';
import { createOnnxBackbone } from '../../../src/vision/engines/onnx.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { loadWholeTensorflow } from '../../support/whole-tensorflow.ts';
import { largestDifference, randomPixels } from '../../vision/support.ts';
import {
  dense,
  functional,
  importInto,
  kerasArchive,
  layer,
  member,
  numberedWeights,
  officialLayers,
  sequential,
  type TestLayer,
  tfjsFiles,
  wholeHdf5,
} from './support.ts';

const SIZE = 64;
const base = officialLayers(0.35, 1);
const pool = layer('GlobalAveragePooling2D', 'pool');
const metadata = (labels: string[]) =>
  Buffer.from(JSON.stringify({ packageName: '@teachablemachine/image', labels, imageSize: SIZE }));

/** Teachable Machine's: the network up to its mean, then Dense 100 and Dense without bias, each in a sequence. */
function teachableMachine(classes: number) {
  const hidden = dense('dense_Dense1', [1280, 100], 'relu', 5);
  const last = dense('dense_Dense2', [100, classes], 'softmax', 6);
  delete last.weights.bias;
  last.config.use_bias = false;
  hidden.config.batch_input_shape = [null, 1280];
  const model = sequential('sequential_4', [
    sequential('sequential_1', [functional('model1', SIZE, base), member(pool)]),
    sequential('sequential_3', [member(hidden), member(last)]),
  ]);
  return { model, layers: [...base, hidden, last], hidden, last };
}

/** The tutorial's: pixels 0..1, Dense 64, Dropout, three sigmoids. */
function tutorial(change: (top: TestLayer[]) => TestLayer[] = same => same) {
  const top = change([
    pool,
    dense('dense', [1280, 64], 'relu', 7),
    layer('Dropout', 'dropout', { rate: 0.5 }),
    dense('dense_1', [64, 3], 'sigmoid', 8),
  ]);
  const nested = functional('mobilenetv2_0.35_64', SIZE, base);
  const model = sequential('sequential', [nested, ...top.map(member)]);
  const groups = {
    'mobilenetv2_0.35_64': base,
    ...Object.fromEntries(top.map(entry => [entry.name, [entry]])),
  };
  return { model, layers: [...base, ...top], groups };
}

async function put(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = join(await temporaryFolder(), 'given');
  await mkdir(folder);
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

async function imported(path: string, change: Partial<ImportOptions> = {}) {
  const models = join(dirname(path), 'models');
  return { ...(await importInto(models, path, change)), models };
}

/** What the daemon makes of some noise, and what TensorFlow.js makes of it with the model as it was given. */
async function bothAnswers(
  found: Awaited<ReturnType<typeof imported>>,
  model: Record<string, unknown>,
  layers: readonly TestLayer[],
) {
  const { id, weights, input } = found.backbone.manifest;
  const bundle = await loadBackboneBundle(found.backbone.folder);
  const head = await loadHead(join(found.models, 'heads'), found.head.id, { id, sha256: weights.sha256 });
  const pixels = randomPixels(2 * SIZE * SIZE * 3, 11);
  const backbone = await createOnnxBackbone(bundle, 1);
  const ours = scoreEmbeddings(head, await backbone.embed(pixels, 2), 2);
  await backbone.close();

  const tf = await loadWholeTensorflow();
  const files = tfjsFiles(model, layers);
  const json = JSON.parse(String(files['model.json']));
  const weightData = new Uint8Array(files['weights.bin'] as Buffer).buffer;
  const weightSpecs = json.weightsManifest[0].weights;
  const { modelTopology } = json;
  const loaded = await tf.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
  const scaled = Float32Array.from(pixels, value => value * input.scale + input.offset);
  const answer = loaded.predict(tf.tensor4d(scaled, [2, SIZE, SIZE, 3]));
  if (Array.isArray(answer)) throw new Error('one output expected');
  const theirs = await answer.data<'float32'>();
  loaded.dispose();
  return { ours, theirs };
}

describe('import', () => {
  it("gives Teachable Machine's answers", async () => {
    const { model, layers } = teachableMachine(4);
    const labels = ['Kite Surfing', 'None', 'surfing', 'windsurfing'];
    const folder = await put({ ...tfjsFiles(model, layers), 'metadata.json': metadata(labels) });
    const found = await imported(folder);
    expect(found).toMatchObject({
      alpha: 0.35,
      head: {
        activities: ['kite-surfing', 'surfing', 'windsurfing'],
        output: 'softmax',
        background: ['none'],
        hidden: 100,
        thresholds: { surfing: 0.5 },
      },
      backbone: { manifest: { input: { size: SIZE, scale: 1 / 127.5, offset: -1 } } },
    });
    const { ours, theirs } = await bothAnswers(found, model, layers);
    const activities = [0, 2, 3, 4, 6, 7].map(index => theirs[index] as number);
    expect(largestDifference(ours, activities)).toBeLessThan(1e-4);
    expect(Math.max(...activities) - Math.min(...activities)).toBeGreaterThan(0.05);
  });

  const pair = teachableMachine(2);
  const pairGroups = { sequential_1: base, sequential_3: [pair.hidden, pair.last] };
  it.each<[string, string, () => Promise<Record<string, Uint8Array>>]>([
    [
      'Keras',
      'keras.zip',
      async () => ({
        'keras_model.h5': await wholeHdf5(pair.model, pairGroups),
        'labels.txt': Buffer.from('0 surfing\n1 None of these\n'),
      }),
    ],
    [
      'TensorFlow.js',
      'tfjs.zip',
      async () => ({
        ...tfjsFiles(pair.model, pair.layers),
        'metadata.json': metadata(['surfing', 'None of these']),
      }),
    ],
  ])('reads its archive for %s', async (_, name, files) => {
    const path = join(await put({ [name]: zipSync(await files(), { level: 1 }) }), name);
    const { head, backbone, folder } = await imported(path, { background: ['None of these'] });
    expect(head).toMatchObject({ activities: ['surfing'], background: ['none-of-these'], hidden: 100 });
    expect(backbone.manifest.input).toMatchObject({ scale: 1 / 127.5, offset: -1 });
    const stored = new Float32Array(new Uint8Array(await readFile(join(folder, 'weights.f32.bin'))).buffer);
    // Dense without bias: the outputs' are zero, and their kernel is before them.
    expect([...stored.subarray(-2)]).toEqual([0, 0]);
    const kernel = pair.last.weights.kernel?.values ?? [];
    expect(stored.at(-3)).toBe(kernel.at(-1));
  });

  it("gives the answers of the tutorial's model, and asks how pixels were scaled", async () => {
    const { model, layers, groups } = tutorial();
    const folder = await put({ 'model.h5': await wholeHdf5(model, groups) });
    const labels = ['surfing', 'windsurfing', 'kitesurfing'];
    await expect(imported(folder, { labels })).rejects.toMatchObject({
      code: 'import-incomplete',
      message: expect.stringContaining('--scale'),
    });
    const found = await imported(folder, { labels, scaling: { scale: 1 / 255, offset: 0 } });
    expect(found.head).toMatchObject({ activities: labels, hidden: 64, width: 1280 });
    expect(found.head.output).toBeUndefined();
    const { ours, theirs } = await bothAnswers(found, model, layers);
    expect(largestDifference(ours, theirs)).toBeLessThan(1e-4);
  });

  it('takes the scaling from a layer, and a single Dense for a head', async () => {
    const only = dense('out', [1280, 2], 'sigmoid', 9);
    const layers = [layer('Rescaling', 'rescaling', { scale: 1 / 255, offset: 0 }), ...base, pool, only];
    const model = functional('whole', SIZE, layers);
    const archive = kerasArchive(model, await numberedWeights(layers));
    const path = join(await put({ 'm.keras': archive }), 'm.keras');
    const found = await imported(path, { labels: ['surfing', 'background'] });
    expect(found.head).toMatchObject({ activities: ['surfing'], hidden: 2 });
    expect(found.backbone.manifest.input).toMatchObject({ scale: 1 / 255, offset: 0 });
    // What TensorFlow.js is given is scaled already.
    const { ours, theirs } = await bothAnswers(
      found,
      functional('whole', SIZE, layers.slice(1)),
      layers.slice(1),
    );
    expect(largestDifference(ours, [theirs[0] as number, theirs[2] as number])).toBeLessThan(1e-4);
  });

  it('takes one sigmoid for two classes: the second and, of the rest, the first', async () => {
    const top = [pool, dense('out', [1280, 1], 'sigmoid', 9)];
    const { model, layers, groups } = tutorial(() => top);
    const folder = await put({ 'm.h5': await wholeHdf5(model, groups) });
    const scaling = { scale: 1 / 127.5, offset: -1 };
    const found = await imported(folder, { labels: ['kitesurfing', 'surfing'], scaling });
    const { ours, theirs } = await bothAnswers(found, model, layers);
    const [first, second] = [theirs[0] as number, theirs[1] as number];
    expect(largestDifference(ours, [1 - first, first, 1 - second, second])).toBeLessThan(1e-4);
  });

  it.each<[string, string, TestLayer[]]>([
    [
      'Flatten instead of the mean',
      'flatten',
      [layer('Flatten', 'flatten'), dense('dense', [5120, 3], 'sigmoid', 1)],
    ],
    [
      'maximum pooling',
      'maxima',
      [layer('GlobalMaxPooling2D', 'maxima'), dense('dense', [1280, 3], 'sigmoid', 1)],
    ],
    [
      'a hidden layer of tanh',
      'squash',
      [pool, dense('squash', [1280, 8], 'tanh', 1), dense('d', [8, 3], 'sigmoid', 2)],
    ],
    [
      'three dense layers',
      'third',
      [
        pool,
        dense('a', [1280, 8], 'relu', 1),
        dense('b', [8, 8], 'relu', 2),
        dense('third', [8, 3], 'sigmoid', 3),
      ],
    ],
    [
      'a mean that is scaled and no more',
      'first',
      [pool, layer('Rescaling', 'scale', { scale: 2, offset: 0 }), dense('first', [1280, 3], 'sigmoid', 1)],
    ],
    [
      'a mean given to tanh',
      'bend',
      [pool, layer('Activation', 'bend', { activation: 'tanh' }), dense('dense', [1280, 3], 'sigmoid', 1)],
    ],
    ['no head', 'no Dense layer', [pool]],
  ])('refuses %s and names the layer', async (_, name, top) => {
    const { model, groups } = tutorial(() => top);
    const folder = await put({ 'm.h5': await wholeHdf5(model, groups) });
    const failed = imported(folder, { labels: ['surfing', 'windsurfing', 'kitesurfing'] });
    await expect(failed).rejects.toMatchObject({
      code: 'import-unsuitable',
      message: expect.stringContaining(name),
    });
    expect(await readdir(dirname(folder))).toEqual(['given']);
  });

  it.each<[string, string[] | undefined]>([
    ['no labels', undefined],
    ['too few labels', ['surfing']],
    ['a label twice', ['surfing', 'Surfing', 'none']],
    ['no activity', ['none', 'background', 'empty']],
  ])('asks for class names where there are %s', async (_, labels) => {
    const { model, groups } = tutorial();
    const folder = await put({ 'm.h5': await wholeHdf5(model, groups) });
    await expect(imported(folder, { labels })).rejects.toMatchObject({ code: 'import-incomplete' });
  });
});
