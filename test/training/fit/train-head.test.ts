import { describe, expect, it } from 'vitest';
import { prepareEmbeddings } from '../../../src/activity/head-input.ts';
import { judgeSet } from '../../../src/learning/fit/judge-set.ts';
import { isRight } from '../../../src/learning/fit/metrics.ts';
import { selectRows } from '../../../src/learning/fit/sample.ts';
import { crossValidate } from '../../../src/training/fit/cross-validate.ts';
import { measureLearningCurve } from '../../../src/training/fit/measure-curve.ts';
import { type TrainOptions, trainHead } from '../../../src/training/fit/train-head.ts';
import { ACTIVITIES, balancedSamples, sampleOf, separableSet, WIDTH } from '../../learning/support.ts';
import { tinyBundle } from '../../vision/support.ts';
import { FIT } from './support.ts';

const TRAIN: TrainOptions = {
  ...FIT,
  activities: ACTIVITIES,
  validation: 0.2,
  calibrated: true,
  precision: null,
  refit: false,
};
const BACKBONE = { ...tinyBundle(8, 1).manifest, width: WIDTH };

const set = separableSet(balancedSamples(40));

describe('trainHead', () => {
  it('measures on groups it was not fitted to', async () => {
    const trained = await trainHead(set, BACKBONE, TRAIN);
    const { head, heldGroups, fitted, epochs, bestEpoch } = trained;
    const { held } = trained;
    expect(head.manifest).toMatchObject({ activities: ACTIVITIES, backbone: { id: 'tiny' } });
    expect(fitted + held.length).toBe(160);
    expect(held).toHaveLength(32);
    expect(new Set(held.map(({ group }) => group))).toEqual(new Set(heldGroups));
    expect(held.every(isRight)).toBe(true);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([...Array(FIT.epochs).keys()].map(index => index + 1));
    expect(bestEpoch).toBe(FIT.epochs);
    expect(epochs.at(-1)?.accuracy).toBeGreaterThan(0.9);
    expect(epochs.at(-1)?.heldAccuracy).toBeGreaterThan(0.85);
    expect(epochs.at(-1)?.heldLoss).toBeLessThan(epochs[0]?.heldLoss as number);
  });

  it('with refit keeps calibration and thresholds, and fits on everything', async () => {
    const plain = await trainHead(set, BACKBONE, TRAIN);
    const shares: number[] = [];
    const onProgress = (done: number) => shares.push(done);
    const again = await trainHead(
      set,
      BACKBONE,
      { ...TRAIN, batch: 4, epochs: 8, refit: true },
      { onProgress },
    );
    const refit = await trainHead(set, BACKBONE, { ...TRAIN, refit: true });
    expect(refit.head.manifest).toEqual(plain.head.manifest);
    expect(refit.head.hiddenKernel).not.toEqual(plain.head.hiddenKernel);
    expect(refit.held).toEqual(plain.held);
    expect(again.epochs).toHaveLength(8);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.9);
  });

  it('calibrates on all groups, each scored by a head that did not see it', async () => {
    const shares: number[] = [];
    const onProgress = (done: number) => shares.push(done);
    const options = { ...TRAIN, batch: 4 };
    const alone = await trainHead(set, BACKBONE, options);
    const crossed = await trainHead(set, BACKBONE, { ...options, calibrationFolds: 5 }, { onProgress });
    const { calibration, ...kept } = crossed.head.manifest;
    expect(calibration).not.toEqual(alone.head.manifest.calibration);
    expect(kept).toMatchObject({ activities: ACTIVITIES, hidden: FIT.hidden });
    // Only the calibration has more to go by: weights, split and epochs are the same.
    expect(crossed.head.hiddenKernel).toEqual(alone.head.hiddenKernel);
    expect(crossed.heldGroups).toEqual(alone.heldGroups);
    expect(crossed.epochs).toEqual(alone.epochs);
    expect(crossed.held.map(({ file }) => file).sort()).toEqual(alone.held.map(({ file }) => file).sort());
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBeGreaterThan(0.8);
  });

  it('calibrates by the groups to hold back alone where they are given', async () => {
    const heldGroups = new Set(['0-0', '1-0', '2-0', '3-0']);
    const alone = await trainHead(set, BACKBONE, { ...TRAIN, heldGroups });
    const crossed = await trainHead(set, BACKBONE, { ...TRAIN, heldGroups, calibrationFolds: 5 });
    expect(crossed).toEqual(alone);
  });

  it('fits to prepared embeddings, and hands out a head that prepares them itself', async () => {
    const input = { kind: 'softsign', scale: 3 } as const;
    const prepared = { ...set, embeddings: prepareEmbeddings(set.embeddings, input) };
    const options = { ...TRAIN, calibrationFolds: 3, refit: true };
    const expected = await trainHead(prepared, BACKBONE, options);
    const given = set.embeddings.slice();
    const bent = await trainHead(set, BACKBONE, { ...options, input });
    expect(set.embeddings).toEqual(given);
    expect(bent.head.manifest).toEqual({ ...expected.head.manifest, input });
    expect(bent.head.outputKernel).toEqual(expected.head.outputKernel);
    expect([bent.held, bent.epochs]).toEqual([expected.held, expected.epochs]);
    expect(judgeSet(bent.head, set)).toEqual(judgeSet(expected.head, prepared));
    const folds = (from: typeof set, by: TrainOptions) =>
      crossValidate(from, BACKBONE, by, 2, () => undefined);
    const plain = { ...TRAIN, epochs: 3 };
    expect(await folds(set, { ...plain, input })).toEqual(await folds(prepared, plain));
  });

  it('leaves thresholds and calibration alone where the recipe has none', async () => {
    const { head } = await trainHead(set, BACKBONE, { ...TRAIN, calibrated: false });
    expect(head.manifest.thresholds).toEqual({ surfing: 0.5, windsurfing: 0.5, kitesurfing: 0.5 });
    expect(head.manifest.calibration[0]).toEqual({ slope: 1, intercept: 0 });
  });

  it('chooses higher thresholds for a wanted precision', async () => {
    // A third of what looks like surfing is none: precision costs recall.
    const samples = balancedSamples(60).map((sample, index) =>
      index % 3 === 0 ? { ...sample, labels: [0, 0, 0] } : sample,
    );
    const { embeddings, width } = separableSet(balancedSamples(60));
    const noisy = { samples, embeddings, width };
    const loose = await trainHead(noisy, BACKBONE, TRAIN);
    const strict = await trainHead(noisy, BACKBONE, { ...TRAIN, precision: 0.95 });
    const sum = (thresholds: Readonly<Record<string, number>>) =>
      Object.values(thresholds).reduce((total, value) => total + value, 0);
    expect(sum(strict.head.manifest.thresholds)).toBeGreaterThan(sum(loose.head.manifest.thresholds));
  });

  it.each<[string, (labels: readonly number[]) => boolean, RegExp]>([
    ['a class is missing', labels => labels[2] === 0, /no picture of kitesurfing/],
    ['there is nothing at all', () => false, /no picture of surfing/],
  ])('is impossible where %s', async (_, keep, message) => {
    const part = selectRows(set, sample => keep(sample.labels));
    await expect(trainHead(part, BACKBONE, TRAIN)).rejects.toMatchObject({
      code: 'training-impossible',
      message: expect.stringMatching(message),
    });
  });

  it('is impossible where a class comes from one source only', async () => {
    const samples = set.samples.map(sample =>
      sample.labels[2] === 1 ? { ...sample, group: 'one' } : sample,
    );
    await expect(trainHead({ ...set, samples }, BACKBONE, TRAIN)).rejects.toMatchObject({
      code: 'training-impossible',
    });
  });
});

