import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadHead } from '../../../src/activity/head-bundle.ts';
import { SHIPPED_MODELS } from '../../../src/base/paths.ts';
import { loadBase, writeBase } from '../../../src/learning/base/base-files.ts';
import { saveHead } from '../../../src/learning/fit/save-head.ts';
import { seenMore, UNRECORDED } from '../../../src/training/backbone-sight.ts';
import type { RidersJob } from '../../../src/training/riders/describe.ts';
import { FIT_DEFAULTS } from '../../../src/training/riders/fit/fit-cells.ts';
import { renderRidersCard } from '../../../src/training/riders/report/card.ts';
import { renderRidersReport } from '../../../src/training/riders/report/report.ts';
import { type TrainedRiders, trainRiders } from '../../../src/training/riders/train-riders.ts';
import { type BackboneBundle, loadBackboneBundle } from '../../../src/vision/bundle.ts';
import { drawPhotos } from '../../learning/draw.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { drawFrames } from './support.ts';

const BACKBONE = join(SHIPPED_MODELS, 'backbone', 'surfwatch-mobilenetv2-v3');
/** Enough where what is learnt is not looked at. */
const BRIEF = { ...FIT_DEFAULTS, epochs: 2, steps: 8, batch: 32, seed: 3 };
const HOOKS = { onPhase: () => undefined, onProgress: () => undefined };

function jobOf(folders: readonly string[], change: Partial<RidersJob> = {}): RidersJob {
  return {
    folders,
    areas: null,
    proposals: null,
    crops: 60,
    folds: 2,
    judgeFrames: 4,
    reserve: 0,
    fit: { ...FIT_DEFAULTS, epochs: 4, steps: 60, batch: 64, learningRate: 0.01, seed: 3 },
    seed: 3,
    judge: null,
    command: 'surfwatch train frames',
    now: new Date('2026-06-01T09:00:00Z'),
    ...change,
  };
}

