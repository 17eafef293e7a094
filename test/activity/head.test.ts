import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headLogits, scoreEmbeddings } from '../../src/activity/head.ts';
import { type HeadBundle, loadHead } from '../../src/activity/head-bundle.ts';
import { SHIPPED_MODELS } from '../../src/base/paths.ts';
import { createRandom } from '../../src/base/random.ts';
import { saveHead, selectHead } from '../../src/learning/fit/save-head.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { ACTIVITIES, BACKBONE, randomHead, WIDTH } from '../learning/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { loadWholeTensorflow } from '../support/whole-tensorflow.ts';
import { largestDifference, SHIPPED_BACKBONE } from '../vision/support.ts';

describe('the forward pass', () => {
  it("is that of tfjs's layers", async () => {
    const tf = await loadWholeTensorflow();
    const head = randomHead(3);
    const random = createRandom(4);
    const count = 7;
    const embeddings = Float32Array.from({ length: count * WIDTH }, () => random.between(0, 6));
    const kernel = (values: Float32Array, outputs: number) =>
      tf.tensor2d(values, [outputs, values.length / outputs]).transpose();
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          units: head.manifest.hidden,
          activation: 'relu',
          inputShape: [WIDTH],
          weights: [kernel(head.hiddenKernel, head.manifest.hidden), tf.tensor1d(head.hiddenBias)],
        }),
        tf.layers.dense({
          units: ACTIVITIES.length,
          weights: [kernel(head.outputKernel, ACTIVITIES.length), tf.tensor1d(head.outputBias)],
        }),
      ],
    });
    const logits = model.predict(tf.tensor2d(embeddings, [count, WIDTH]));
    if (Array.isArray(logits)) throw new Error('one output expected');
    expect(largestDifference(headLogits(head, embeddings, count), logits.dataSync<'float32'>())).toBeLessThan(
      1e-4,
    );

    const slopes = head.manifest.calibration.map(({ slope }) => slope);
    const intercepts = head.manifest.calibration.map(({ intercept }) => intercept);
    const calibrated = logits.mul(tf.tensor1d(slopes)).add(tf.tensor1d(intercepts)).sigmoid();
    const scores = scoreEmbeddings(head, embeddings, count);
    expect(largestDifference(scores, calibrated.dataSync<'float32'>())).toBeLessThan(1e-5);
  });
});

describe('many rows at once', () => {
  it('are scored as each alone, whatever other head was asked between them', () => {
    const [head, other] = [randomHead(3), randomHead(8)];
    const count = 300;
    const random = createRandom(5);
    const embeddings = Float32Array.from({ length: count * WIDTH }, () => random.between(0, 6));
    const alone = Array.from({ length: count }, (_, row) => {
      const one = embeddings.subarray(row * WIDTH, (row + 1) * WIDTH);
      headLogits(other, one, 1);
      return [...headLogits(head, one, 1)];
    });
    expect([...headLogits(head, embeddings, count)]).toEqual(alone.flat());
    expect(headLogits(head, new Float32Array(0), 0)).toHaveLength(0);
  });
});

describe('a head that prepares its input', () => {
  const input = { kind: 'softsign', scale: 3 } as const;

  it("scores what TensorFlow.js's softsign makes of the embeddings", async () => {
    const tf = await loadWholeTensorflow();
    const plain = randomHead(3);
    const bent = randomHead(3, { input });
    const random = createRandom(6);
    const embeddings = Float32Array.from({ length: 4 * WIDTH }, () => random.between(-1, 6));
    const given = embeddings.slice();
    const layer = tf.layers.activation({ activation: 'softsign', inputShape: [WIDTH] });
    const softsign = layer.apply(tf.tensor2d(embeddings, [4, WIDTH]).mul(3));
    if (Array.isArray(softsign) || !('dataSync' in softsign)) throw new Error('one tensor expected');
    const expected = scoreEmbeddings(plain, softsign.dataSync<'float32'>(), 4);
    expect(largestDifference(scoreEmbeddings(bent, embeddings, 4), expected)).toBeLessThan(1e-6);
    expect(largestDifference(scoreEmbeddings(plain, embeddings, 4), expected)).toBeGreaterThan(0.01);
    expect(embeddings).toEqual(given);
  });

  it('is saved and loaded with it', async () => {
    const heads = await temporaryFolder();
    await saveHead(heads, randomHead(3, { input }), {});
    expect((await loadHead(heads, 'head-3', BACKBONE)).manifest.input).toEqual(input);
  });
});

