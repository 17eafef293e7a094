import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBase, writeBase } from '../../../src/learning/base/base-files.ts';
import { chooseBase } from '../../../src/learning/base/choose-base.ts';
import { reservedGroups } from '../../../src/learning/base/reserve.ts';
import type { Sample } from '../../../src/learning/fit/sample.ts';
import type { BaseSet } from '../../../src/learning/retrain/types.ts';
import { asCached } from '../../../src/training/embedding/cache.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ACTIVITIES, BACKBONE, balancedSamples, sampleOf, separableSet } from '../support.ts';

describe('chooseBase', () => {
  const photos = balancedSamples(40).flatMap(sample => [
    sample,
    { ...sample },
    { ...sample, augmented: true },
  ]);
  const frames = balancedSamples(200).map(sample => ({
    ...sample,
    source: 'cam',
    part: '3',
    group: `cam-${sample.group}`,
  }));
  const set = separableSet([...photos, ...frames]);
  const groups = [...new Set(set.samples.map(({ group }) => group))];
  const held = new Set(groups.filter((_, index) => index % 5 === 0));
  const choose = (max: number, seed = 1) => chooseBase(set, { held, max, seed });
  const rowOf = (sample: Sample) => set.samples.indexOf(sample);

  it('keeps to its size, with every group in it', () => {
    const { samples } = choose(300);
    expect(samples.length).toBeLessThanOrEqual(300);
    expect(samples.length).toBeGreaterThan(295);
    expect(new Set(samples.map(({ group }) => group)).size).toBe(groups.length);
  });

  it('takes at most a third for the held groups, of them whole judgements and no changed view', () => {
    const own = choose(150).samples.filter(({ group }) => held.has(group));
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThanOrEqual(50);
    expect(own.some(({ augmented }) => augmented)).toBe(false);
    const views = own.filter(({ source }) => source === 'photos').map(({ file }) => file);
    for (const file of views) expect(views.filter(name => name === file)).toHaveLength(2);
  });

  it('is even over sources and label combinations, however many samples they have', () => {
    const fitted = choose(500).samples.filter(({ group }) => !held.has(group));
    const counts = new Map<string, number>();
    for (const { source, labels } of fitted) {
      const kind = `${source} ${labels.join('')}`;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThan(20);
  });

  it('takes changed views only when there is room after all others', () => {
    expect(choose(300).samples.some(({ augmented }) => augmented)).toBe(false);
    const all = choose(10_000).samples;
    expect(all).toHaveLength(
      set.samples.length - set.samples.filter(({ group, augmented }) => held.has(group) && augmented).length,
    );
  });

  it('gives each sample its own embedding, and the same choice for the same seed', () => {
    const chosen = choose(100);
    for (const [row, sample] of chosen.samples.entries()) {
      const from = rowOf(sample);
      expect(chosen.embeddings.subarray(row * 16, row * 16 + 3)).toEqual(
        set.embeddings.subarray(from * 16, from * 16 + 3),
      );
    }
    expect(choose(100)).toEqual(chosen);
    expect(choose(100, 2).samples).not.toEqual(chosen.samples);
  });
});

describe('writeBase and loadBase', () => {
  const samples = balancedSamples(6).map(sample => ({
    ...sample,
    file: `/home/jane/${sample.file}`,
    group: `jane-${sample.group}`,
  }));
  const base: BaseSet = {
    activities: ACTIVITIES,
    backbone: BACKBONE.sha256,
    set: separableSet([...samples, ...samples]),
    held: new Set(['jane-0-0']),
    found: separableSet(samples, 2),
  };
  let folder: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
  });

  const put = async () => {
    for (const [name, data] of Object.entries(writeBase(base))) await writeFile(join(folder, name), data);
  };

  it('gives back what was written, in half precision', async () => {
    await put();
    const read = await loadBase(folder);
    expect(read?.activities).toEqual(ACTIVITIES);
    expect(read?.backbone).toBe(BACKBONE.sha256);
    expect(read?.set.embeddings).toEqual(asCached(base.set.embeddings));
    expect(read?.set.samples.map(({ labels }) => labels)).toEqual(
      base.set.samples.map(({ labels }) => labels),
    );
    expect(read?.found?.embeddings).toEqual(asCached(base.found?.embeddings as Float32Array));
    expect(read?.found?.samples.map(({ labels }) => labels)).toEqual(samples.map(({ labels }) => labels));
  });

  it('goes without places found in frames, as that of photos does', async () => {
    const { found: _, ...ofPhotos } = base;
    for (const [name, data] of Object.entries(writeBase(ofPhotos))) await writeFile(join(folder, name), data);
    const read = await loadBase(folder);
    expect(read?.set.embeddings).toEqual(asCached(base.set.embeddings));
    expect(read).not.toHaveProperty('found');
  });

  it('keeps together what belongs together', async () => {
    await put();
    const read = await loadBase(folder);
    const partition = (list: readonly Sample[], key: 'file' | 'group') =>
      list.map(sample => list.findIndex(other => other[key] === sample[key]));
    for (const key of ['file', 'group'] as const) {
      expect(partition(read?.set.samples ?? [], key)).toEqual(partition(base.set.samples, key));
    }
    const heldRows = (set: BaseSet) => set.set.samples.map(({ group }) => set.held.has(group));
    expect(heldRows(read as BaseSet)).toEqual(heldRows(base));
  });

  it('tells nobody whose pictures they are', () => {
    const text = Object.values(writeBase(base))
      .map(data => Buffer.from(data).toString('latin1'))
      .join('');
    expect(text).not.toContain('jane');
  });

  it('is null where a head has none', async () => {
    expect(await loadBase(join(folder, 'elsewhere'))).toBeNull();
  });

  it.each([
    [
      'a flipped bit',
      'base.f16.bin',
      (bytes: Buffer) => bytes.fill((bytes[9] as number) ^ 1, 9, 10),
      /SHA-256 differs/,
    ],
    ['a lost end', 'base.f16.bin', (bytes: Buffer) => bytes.subarray(0, -2), /has \d+ bytes/],
    [
      'another label',
      'base.json',
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('"100"', '"010"')),
      /SHA-256 differs/,
    ],
    ['half a header', 'base.json', (bytes: Buffer) => bytes.subarray(0, 50), /JSON/],
    [
      'a missing field',
      'base.json',
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('"width"', '"wide"')),
      /width/,
    ],
    [
      'labels of another head',
      'base.json',
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('"100"', '"1000"')),
      /4 labels/,
    ],
    [
      'a source that is not listed',
      'base.json',
      (bytes: Buffer) => Buffer.from(bytes.toString().replace('[[0,', '[[7,')),
      /source 7/,
    ],
  ])('refuses %s', async (_, name, spoil, message) => {
    await put();
    await writeFile(join(folder, name), spoil(await readFile(join(folder, name))));
    await expect(loadBase(folder)).rejects.toMatchObject({
      code: 'base-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('refuses a header without its numbers', async () => {
    await put();
    await rm(join(folder, 'base.f16.bin'));
    await expect(loadBase(folder)).rejects.toMatchObject({ code: 'base-invalid' });
  });
});

describe('reservedGroups', () => {
  const samples = balancedSamples(80);

  it('reserves about the share, in whole groups', () => {
    const reserved = reservedGroups(samples, 0.1, 1);
    const share = samples.filter(({ group }) => reserved.has(group)).length / samples.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.2);
    expect(reservedGroups(samples, 0.1, 1)).toEqual(reserved);
  });

  it('reserves none where that would leave too few', () => {
    expect(reservedGroups(balancedSamples(16), 0.3, 1)).toEqual(new Set());
    expect(reservedGroups([sampleOf()], 0.1, 1)).toEqual(new Set());
    expect(reservedGroups(samples, 0, 1)).toEqual(new Set());
  });
});
