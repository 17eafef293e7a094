import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { makeCrop } from '../../../src/training/riders/crops/make-crop.ts';
import { planCrops } from '../../../src/training/riders/crops/plan.ts';
import { stocksOf } from '../../../src/training/riders/crops/stock.ts';
import { listMaterial } from '../../../src/training/riders/data/list-material.ts';
import type { Material } from '../../../src/training/riders/data/material.ts';
import { openPictures } from '../../../src/training/riders/data/pictures.ts';
import { outputsFrom } from '../../../src/training/riders/outputs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const OPTIONS = {
  areas: null,
  proposals: null,
  leftOut: new Set<string>(),
  groups: new Map<string, string>(),
};

async function picture(path: string, background = '#246'): Promise<void> {
  await sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .jpeg()
    .toFile(path);
}

/** Two frames of two cameras, and photos with and without proposals. */
async function folders(): Promise<{ frames: string; photos: string }> {
  const root = await temporaryFolder();
  const [frames, photos] = [join(root, 'cams'), join(root, 'photos')];
  await mkdir(join(frames, 'frames'), { recursive: true });
  for (const name of ['a', 'b']) await picture(join(frames, 'frames', `${name}.jpg`));
  const rider = { activity: 'kitesurfing', box: [0.5, 0.6, 0.05, 0.1], part: 'rider' };
  const kite = { activity: 'kitesurfing', box: [0.4, 0.1, 0.2, 0.1], part: 'kite' };
  await writeFile(
    join(frames, 'boxes.json'),
    JSON.stringify({
      'a.jpg': [rider, kite, { activity: 'person', box: [0.1, 0.8, 0.02, 0.1] }],
      'b.jpg': [{ activity: 'surfing', box: [0.2, 0.5, 0.05, 0.08], ignore: true }],
    }),
  );
  await writeFile(join(frames, 'manifest.csv'), 'file,camera\na.jpg,pier\nb.jpg,reef\n');
  for (const name of ['surfing', 'none']) {
    await mkdir(join(photos, name), { recursive: true });
    for (const index of [0, 1]) await picture(join(photos, name, `${index}.jpg`), '#852');
  }
  return { frames, photos };
}

const marksOf = (material: readonly Material[], file: string) =>
  material.find(({ path }) => path.endsWith(file))?.marks.map(({ kind }) => kind);

describe('material', () => {
  it('tells riders, kites, people and what is ignored apart, and cameras', async () => {
    const { frames } = await folders();
    const material = await listMaterial([frames], OPTIONS);
    expect(marksOf(material, 'a.jpg')).toEqual(['kitesurfing', 'kite', 'person']);
    expect(marksOf(material, 'b.jpg')).toEqual(['ignored']);
    expect(material.map(({ camera }) => camera)).toEqual(['pier', 'reef']);
    expect(material[0]?.complete).toEqual({ riders: true, kites: true, people: true });
    expect(outputsFrom(material)).toMatchObject({
      activities: ['kitesurfing'],
      background: ['kite', 'person'],
    });
  });

  it('takes areas and proposals from beside the pictures and from lists for all', async () => {
    const { frames, photos } = await folders();
    const polygon = [
      [0, 0.5],
      [1, 0.5],
      [1, 1],
    ];
    await writeFile(
      join(frames, 'areas.json'),
      JSON.stringify([{ files: ['a.jpg'], areas: [{ kind: 'water', polygon }] }]),
    );
    const areas = join(photos, '..', 'all-areas.json');
    await writeFile(
      areas,
      JSON.stringify([
        { set: 'photos/none', camera: null, files: ['1.jpg'], areas: [{ kind: 'land', polygon }] },
      ]),
    );
    const proposals = join(photos, '..', 'proposals.json');
    const found = [
      { name: 'rider', box: [0.4, 0.4, 0.1, 0.2] },
      { name: 'kite', box: [2, 2, 1, 1] },
    ];
    await writeFile(proposals, JSON.stringify({ 'photos/surfing/0.jpg': found, 'photos/none/0.jpg': [] }));
    const material = await listMaterial([frames, photos], { ...OPTIONS, areas, proposals });
    const of = (file: string) => material.find(({ path }) => path.endsWith(file));
    expect(of('frames/a.jpg')?.areas.map(({ kind }) => kind)).toEqual(['water']);
    expect(of('none/1.jpg')?.areas.map(({ kind }) => kind)).toEqual(['land']);
    expect(of('surfing/1.jpg')?.areas).toEqual([]);
    expect(of('surfing/0.jpg')?.marks).toEqual([
      { kind: 'surfing', rider: true, box: { x: 0.4, y: 0.4, w: 0.1, h: 0.2 } },
    ]);
    expect(of('surfing/1.jpg')).toMatchObject({ marks: [], shows: ['surfing'], complete: { riders: false } });
    expect(of('none/0.jpg')?.complete).toEqual({ riders: true, kites: true, people: true });
    expect(of('none/1.jpg')?.complete.people).toBe(false);
  });

  it('leaves out what the checks left out, and what is listed twice', async () => {
    const { photos } = await folders();
    const gone = join(photos, 'none', '0.jpg');
    const material = await listMaterial([photos, photos], { ...OPTIONS, leftOut: new Set([gone]) });
    expect(material).toHaveLength(3);
  });

  it('says which list is malformed', async () => {
    const { frames } = await folders();
    await writeFile(
      join(frames, 'areas.json'),
      '[{"files":["a.jpg"],"areas":[{"kind":"lava","polygon":[]}]}]',
    );
    await expect(listMaterial([frames], OPTIONS)).rejects.toMatchObject({ code: 'dataset-unreadable' });
  });
});

describe('crops', () => {
  it('are whole, of a size the network takes, and the same for the same seed', async () => {
    const { frames, photos } = await folders();
    const material = await listMaterial([frames, photos], OPTIONS);
    const outputs = outputsFrom(material);
    const stocks = stocksOf(
      material,
      material.map(() => 0),
    );
    const sources = { material, stocks, pictures: openPictures(), outputs };
    const plans = planCrops(stocks, 40, 5);
    expect(new Set(plans.map(({ kind }) => kind))).toEqual(
      new Set(['rider', 'thing', 'anywhere', 'empty', 'mosaic']),
    );
    for (const plan of plans) {
      const crop = await makeCrop(plan, sources);
      expect(crop.width % 32 || crop.height % 32).toBe(0);
      expect(crop.rgb).toHaveLength(crop.width * crop.height * 3);
      expect(crop.targets).toHaveLength((crop.width / 16) * (crop.height / 16) * outputs.all.length);
      if (plan.kind === 'mosaic') expect(crop.window).toBeNull();
    }
    const [first] = plans;
    if (first === undefined) throw new Error('no plan');
    const [one, two] = [
      await makeCrop(first, sources),
      await makeCrop(first, { ...sources, pictures: openPictures(0) }),
    ];
    expect(Buffer.from(two.rgb).equals(Buffer.from(one.rgb))).toBe(true);
    expect(two.targets).toEqual(one.targets);
  });
});
