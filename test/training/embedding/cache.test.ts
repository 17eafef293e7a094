import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asCached, cacheKey, type EmbeddedViews, openCache } from '../../../src/training/embedding/cache.ts';
import { fc } from '../../support/fast-check.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ENTRY: EmbeddedViews = {
  views: [
    { part: '', activities: ['surfing'], augmented: false },
    { part: '3', activities: [], augmented: true },
  ],
  embeddings: asCached(Float32Array.from([0.1, 2, -3, 1e-3])),
};
const KEY = cacheKey(['a']);

async function onlyFile(folder: string): Promise<string> {
  const [name] = (await readdir(folder, { recursive: true })).filter(entry => entry.endsWith('.embeddings'));
  return join(folder, name as string);
}

describe('openCache', () => {
  it('gives back what was written, to the bit', async () => {
    const cache = openCache(await temporaryFolder());
    expect(await cache.read(KEY)).toBeNull();
    await cache.write(KEY, ENTRY);
    expect(await cache.read(KEY)).toEqual(ENTRY);
    expect(await cache.read(cacheKey(['b']))).toBeNull();
  });

  it('forgets what is damaged, wherever', async () => {
    const folder = await temporaryFolder();
    const cache = openCache(folder);
    await cache.write(KEY, ENTRY);
    const path = await onlyFile(folder);
    const bytes = await readFile(path);
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0xff;
      await writeFile(path, damaged);
      expect(await cache.read(KEY)).toBeNull();
    }
    await writeFile(path, bytes.subarray(0, bytes.length - 3));
    expect(await cache.read(KEY)).toBeNull();
    await cache.write(KEY, ENTRY);
    expect(await cache.read(KEY)).toEqual(ENTRY);
  });

  it('leaves no half of a file, and does not fail where it cannot write', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'taken'), 'a file where a folder should be');
    const cache = openCache(join(folder, 'taken'));
    await cache.write(KEY, ENTRY);
    expect(await cache.read(KEY)).toBeNull();
    await mkdir(join(folder, 'full'));
    await chmod(join(folder, 'full'), 0o500);
    await openCache(join(folder, 'full')).write(KEY, ENTRY);
    const left = await readdir(folder, { recursive: true });
    expect(left.filter(name => name.includes('embeddings') && !name.endsWith('.embeddings'))).toEqual([]);
  });
});

describe('cacheKey', () => {
  it('differs wherever a part does', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(cacheKey(a) === cacheKey(b)).toBe(same);
      }),
    );
  });
});
