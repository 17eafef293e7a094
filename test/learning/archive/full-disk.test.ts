import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Archive, NewFrame } from '../../../src/learning/archive/types.ts';
import { fill, smallDisk } from '../../support/small-disk.ts';
import { embeddingsOf, labelAs, newFrame } from './frames.ts';
import { archivePlace } from './support.ts';

const BIG = { picture: 200_000, width: 1280 };

function bigFrame(seed: number, more = {}) {
  return newFrame({
    picture: Buffer.alloc(BIG.picture, seed),
    embeddings: embeddingsOf(seed, 2, BIG.width),
    ...more,
  });
}

/** Comparing so many bytes one by one takes a test seconds. */
async function hasItsPicture(archive: Archive, frame: NewFrame | undefined): Promise<boolean> {
  const bytes = await archive.picture(frame?.id ?? '');
  return bytes?.equals(frame?.picture ?? new Uint8Array()) === true;
}

describe('a full disk', () => {
  it('makes older frames yield to newer ones, and never fails to say so', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    const place = await archivePlace(join(disk, 'learning'));
    const archive = await place.open();
    const results: string[] = [];
    const frames = Array.from({ length: 25 }, (_, seed) => bigFrame(seed));
    for (const frame of frames) results.push(await archive.add(frame));
    expect(results.at(-1)).toBe('kept');
    expect(archive.frame(frames[0]?.id ?? '')).toBeUndefined();
    expect(archive.counts().frames).toBeGreaterThan(3);
    const newest = frames.at(-1);
    expect(await hasItsPicture(archive, newest)).toBe(true);
  });

  it('refuses frames and labels, keeps what there is, and takes both again once there is room', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    const place = await archivePlace(join(disk, 'learning'));
    const archive = await place.open();
    const frames = Array.from({ length: 4 }, (_, seed) => bigFrame(seed));
    for (const frame of frames) expect(await archive.add(frame)).toBe('kept');
    const all = frames.map(({ id }) => ({ frame: id, label: labelAs(['surfing']) }));
    archive.label(all);
    const before = await readdir(join(disk, 'learning', 'frames'), { recursive: true });
    fill(disk);

    // Labelled frames don't yield to others who fill the disk.
    expect(await archive.add(bigFrame(100))).toBe('full');
    expect(await archive.add(bigFrame(101, { because: 'image' }))).toBe('full');
    // Its log holds a little in advance: after some labels it is full, each whole or refused.
    let acknowledged = 4;
    const labelUntilFull = () => {
      for (let count = 0; count < 1000; count++) acknowledged += archive.label(all).length;
    };
    expect(labelUntilFull).toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect(archive.log(1e6)).toHaveLength(acknowledged);
    expect(archive.counts()).toMatchObject({ frames: 4, labelled: 4, labels: { surfing: 4 } });
    expect(await readdir(join(disk, 'learning', 'frames'), { recursive: true })).toEqual(before);
    for (const frame of frames) expect(await hasItsPicture(archive, frame)).toBe(true);

    for (const name of await readdir(disk)) {
      if (name.startsWith('other')) rmSync(join(disk, name));
    }
    expect(await archive.add(bigFrame(102))).toBe('kept');
    expect(archive.label(all)).toHaveLength(4);
    archive.close();
    expect((await place.open()).log(1e6)).toHaveLength(acknowledged + 4);
  });
});
