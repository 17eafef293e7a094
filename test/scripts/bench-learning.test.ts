import { beforeAll, describe, expect, it } from 'vitest';
import { startOf } from '../../scripts/bench-learning/base.ts';
import type { BoardPicture } from '../../scripts/bench-learning/board-picture.ts';
import { measureCurve } from '../../scripts/bench-learning/curve.ts';
import type { Material } from '../../scripts/bench-learning/material.ts';
import { drawLearning } from '../../scripts/bench-learning/plot.ts';
import { type Site, sitesOf } from '../../scripts/bench-learning/sites.ts';
import { splitSite } from '../../scripts/bench-learning/split.ts';
import { labelsUntil, waysOf } from '../../scripts/bench-learning/summary.ts';
import type { Sample } from '../../src/learning/embedding/sample.ts';
import { createRandom } from '../../src/ops/random.ts';
import { loadTrainingTensorflow, type Tensorflow } from '../../src/vision/engines/tensorflow.ts';
import { suiteFolder } from '../support/temporary-folder.ts';

const WIDTH = 32;
const KINDS = [[], ['surfing'], ['windsurfing']] as const;

/** Frames of cameras, each class a bump at a place of its own; at `odd` surfing looks as it does nowhere else. */
function drawMaterial(): Material {
  const random = createRandom(5);
  const samples: Sample[] = [];
  const pictures: BoardPicture[] = [];
  const rows: Float32Array[] = [];
  for (const place of ['odd', 'north', 'south', 'east', 'west', 'inner', 'outer']) {
    for (let index = 0; index < 60; index++) {
      const kind = index % 3;
      const shown = place === 'odd' && kind === 1 ? 3 : kind;
      const embedding = Float32Array.from({ length: WIDTH }, (_, at) => {
        const bump = at >> 3 === shown ? 1 : 0;
        return Math.max(0, bump + random.between(-1, 1));
      });
      const group = `${place}#${Math.floor(index / 6)}`;
      const labels = KINDS[kind] as readonly string[];
      const file = `${place}-${index}.jpg`;
      samples.push({
        labels: [Number(kind === 1), Number(kind === 2)],
        group,
        source: place,
        file,
        part: '0',
        augmented: false,
      });
      rows.push(embedding);
      pictures.push({
        id: file,
        source: place,
        group,
        labels,
        cells: [{ zone: 'beach', rectangle: { x: 0, y: 0, w: 1, h: 1 } }],
        embeddings: embedding,
      });
    }
  }
  const embeddings = Float32Array.from(rows.flatMap(row => [...row]));
  return {
    activities: ['surfing', 'windsurfing'],
    backbone: { id: 'drawn', sha256: 'ab'.repeat(32) },
    set: { samples, embeddings, width: WIDTH },
    dataSha256: '0'.repeat(64),
    pictures,
  };
}

let tf: Tensorflow;
beforeAll(async () => {
  tf = (await loadTrainingTensorflow()).tf;
});

describe('the bench of learning', () => {
  const folder = suiteFolder();

  it('takes places with enough pictures of two classes, and trains without them', () => {
    const sites = sitesOf(drawMaterial());
    expect(sites.map(({ name }) => name)).toEqual([
      'odd',
      'north',
      'south',
      'east',
      'west',
      'inner',
      'outer',
    ]);
    const groups = new Set(sites[0]?.others.samples.map(({ group }) => group.split('#')[0]));
    expect(groups).toEqual(new Set(['north', 'south', 'east', 'west', 'inner', 'outer']));
  });

  it('keeps what may be labelled apart from what is judged, by stretches of time', () => {
    const site = sitesOf(drawMaterial())[0] as Site;
    const { pool, held } = splitSite(site, 3);
    expect(Math.abs(pool.length - 40)).toBeLessThanOrEqual(2);
    expect(new Set([...pool, ...held].map(({ id }) => id)).size).toBe(60);
    const places = held.map(({ id }) => site.pictures.findIndex(picture => picture.id === id));
    const jumps = places.filter((place, index) => index > 0 && place !== (places[index - 1] as number) + 1);
    expect(jumps.length).toBeLessThanOrEqual(2);
  });

  it('sees errors fall where labels tell what the head has wrong, and naive fine-tuning forget', async () => {
    const material = drawMaterial();
    const site = sitesOf(material)[0] as Site;
    const start = await startOf(tf, site, material, await folder());
    const split = splitSite(site, 1);
    const job = { tf, site: site.name, start, split, seed: 1 };
    const curves = [];
    for (const method of ['ours', 'naive', 'neighbours', 'scratch'] as const) {
      curves.push(await measureCurve({ ...job, method, order: 'random' }));
    }
    curves.push(await measureCurve({ ...job, method: 'ours', order: 'next' }));
    const ways = waysOf(curves);
    for (const { points } of ways) {
      expect(points.map(({ labels }) => labels)).toEqual([0, 10, 20, 30, 40, 50]);
      expect(points.at(-1)?.site).toBeLessThan(points[0]?.site as number);
    }
    const [ours, naive] = ways;
    expect(naive?.worstBaseLoss).toBeGreaterThan(ours?.worstBaseLoss as number);
    expect(drawLearning(ways)).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
  }, 120_000);

  it('reads off how many labels an error takes', () => {
    const point = { siteBalanced: 0, base: 0, seconds: 0 };
    const points = [
      { ...point, labels: 0, site: 0.4 },
      { ...point, labels: 10, site: 0.3 },
      { ...point, labels: 20, site: 0.1 },
    ];
    expect(labelsUntil(points, 0.2)).toBeCloseTo(15);
    expect(labelsUntil(points, 0.4)).toBe(0);
    expect(labelsUntil(points, 0.05)).toBeNull();
  });
});
