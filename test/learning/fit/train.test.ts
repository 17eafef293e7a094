import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { headLogits } from '../../../src/activity/head.ts';
import { loadHead } from '../../../src/activity/head-bundle.ts';
import { embedViews } from '../../../src/learning/embedding/embed.ts';
import { selectRows } from '../../../src/learning/embedding/sample.ts';
import { type FitOptions, fitHead } from '../../../src/learning/fit/fit-head.ts';
import { type TrainOptions, trainHead } from '../../../src/learning/fit/train.ts';
import { PACKAGE_ROOT } from '../../../src/ops/paths.ts';
import type { Backbone } from '../../../src/vision/backbone.ts';
import { loadBackboneBundle } from '../../../src/vision/bundle.ts';
import { loadTensorflow, type Tensorflow } from '../../../src/vision/engines/tensorflow.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { patches, SHIPPED_BACKBONE, tinyBundle } from '../../vision/support.ts';
import { ACTIVITIES, balancedSamples, randomHead, sampleOf, separableSet } from '../support.ts';

const FIT: FitOptions = { hidden: 8, epochs: 12, batch: 16, learningRate: 0.02, dropout: 0, seed: 5 };
const TRAIN: TrainOptions = {
  ...FIT,
  activities: ACTIVITIES,
  validation: 0.2,
  refit: false,
  command: 'surfwatch train photos',
  now: new Date('2026-06-01T09:14:03Z'),
};
const { manifest: BACKBONE } = tinyBundle(8, 1);

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow('wasm');
});

