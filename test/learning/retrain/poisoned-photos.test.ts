import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPictureClassifier, type PictureClassifier } from '../../../src/activity/picture-classifier.ts';
import { labelVector } from '../../../src/base/activities.ts';
import { SHIPPED_MODELS } from '../../../src/base/paths.ts';
import type { Sample } from '../../../src/learning/fit/sample.ts';
import { RETRAIN_DEFAULTS, retrainHead } from '../../../src/learning/retrain/retrain-head.ts';
import type { BaseSet, BoardFrame } from '../../../src/learning/retrain/types.ts';
import { readPhoto } from '../../../src/vision/decode.ts';
import { hasShared, SHARED } from '../../vision/support.ts';
import { hours } from './support.ts';

const PHOTOS = join(SHARED, 'data', 'watersports');
const LIMITS = { maxBytes: 1e8, maxPixels: 1e8 };
const FRAMES = 30;
const BASE_OF_EACH = 8;
const BACKBONE = 'surfwatch-mobilenetv2-v3';

/** With photos of riders, which the project may not hold (skipped where they are absent). */
describe.skipIf(!hasShared)('a class of photos labelled wrongly', () => {
  let classifier: PictureClassifier;
  let base: BaseSet;
  let riders: BoardFrame[];

  beforeAll(async () => {
    const models = { dir: SHIPPED_MODELS, backbone: BACKBONE, pictureHead: 'current' };
    classifier = await createPictureClassifier(models, {
      engine: 'auto',
      threads: 2,
      ...LIMITS,
    });
    const { activities } = classifier.head.manifest;
    const samples: Sample[] = [];
    const rows: Float32Array[] = [];
    for (const name of ['surfing', 'windsurfing', 'kitesurfing', 'none']) {
      for (const [index, row] of (await embeddingsOf(name, 0, BASE_OF_EACH)).entries()) {
        const labels = labelVector([name], activities);
        const group = `${name}-${index % 4}`;
        samples.push({
          labels,
          group,
          source: 'photos',
          file: `${name}-${index}`,
          part: '',
          augmented: false,
        });
        rows.push(row);
      }
    }
    const { width } = classifier.head.manifest;
    const embeddings = new Float32Array(rows.length * width);
    for (const [index, row] of rows.entries()) embeddings.set(row, index * width);
    const held = new Set(samples.map(({ group }) => group).filter(group => group.endsWith('-0')));
    base = {
      activities,
      backbone: classifier.head.manifest.backbone.sha256,
      set: { samples, embeddings, width },
      held,
    };
    riders = (await embeddingsOf('windsurfing', BASE_OF_EACH, FRAMES)).map((row, index) => ({
      id: String(index),
      takenAt: 0,
      labels: ['windsurfing'],
      cells: [{ zone: 'beach', rectangle: { x: 0, y: 0, w: 1, h: 1 } }],
      embeddings: row,
    }));
    return () => classifier.close();
  });

  async function embeddingsOf(name: string, from: number, count: number): Promise<Float32Array[]> {
    const files = (await readdir(join(PHOTOS, name))).filter(file => file.endsWith('.jpg')).sort();
    const rows: Float32Array[] = [];
    for (const file of files.slice(from, from + count)) {
      const { whole } = await readPhoto(await readFile(join(PHOTOS, name, file)), 224, LIMITS);
      rows.push(await classifier.backbone.embed(whole.rgb, 1));
    }
    return rows;
  }

  const learn = (labels: readonly string[], held: number) => {
    const times = [...hours(false, FRAMES - held), ...hours(true, held)];
    const board = riders.map((frame, index) => ({ ...frame, labels, takenAt: times[index] as number }));
    return retrainHead({ base, board, incumbent: classifier.head }, RETRAIN_DEFAULTS);
  };

  it('is rejected, whether or not some of the wrong labels are held out', async () => {
    for (const held of [0, 8]) {
      const { verdict } = await learn(['surfing'], held);
      expect(verdict.decision).toBe('reject');
      expect(verdict.reasons.map(({ text }) => text).join()).toMatch(/the labels look wrong/);
    }
  });

  it('passes when it is labelled rightly', async () => {
    const { verdict } = await learn(['windsurfing'], 8);
    expect(verdict.reasons.map(({ text }) => text).join()).toMatch(/went from/);
    expect(verdict.decision).toBe('promote');
  });
});
