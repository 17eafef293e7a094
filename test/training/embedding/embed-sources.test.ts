import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddingCache, openCache } from '../../../src/training/embedding/cache.ts';
import {
  type EmbedOptions,
  embedSources,
  sampleViews,
} from '../../../src/training/embedding/embed-sources.ts';
import { narrowed, openSource } from '../../../src/training/embedding/source.ts';
import type { Backbone } from '../../../src/vision/backbone.ts';
import { createOnnxBackbone } from '../../../src/vision/engines/onnx.ts';
import { drawPhotos } from '../../learning/draw.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { tinyBundle } from '../../vision/support.ts';

const OPTIONS: EmbedOptions = {
  activities: ['surfing', 'kitesurfing'],
  input: 32,
  changed: 2,
  middle: true,
  seed: 37,
  cache: null,
};

let backbone: Backbone;
/** Counts what is embedded, by the real engine. */
let embedded = 0;
beforeAll(async () => {
  const real = await createOnnxBackbone(tinyBundle(32, 1), 1);
  backbone = {
    ...real,
    embed: (pixels, count) => {
      embedded += count;
      return real.embed(pixels, count);
    },
  };
});

async function embed(folder: string, options: Partial<EmbedOptions> = {}) {
  embedded = 0;
  const skipped: string[] = [];
  let read = 0;
  const result = await embedSources(
    backbone,
    [await openSource(folder)],
    { ...OPTIONS, ...options },
    {
      onSkip: file => skipped.push(file),
      onRead: () => read++,
    },
  );
  return { ...result, skipped, read, embedded };
}

async function photos(): Promise<string> {
  const folder = await temporaryFolder();
  await drawPhotos(folder, { surfing: 3, 'surfing+kitesurfing': 1, none: 2 });
  return folder;
}

async function withCache(): Promise<EmbeddingCache> {
  return openCache(join(await temporaryFolder(), 'embeddings'));
}

describe('embedSources', () => {
  it('shows photos whole, by their middle square and changed', async () => {
    const { set, skipped, read } = await embed(await photos());
    expect(set.samples).toHaveLength(6 * 4);
    expect(set.samples.filter(({ augmented }) => augmented)).toHaveLength(6 * 2);
    expect(set.embeddings).toHaveLength(set.samples.length * set.width);
    const labels = new Set(set.samples.map(sample => sample.labels.join('')));
    expect([...labels].sort()).toEqual(['00', '10', '11']);
    expect([skipped, read]).toEqual([[], 6]);
  });

  it('takes from the cache what it has embedded before, and gives the same', async () => {
    const folder = await photos();
    const cache = await withCache();
    const bare = await embed(folder);
    const first = await embed(folder, { cache });
    const again = await embed(folder, { cache });
    expect([first.embedded, first.cached]).toEqual([24, 0]);
    expect([again.embedded, again.cached]).toEqual([0, 6]);
    for (const each of [first, again]) {
      expect(each.set).toEqual(bare.set);
      expect(each.dataSha256).toBe(bare.dataSha256);
    }
  });

  it('embeds anew what is new, and what is seen otherwise', async () => {
    const folder = await photos();
    const cache = await withCache();
    await embed(folder, { cache });
    expect((await embed(folder, { cache, seed: 38 })).embedded).toBe(24);
    expect((await embed(folder, { cache, changed: 0 })).embedded).toBe(12);
    await copyFile(join(folder, 'none', '0.jpg'), join(folder, 'none', 'copy.jpg'));
    expect((await embed(folder, { cache })).embedded).toBe(0);
  });

  it('needs no new embedding for a new label, and tells other data by another hash', async () => {
    const folder = await photos();
    const cache = await withCache();
    const before = await embed(folder, { cache });
    await rename(join(folder, 'none', '0.jpg'), join(folder, 'surfing', 'was-none.jpg'));
    const after = await embed(folder, { cache });
    expect(after.embedded).toBe(0);
    const surfing = (set: typeof after.set) => set.samples.filter(({ labels }) => labels[0] === 1).length;
    expect(surfing(after.set)).toBe(surfing(before.set) + 4);
    expect(after.dataSha256).not.toBe(before.dataSha256);
  });

  it('leaves out what cannot be read, and says which', async () => {
    const folder = await photos();
    await writeFile(join(folder, 'none', 'broken.jpg'), 'not a picture');
    const { set, skipped } = await embed(folder);
    expect(skipped).toEqual([join(folder, 'none', 'broken.jpg')]);
    expect(set.samples).toHaveLength(24);
  });

  it('takes no frames with boxes: they are for a head that finds riders', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'frames'));
    await drawPhotos(folder, { frames: 1 });
    const boxes = { '0.jpg': [{ activity: 'kitesurfing', box: [0.1, 0.1, 0.2, 0.3] }] };
    await writeFile(join(folder, 'boxes.json'), JSON.stringify(boxes));
    await expect(openSource(folder)).rejects.toMatchObject({ code: 'training-impossible' });
  });

  it('fails where the engine does', async () => {
    const broken = { ...backbone, embed: () => Promise.reject(new Error('no memory')) };
    const source = await openSource(await photos());
    const hooks = { onSkip: () => undefined, onRead: () => undefined };
    await expect(embedSources(broken, [source], OPTIONS, hooks)).rejects.toThrow('no memory');
  });
});

describe('sampleViews', () => {
  it('gives the pixels of the same views in the same order', async () => {
    const folder = await photos();
    const { set } = await embed(folder);
    const source = await openSource(folder);
    const samples = [];
    for await (const { sample, pixels } of sampleViews([source], OPTIONS, {
      onSkip: () => undefined,
      onRead: () => undefined,
    })) {
      expect(pixels).toHaveLength(32 * 32 * 3);
      samples.push(sample);
    }
    expect(samples).toEqual(set.samples);
  });
});

describe('narrowed', () => {
  it('is without what is left out, and without classes that are gone with it', async () => {
    const folder = await photos();
    const source = await openSource(folder);
    expect(source.activities).toEqual(['surfing', 'kitesurfing']);
    const both = join(folder, 'surfing+kitesurfing', '0.jpg');
    const groups = new Map([[join(folder, 'none', '0.jpg'), 'a site']]);
    const less = narrowed(source, new Set([both]), groups);
    expect(less.activities).toEqual(['surfing']);
    expect(less.pictures).toHaveLength(5);
    expect(less.pictures.filter(({ group }) => group === 'a site')).toHaveLength(1);
  });
});