describe('fitHead', () => {
  const set = separableSet(balancedSamples(40));

  /** Share of all labels that the sign of the logit tells. */
  function accuracy(head: Awaited<ReturnType<typeof fitHead>>, of = set): number {
    const bundle = { ...randomHead(0, { hidden: FIT.hidden }), ...head };
    const logits = headLogits(bundle, of.embeddings, of.samples.length);
    const labels = of.samples.flatMap(sample => sample.labels);
    return (
      labels.filter((label, index) => (logits[index] as number) > 0 === (label === 1)).length / labels.length
    );
  }

  it('learns what a line can tell apart', async () => {
    const losses: number[] = [];
    const head = await fitHead(tf, set, FIT, ({ loss }) => losses.push(loss));
    expect(losses).toHaveLength(FIT.epochs);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 4);
    expect(accuracy(head)).toBeGreaterThan(0.99);
    expect(accuracy(head, separableSet(balancedSamples(20), 2))).toBeGreaterThan(0.98);
  });

  it('gives the same head for the same seed, and another for another', async () => {
    const options = { ...FIT, epochs: 2, dropout: 0.3 };
    const first = await fitHead(tf, set, options);
    expect(await fitHead(tf, set, options)).toEqual(first);
    expect((await fitHead(tf, set, { ...options, seed: 6 })).hiddenKernel).not.toEqual(first.hiddenKernel);
  });

  it('learns with dropout too, and leaves no tensor behind', async () => {
    const { numTensors } = tf.memory();
    expect(accuracy(await fitHead(tf, set, { ...FIT, dropout: 0.1 }))).toBeGreaterThan(0.95);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('follows the gradient that tfjs derives by itself', async () => {
    const options = { ...FIT, epochs: 1, batch: 160, learningRate: 1e-3 };
    const start = await fitHead(tf, set, { ...options, learningRate: 0 });
    const moved = await fitHead(tf, set, options);
    const steps = moved.hiddenKernel.map((value, index) => value - (start.hiddenKernel[index] as number));
    // Adam's first step has the size of the learning rate wherever there is a gradient, against its sign.
    const x = tf.tensor2d(set.embeddings, [set.samples.length, set.width]);
    const y = tf.tensor2d(set.samples.map(({ labels }) => [...labels]));
    const loss = (kernel: import('@tensorflow/tfjs').Tensor) => {
      const hidden = x.matMul(kernel.as2D(FIT.hidden, set.width), false, true).add(start.hiddenBias).relu();
      const logits = hidden
        .matMul(tf.tensor2d(start.outputKernel, [3, FIT.hidden]), false, true)
        .add(start.outputBias);
      return tf.losses.sigmoidCrossEntropy(y, logits.as2D(set.samples.length, 3)).asScalar();
    };
    const gradient = tf.grad(loss)(tf.tensor1d(start.hiddenKernel)).dataSync();
    // The batch is drawn, so that only clear directions are sure.
    const clear = [...gradient.keys()].filter(index => Math.abs(gradient[index] as number) > 0.02);
    expect(clear.length).toBeGreaterThan(20);
    const against = clear.filter(index => (steps[index] as number) * (gradient[index] as number) < 0);
    expect(against.length / clear.length).toBeGreaterThan(0.95);
  });
});

describe('trainHead', () => {
  const set = separableSet(balancedSamples(40));

  it('measures on groups it was not fitted to, and describes itself', async () => {
    const { head, report } = await trainHead(tf, set, BACKBONE, TRAIN, () => undefined);
    expect(head.manifest).toMatchObject({
      id: expect.stringMatching(/^2026-06-01T09-14Z-[0-9a-f]{4}$/),
      activities: ACTIVITIES,
      backbone: { id: 'tiny', sha256: BACKBONE.weights.sha256 },
      training: { seed: 5, command: 'surfwatch train photos' },
    });
    expect(report.samples.fitted + report.samples.held).toBe(160);
    expect(report.samples.held).toBe(32);
    expect(report.held.photos).toMatchObject({ pictures: 32, accuracy: 1 });
    expect(report.epochs).toHaveLength(FIT.epochs);
  });

  it('with refit keeps calibration and thresholds, and fits on everything', async () => {
    const plain = await trainHead(tf, set, BACKBONE, TRAIN, () => undefined);
    const again = await trainHead(tf, set, BACKBONE, { ...TRAIN, refit: true }, () => undefined);
    expect(again.head.manifest).toEqual(plain.head.manifest);
    expect(again.head.hiddenKernel).not.toEqual(plain.head.hiddenKernel);
    expect(again.report).toEqual(plain.report);
  });

  it('names other data by another hash', async () => {
    const first = await trainHead(tf, set, BACKBONE, { ...TRAIN, epochs: 1 }, () => undefined);
    const other = await trainHead(
      tf,
      separableSet(set.samples, 9),
      BACKBONE,
      { ...TRAIN, epochs: 1 },
      () => undefined,
    );
    expect(other.head.manifest.training.dataSha256).not.toBe(first.head.manifest.training.dataSha256);
  });

  it.each<[string, (labels: readonly number[]) => boolean, RegExp]>([
    ['a class is missing', labels => labels[2] === 0, /no picture of kitesurfing/],
    ['there is nothing at all', () => false, /no picture of surfing/],
  ])('is impossible where %s', async (_, keep, message) => {
    const part = selectRows(set, sample => keep(sample.labels));
    await expect(trainHead(tf, part, BACKBONE, TRAIN, () => undefined)).rejects.toMatchObject({
      code: 'training-impossible',
      message: expect.stringMatching(message),
    });
  });

  it('is impossible where a class comes from one source only', async () => {
    const samples = set.samples.map(sample =>
      sample.labels[2] === 1 ? { ...sample, group: 'one' } : sample,
    );
    await expect(trainHead(tf, { ...set, samples }, BACKBONE, TRAIN, () => undefined)).rejects.toMatchObject({
      code: 'training-impossible',
    });
  });
});

describe('embedViews', () => {
  /** Embeds a tile as the mean of its pixels, and its batch's size. */
  const counting = (fail = false): Backbone => ({
    engine: 'wasm',
    runtime: 'none',
    manifest: { ...BACKBONE, width: 2 },
    close: async () => undefined,
    async embed(pixels, count) {
      if (fail) throw new Error('no memory');
      const each = pixels.length / count;
      return Float32Array.from({ length: count * 2 }, (_, i) =>
        i % 2 === 1 ? count : (pixels[(i / 2) * each] as number),
      );
    },
  });
  async function* views(count: number) {
    for (let index = 0; index < count; index++) {
      yield { sample: sampleOf({ file: String(index) }), pixels: new Uint8Array(8 * 8 * 3).fill(index) };
    }
  }

  it.each([0, 1, 16, 17, 40])('keeps the order of %d views', async count => {
    const { samples, embeddings, width } = await embedViews(counting(), views(count));
    expect(width).toBe(2);
    expect(samples.map(({ file }) => Number(file))).toEqual(
      Array.from({ length: count }, (_, index) => index),
    );
    expect([...embeddings].filter((_, index) => index % 2 === 0)).toEqual([...Array(count).keys()]);
  });

  it('fails where the engine does', async () => {
    await expect(embedViews(counting(true), views(40))).rejects.toThrow('no memory');
  });
});

describe('scripts/train-offline.ts', () => {
  it('trains a head from folders, leaves out what it cannot read, and says so', async () => {
    const root = await temporaryFolder();
    await drawDataset(join(root, 'photos'));
    const options = [
      '--out',
      join(root, 'heads'),
      '--current',
      '--json',
      '--views',
      '1',
      '--epochs',
      '4',
      '--batch',
      '4',
    ];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/train-offline.ts', join(root, 'photos'), ...options],
      { cwd: PACKAGE_ROOT, encoding: 'utf8' },
    );
    expect(status, stderr).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer.skipped).toEqual([{ file: 'broken.jpg', reason: expect.any(String) }]);
    expect(answer.samples.fitted).toBeGreaterThan(answer.samples.held);
    expect(answer.held.photos.pictures).toBe(answer.samples.held);

    const { manifest } = await loadBackboneBundle(SHIPPED_BACKBONE);
    const backbone = { id: manifest.id, sha256: manifest.weights.sha256 };
    const head = await loadHead(join(root, 'heads'), 'current', backbone);
    expect(head.manifest.id).toBe(answer.id);
    expect(head.manifest.activities).toEqual(ACTIVITIES);
    const metrics = JSON.parse(await readFile(join(root, 'heads', answer.id, 'metrics.json'), 'utf8'));
    expect(metrics.held).toEqual(answer.held);
  });

  it('says what is wrong with a folder, and ends with its status', async () => {
    const { stderr, status } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/train-offline.ts', await temporaryFolder(), '--json'],
      { cwd: PACKAGE_ROOT, encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('dataset-unreadable');
    expect(stderr).toContain('DIR/<class>/*.jpg');
  });

  /** Five flat pictures a class, each class of another colour, and a file that is no picture. */
  async function drawDataset(folder: string): Promise<void> {
    const colours = { surfing: '#08f', windsurfing: '#f80', kitesurfing: '#8f0', none: '#888' };
    for (const [name, colour] of Object.entries(colours)) {
      await mkdir(join(folder, name), { recursive: true });
      for (let index = 0; index < 5; index++) {
        await patches([[colour, index % 2 === 0 ? '#fff' : '#000']], 60 + index, 90)
          .jpeg()
          .toFile(join(folder, name, `${index}.jpg`));
      }
    }
    await writeFile(join(folder, 'none', 'broken.jpg'), 'not a picture');
  }
});
