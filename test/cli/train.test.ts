import { copyFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadHead } from '../../src/activity/head-bundle.ts';
import type { TrainingRecord } from '../../src/training/record.ts';
import { loadBackboneBundle } from '../../src/vision/bundle.ts';
import { drawPhotos } from '../learning/draw.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runScript } from './run-script.ts';

const COUNTS = { surfing: 10, windsurfing: 10, kitesurfing: 10, none: 10 };

const VIEWS = ['--views', '1'];
const BARE = ['--no-curve', '--no-report'];
const into = (models: string) => ['--out', models, '--cache', join(models, 'cache'), '--json'];

const train = (...args: string[]) => runScript('train-offline', args);

/** A set of which every twentieth file is broken, mislabelled or a duplicate. */
async function spoiltDataset(folder: string): Promise<string> {
  const photos = join(folder, 'photos');
  await drawPhotos(photos, COUNTS);
  await writeFile(join(photos, 'none', 'broken.jpg'), 'not a picture');
  const whole = await readFile(join(photos, 'surfing', '0.jpg'));
  await writeFile(join(photos, 'surfing', 'cut.jpg'), whole.subarray(0, whole.length / 2));
  await copyFile(join(photos, 'kitesurfing', '5.jpg'), join(photos, 'kitesurfing', 'again.jpg'));
  await copyFile(join(photos, 'windsurfing', '7.jpg'), join(photos, 'none', 'seven.jpg'));
  return photos;
}

describe('scripts/train-offline.ts', () => {
  let photos: string;
  let models: string;
  let answer: TrainingRecord & { readonly folder: string };
  beforeAll(async () => {
    photos = await spoiltDataset(await temporaryFolder());
    models = join(await temporaryFolder(), 'models');
    const { stdout, stderr, status } = train(photos, ...VIEWS, '--epochs', '6', '--current', ...into(models));
    expect(status, stderr).toBe(0);
    answer = JSON.parse(stdout);
  });

  it('names every bad file and leaves it out', () => {
    const named = answer.data.findings.map(({ kind, files }) => [
      kind,
      ...files.map(file => file.slice(photos.length + 1)),
    ]);
    expect(named).toEqual(
      expect.arrayContaining([
        ['unreadable', 'none/broken.jpg'],
        ['unreadable', 'surfing/cut.jpg'],
        expect.arrayContaining(['duplicate', 'kitesurfing/again.jpg']),
        expect.arrayContaining(['contradiction', 'none/seven.jpg', 'windsurfing/7.jpg']),
      ]),
    );
    // Of 10 each: both sides of a contradiction are gone.
    expect(answer.data.sources[0]).toMatchObject({
      files: 39,
      classes: { surfing: 10, windsurfing: 9, kitesurfing: 10, none: 10 },
    });
  });

  it('writes a head that loads with the backbone beside it', async () => {
    const { manifest } = await loadBackboneBundle(join(models, 'backbone', answer.head.backbone.id));
    const backbone = { id: manifest.id, sha256: manifest.weights.sha256 };
    const head = await loadHead(join(models, 'heads'), 'current', backbone);
    expect(head.manifest).toMatchObject({
      id: answer.head.id,
      activities: ['surfing', 'windsurfing', 'kitesurfing'],
      thresholds: answer.head.thresholds,
      training: {
        seed: 37,
        command: `surfwatch train ${photos} --views 1 --epochs 6`,
        dataSha256: answer.data.sha256,
      },
    });
  });

  it('fits to all that is not held out: boards learn from frames, and need no photos kept for them', () => {
    const { fitted, held } = answer.samples;
    // A whole, a middle, and a changed view of each photo.
    expect(fitted).toBe(3 * (39 - held));
  });

  it('writes the evidence beside it', async () => {
    const { folder, ...record } = answer;
    expect((await readdir(folder)).sort()).toEqual([
      'README.md',
      'head.json',
      'metrics.json',
      'report.html',
      'weights.f32.bin',
    ]);
    expect(JSON.parse(await readFile(join(folder, 'metrics.json'), 'utf8'))).toEqual(record);
    const report = await readFile(join(folder, 'report.html'), 'utf8');
    for (const file of ['broken.jpg', 'cut.jpg', 'again.jpg', 'seven.jpg']) expect(report).toContain(file);
    expect(record.held.all?.pictures).toBe(record.samples.held);
    expect(record.epochs).toHaveLength(6);
    expect(record.curve?.points.length).toBeGreaterThan(1);
  });

  it('gives the same head from the cache, and names a mislabelled photo', async () => {
    const again = train(photos, ...VIEWS, '--epochs', '6', ...BARE, ...into(models));
    expect(again.status, again.stderr).toBe(0);
    const record: TrainingRecord = JSON.parse(again.stdout);
    expect(record.held).toEqual(answer.held);
    expect(record.epochs).toEqual(answer.epochs);
    expect(record.curve).toBeNull();

    await rename(join(photos, 'kitesurfing', '3.jpg'), join(photos, 'windsurfing', 'swapped.jpg'));
    const folds = train(photos, ...VIEWS, '--epochs', '6', '--folds', '3', ...BARE, ...into(models));
    expect(folds.status, folds.stderr).toBe(0);
    const swapped: TrainingRecord = JSON.parse(folds.stdout);
    expect(swapped.folds?.pooled.all?.pictures).toBe(39);
    expect(swapped.folds?.each).toHaveLength(3);
    expect(swapped.suspects.map(({ file }) => file)).toContain(join(photos, 'windsurfing', 'swapped.jpg'));
  });

  it('says what is wrong with a folder, and ends with its status', async () => {
    const { stderr, status } = train(await temporaryFolder(), '--json');
    expect(status).toBe(1);
    expect(stderr).toContain('dataset-unreadable');
    expect(stderr).toContain('DIR/<class>/*.jpg');
  });

  it('says before it begins that it cannot write', async () => {
    const taken = join(await temporaryFolder(), 'taken');
    await writeFile(taken, 'a file where a folder should be');
    const { stderr, status } = train(photos, '--out', taken, '--json');
    expect(status).toBe(1);
    expect(stderr).toContain('training-unwritable');
    expect(stderr).toContain('--out');
  });

  it('refuses to judge a tuned backbone by folds of what it was tuned on', () => {
    const { stderr, status } = train(photos, '--unfreeze', '2', '--folds', '3');
    expect(status).toBe(2);
    expect(stderr).toContain('scripts/measure-unfreeze.ts');
  });
});