/** Three activities and a class that is none, which share a probability of 1. */
function softmaxHead(seed: number): HeadBundle {
  const four = randomHead(seed, { activities: [...ACTIVITIES, 'none'] });
  const { manifest } = randomHead(seed, { output: 'softmax', background: ['none'] });
  const random = createRandom(seed + 1);
  const values = (length: number) => Float32Array.from({ length }, () => random.between(-1, 1));
  return { ...four, manifest, outputKernel: values(4 * manifest.hidden), outputBias: values(4) };
}

describe('a softmax head', () => {
  const identity = ACTIVITIES.map(() => ({ slope: 1, intercept: 0 }));
  const embeddings = Float32Array.from({ length: 2 * WIDTH }, (_, index) => (index * 7) % 6);

  it("gives each activity its share, which TensorFlow.js's softmax gives", async () => {
    const tf = await loadWholeTensorflow();
    const head = softmaxHead(5);
    const { hidden } = head.manifest;
    const units = tf
      .tensor2d(embeddings, [2, WIDTH])
      .matMul(tf.tensor2d(head.hiddenKernel, [hidden, WIDTH]), false, true)
      .add(head.hiddenBias)
      .relu();
    const shares = units
      .matMul(tf.tensor2d(head.outputKernel, [4, hidden]), false, true)
      .add(head.outputBias);
    const expected = shares.softmax().slice([0, 0], [2, 3]).dataSync<'float32'>();
    const plain = { ...head, manifest: { ...head.manifest, calibration: identity } };
    expect(largestDifference(scoreEmbeddings(plain, embeddings, 2), expected)).toBeLessThan(1e-5);

    const { calibration } = head.manifest;
    const calibrated = expected.map((share, index) => {
      const { slope, intercept } = calibration[index % 3] ?? { slope: 1, intercept: 0 };
      return 1 / (1 + Math.exp(-(slope * Math.log(share / (1 - share)) + intercept)));
    });
    expect(largestDifference(scoreEmbeddings(head, embeddings, 2), calibrated)).toBeLessThan(1e-5);
  });

  it('stays a number where one output is far above the others', () => {
    const head = softmaxHead(5);
    const far = { ...head, outputBias: Float32Array.of(5000, 0, 0, 0) };
    const scores = scoreEmbeddings(far, embeddings, 1);
    expect([...scores].every(Number.isFinite)).toBe(true);
    expect(scores[0]).toBeCloseTo(1);
  });

  it('is saved and loaded with its background', async () => {
    const heads = await temporaryFolder();
    const head = softmaxHead(6);
    await saveHead(heads, head, {});
    const loaded = await loadHead(heads, 'head-6', BACKBONE);
    expect(loaded.manifest).toMatchObject({ output: 'softmax', background: ['none'] });
    expect(loaded.outputKernel).toEqual(head.outputKernel);
    expect(loaded.outputBias).toEqual(head.outputBias);
  });
});