describe('judgeSet', () => {
  it('judges a photo by all its views, a tile by itself, and changed copies not at all', async () => {
    const { head } = await trainHead(set, BACKBONE, TRAIN);
    const file = 'both.jpg';
    const samples = [
      sampleOf({ file }),
      sampleOf({ file }),
      sampleOf({ file, augmented: true }),
      sampleOf({ file: 'frame.jpg', part: '0' }),
      sampleOf({ file: 'frame.jpg', part: '1', labels: [0, 0, 0] }),
    ];
    const views = separableSet(samples);
    const judged = judgeSet(head, views);
    expect(judged.map(each => [each.file, each.part, each.found])).toEqual([
      ['both.jpg', '', ['surfing']],
      ['frame.jpg', '0', ['surfing']],
      ['frame.jpg', '1', []],
    ]);
    const logit = (p: number) => Math.log(p / (1 - p));
    const alone = [0, 1].map(row => {
      const one = selectRows(views, sample => sample === samples[row]);
      return logit(judgeSet(head, one)[0]?.scores.surfing as number);
    });
    const together = logit(judged[0]?.scores.surfing as number);
    expect(together).toBeCloseTo(((alone[0] as number) + (alone[1] as number)) / 2, 3);
  });
});

describe('crossValidate', () => {
  it('judges every picture once, by a head that never saw its group', async () => {
    const held = await crossValidate(set, BACKBONE, { ...TRAIN, refit: true }, 4, () => undefined);
    expect(held).toHaveLength(4);
    const judged = held.flat();
    expect(new Set(judged.map(({ file }) => file)).size).toBe(160);
    expect(judged).toHaveLength(160);
    expect(judged.filter(isRight).length / 160).toBeGreaterThan(0.75);
    for (const fold of held) {
      const groups = new Set(fold.map(({ group }) => group));
      expect(judged.filter(({ group }) => groups.has(group))).toHaveLength(fold.length);
    }
  });

  it('learns nothing where labels mean nothing', async () => {
    const samples = set.samples.map((sample, index) => ({
      ...sample,
      labels: (set.samples[(index * 37 + 11) % 160] as { labels: readonly number[] }).labels,
    }));
    const held = await crossValidate({ ...set, samples }, BACKBONE, TRAIN, 4, () => undefined);
    expect(held.flat().filter(isRight).length / 160).toBeLessThan(0.5);
  });
});

describe('measureLearningCurve', () => {
  it('measures heads of growing parts on the same held-out groups', async () => {
    const shares: number[] = [];
    const points = await measureLearningCurve(set, BACKBONE, { ...TRAIN, epochs: 4 }, done =>
      shares.push(done),
    );
    const sizes = points.map(({ photos }) => photos);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.at(-1)).toBe(128);
    expect(points.length).toBeGreaterThanOrEqual(3);
    expect(points.at(-1)?.accuracy).toBeGreaterThanOrEqual(points[0]?.accuracy as number);
  });
});