describe.skipIf(!existsSync(BACKBONE))('a head for riders, trained on drawn frames', () => {
  let bundle: BackboneBundle;
  let frames: string;
  /** Fewer, where what is learnt is not looked at: to read frames takes more than all else. */
  let few: string;
  let training: TrainedRiders;
  beforeAll(async () => {
    bundle = await loadBackboneBundle(BACKBONE);
    frames = join(await temporaryFolder(), 'frames');
    await drawFrames(frames, 4, 2, { width: 320, height: 180 });
    few = join(await temporaryFolder(), 'few');
    await drawFrames(few, 3, 2, { width: 192, height: 108 });
    training = await trainRiders(jobOf([frames]), bundle, HOOKS);
  });

  it('finds riders on cameras it has never seen', () => {
    const { overall, cameras, by } = training.record.judged;
    expect(by).toBe('folds');
    expect(cameras).toHaveLength(4);
    expect(overall.frames).toBe(8);
    // By chance it would be a half.
    expect(overall.auc).toBeGreaterThan(0.65);
    expect(overall.hit / overall.riders).toBeGreaterThan(0.3);
  });

  it('is a head that the daemon loads, with a base set that a board learns on with', async () => {
    const models = join(await temporaryFolder(), 'riders');
    const saved = await saveHead(models, training.head, writeBase(training.base));
    const { id, weights } = bundle.manifest;
    const { manifest } = await loadHead(models, saved.id, { id, sha256: weights.sha256 });
    expect(manifest).toMatchObject({ activities: ['surfing', 'windsurfing'], width: 128, hidden: 64 });
    expect(manifest.cells?.presence.slope).toBeGreaterThan(0);
    const base = await loadBase(join(models, saved.id));
    expect(base?.activities).toEqual(['surfing', 'windsurfing']);
    expect(base?.set.width).toBe(128);
    const has = (column: number) => base?.set.samples.some(({ labels }) => labels[column] === 1);
    expect(has(0) && has(1)).toBe(true);
    expect(base?.set.samples.some(({ labels }) => labels.every(label => label === 0))).toBe(true);
    // What it finds in whole frames of its cameras, right and wrong.
    const found = base?.found?.samples ?? [];
    expect(new Set(found.map(({ group }) => group)).size).toBe(4);
    expect(found.some(({ labels }) => labels.includes(1))).toBe(true);
    expect(found.some(({ labels }) => !labels.includes(1))).toBe(true);
    expect(base?.found?.embeddings.some(value => value !== 0)).toBe(true);
  });

  it('is described by a card and a page that show what they are given as text', async () => {
    const card = renderRidersCard(training.record, 'Apache-2.0');
    expect(card).toContain('| all |');
    expect(card).toContain('cam3');
    expect(card).toContain('On cameras held out, whether or not its backbone was trained on them');
    const sight = { judged: 6, seen: ['cam0', 'cam1', 'cam2', 'cam3', 'cam4', 'cam5'], recorded: true };
    const page = await renderRidersReport({
      ...training.record,
      judged: { ...training.record.judged, sight },
      made: { ...training.record.made, command: 'train <script>' },
    });
    expect(page).not.toContain('<script>');
    expect(page).toContain('Precision and recall of riders');
    expect(page).toContain('<h1>On cameras that its backbone was trained on it reports');
    expect(page).toContain('trained on all 6 cameras that judge: the figures flatter');
    expect(page).not.toContain('never saw it');
  });

  it('takes photos for what is no rider, and judges on another backbone where that is asked for', async () => {
    const photos = join(await temporaryFolder(), 'photos');
    await drawPhotos(photos, { surfing: 3, none: 4 });
    await writeFile(
      join(photos, 'areas.json'),
      JSON.stringify([
        {
          files: ['none/0.jpg'],
          areas: [
            {
              kind: 'land',
              polygon: [
                [0, 0],
                [1, 0],
                [1, 1],
                [0, 1],
              ],
            },
          ],
        },
      ]),
    );
    await writeFile(
      join(photos, 'proposals.json'),
      JSON.stringify({ 'none/1.jpg': [{ name: 'person', box: [0.4, 0.4, 0.1, 0.2] }] }),
    );
    const job = jobOf([few, photos], {
      crops: 20,
      judgeFrames: 1,
      fit: BRIEF,
      judge: { bundle, cameras: ['cam0', 'cam1'] },
    });
    const { record, head } = await trainRiders(job, bundle, HOOKS);
    expect(record.judged.by).toBe('backbone');
    expect(record.judged.cameras.map(({ name }) => name)).toEqual(['cam0', 'cam1']);
    expect(head.manifest.background).toEqual(['person', 'land']);
  });

  it('is the same for the same seed, tells by the record of the backbone which cameras it was trained on, and is judged on no other that knows them', async () => {
    const files = (await readdir(few, { recursive: true })).filter(file => file.endsWith('.jpg'));
    const seen = await seenMore(
      UNRECORDED,
      files.map(file => join(few, file)),
    );
    const job = jobOf([few], { crops: 20, judgeFrames: 1, fit: BRIEF });
    const unrecorded = await trainRiders(job, bundle, HOOKS);
    const recorded = await trainRiders({ ...job, seen }, bundle, HOOKS);
    expect(recorded.head.hiddenKernel).toEqual(unrecorded.head.hiddenKernel);
    const { sight, ...judged } = recorded.record.judged;
    expect({ ...judged, sight: unrecorded.record.judged.sight }).toEqual(unrecorded.record.judged);
    expect(sight).toEqual({ judged: 3, seen: judged.cameras.map(({ name }) => name), recorded: false });
    const judge = { bundle, cameras: ['cam0'], seen };
    await expect(trainRiders(jobOf([few], { judge }), bundle, HOOKS)).rejects.toMatchObject({
      code: 'training-impossible',
      message: expect.stringContaining('was trained on cam0 by its record'),
    });
  });

  it('says where there is nothing to learn or to judge by', async () => {
    const empty = join(await temporaryFolder(), 'empty');
    await mkdir(empty);
    await drawPhotos(empty, { none: 2 });
    await expect(trainRiders(jobOf([empty]), bundle, HOOKS)).rejects.toMatchObject({
      code: 'training-impossible',
    });
    const elsewhere = jobOf([few], { judge: { bundle, cameras: ['nowhere'] } });
    await expect(trainRiders(elsewhere, bundle, HOOKS)).rejects.toMatchObject({
      code: 'training-impossible',
    });
  });
});