describe('saveHead and loadHead', () => {
  const numbers = ({ manifest: _, ...weights }: HeadBundle) => weights;

  it('gives back what was saved', async () => {
    const heads = await temporaryFolder();
    const head = randomHead(1);
    const manifest = await saveHead(heads, head, { 'metrics.json': '{"accuracy":0.9}' });
    const loaded = await loadHead(heads, 'head-1', BACKBONE);
    expect(loaded.manifest).toEqual(manifest);
    expect(loaded.manifest).toEqual({ ...head.manifest, weights: manifest.weights });
    expect(numbers(loaded)).toEqual(numbers(head));
    expect(JSON.parse(await readFile(join(heads, 'head-1', 'metrics.json'), 'utf8'))).toEqual({
      accuracy: 0.9,
    });
  });

  it('loads the head that was selected as current', async () => {
    const heads = await temporaryFolder();
    for (const seed of [1, 2]) await saveHead(heads, randomHead(seed), {});
    await selectHead(heads, 'head-1');
    expect((await loadHead(heads, 'current', BACKBONE)).manifest.id).toBe('head-1');
    await selectHead(heads, 'head-2');
    expect((await loadHead(heads, 'current', BACKBONE)).manifest.id).toBe('head-2');
    expect((await readdir(heads)).sort()).toEqual(['current', 'head-1', 'head-2']);
  });

  it('is not disturbed by what a power cut left behind', async () => {
    const heads = await temporaryFolder();
    await mkdir(join(heads, 'head-1.new', 'deep'), { recursive: true });
    await writeFile(join(heads, 'head-1.new', 'weights.f32.bin'), 'half a fi');
    await writeFile(join(heads, 'current.new'), 'head');
    await saveHead(heads, randomHead(1), { 'metrics.json': '{}' });
    await selectHead(heads, 'head-1');
    expect((await readdir(heads)).sort()).toEqual(['current', 'head-1']);
    expect((await readdir(join(heads, 'head-1'))).sort()).toEqual([
      'head.json',
      'metrics.json',
      'weights.f32.bin',
    ]);
    expect((await loadHead(heads, 'current', BACKBONE)).manifest.id).toBe('head-1');
  });

  it('replaces a head of the same id as a whole', async () => {
    const heads = await temporaryFolder();
    await saveHead(heads, randomHead(1), {});
    await writeFile(join(heads, 'head-1', 'stray'), '');
    const other = { ...randomHead(2), manifest: randomHead(1).manifest };
    await saveHead(heads, other, {});
    expect(numbers(await loadHead(heads, 'head-1', BACKBONE))).toEqual(numbers(other));
    await expect(stat(join(heads, 'head-1', 'stray'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('loads the shipped head on the shipped backbone', async () => {
    const { manifest } = await loadBackboneBundle(SHIPPED_BACKBONE);
    const backbone = { id: manifest.id, sha256: manifest.weights.sha256 };
    const head = await loadHead(join(SHIPPED_MODELS, 'heads'), 'current', backbone);
    expect(head.manifest.activities).toEqual(ACTIVITIES);
    expect(head.manifest.width).toBe(manifest.width);
  });
});

describe('loadHead refuses', () => {
  async function saved(change: (folder: string) => Promise<unknown>) {
    const heads = await temporaryFolder();
    await saveHead(heads, randomHead(1), {});
    await change(join(heads, 'head-1'));
    return loadHead(heads, 'head-1', BACKBONE);
  }
  const changedManifest = (change: object) => async (folder: string) => {
    const path = join(folder, 'head.json');
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...change }));
  };

  it('a head of another backbone', async () => {
    const heads = await temporaryFolder();
    await saveHead(heads, randomHead(1), {});
    const other = { ...BACKBONE, sha256: 'ef'.repeat(32) };
    await expect(loadHead(heads, 'head-1', other)).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('belongs to backbone'),
    });
  });

  it.each<[string, (folder: string) => Promise<unknown>]>([
    ['weights with a byte more', folder => appendFile(join(folder, 'weights.f32.bin'), 'x')],
    ['a manifest of other sizes', changedManifest({ hidden: 6 })],
    ['a manifest with too few calibrations', changedManifest({ calibration: [] })],
    ['a manifest without a threshold', changedManifest({ thresholds: { surfing: 0.5 } })],
    ['an unknown input', changedManifest({ input: { kind: 'cube', scale: 1 } })],
    ['an input without a scale', changedManifest({ input: { kind: 'softsign', scale: 0 } })],
    ['a background without softmax', changedManifest({ background: ['none'] })],
    ['a weight file elsewhere', changedManifest({ weights: { file: '../x', sha256: '0'.repeat(64) } })],
    ['a manifest of another format', changedManifest({ format: 2 })],
    ['a manifest that is no JSON', folder => writeFile(join(folder, 'head.json'), '{')],
  ])('%s', async (_, change) => {
    await expect(saved(change)).rejects.toMatchObject({ code: 'model-invalid' });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 3e30])('the weight %d', async weight => {
    const heads = await temporaryFolder();
    const head = randomHead(1);
    await saveHead(heads, { ...head, hiddenBias: head.hiddenBias.map(() => weight) }, {});
    await expect(loadHead(heads, 'head-1', BACKBONE)).rejects.toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('not numbers'),
    });
  });

  it.each(['weights.f32.bin', 'head.json'])('a bundle without %s', async file => {
    await expect(saved(folder => rm(join(folder, file)))).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining(file),
    });
  });

  it.each(['../head-1', '..', '/etc', 'a/b', '', '.hidden'])('the id %j in current', async id => {
    const heads = await temporaryFolder();
    await writeFile(join(heads, 'current'), `${id}\n`);
    await expect(loadHead(heads, 'current', BACKBONE)).rejects.toMatchObject({ code: 'model-invalid' });
    if (id !== '')
      await expect(loadHead(heads, id, BACKBONE)).rejects.toMatchObject({ code: 'model-invalid' });
  });

  it('where there is no current', async () => {
    const heads = await temporaryFolder();
    await expect(loadHead(heads, 'current', BACKBONE)).rejects.toMatchObject({ code: 'model-missing' });
  });
});
