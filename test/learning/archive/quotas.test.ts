import { describe, expect, it } from 'vitest';
import type { Archive, KeptBecause } from '../../../src/learning/archive/types.ts';
import { labelAs, MINUTE_MS, NOW, newFrame } from './frames.ts';
import { archivePlace, openTestArchive } from './support.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;

/** One a minute; a name that starts with `l` is labelled. */
async function fillWith(archive: Archive, kinds: Readonly<Record<string, KeptBecause>>) {
  const ids = new Map<string, string>();
  for (const [index, [name, because]] of Object.entries(kinds).entries()) {
    const frame = newFrame({ takenAt: NOW + index * MINUTE_MS, because });
    expect(await archive.add(frame)).toBe('kept');
    ids.set(frame.id, name);
    if (name.startsWith('l')) archive.label([{ frame: frame.id, label: labelAs(['surfing']) }]);
  }
  return {
    ids,
    left: () =>
      archive
        .frames()
        .map(({ id }) => ids.get(id) ?? 'new')
        .reverse(),
    idOf: (name: string) => [...ids].find(([, each]) => each === name)?.[0] ?? '',
  };
}

describe('what goes first', () => {
  it('is the oldest sample, then the oldest that nobody labelled', async () => {
    const archive = await openTestArchive({ maxFrames: 5 });
    const { left } = await fillWith(archive, {
      l1: 'uncertain',
      a: 'uncertain',
      s1: 'sample',
      b: 'change',
      s2: 'sample',
    });
    const lefts: string[][] = [];
    for (let count = 0; count < 4; count++) {
      expect(await archive.add(newFrame({ takenAt: NOW + DAY_MS + count }))).toBe('kept');
      lefts.push(left());
    }
    expect(lefts).toEqual([
      ['l1', 'a', 'b', 's2', 'new'],
      ['l1', 'a', 'b', 'new', 'new'],
      ['l1', 'b', 'new', 'new', 'new'],
      ['l1', 'new', 'new', 'new', 'new'],
    ]);
  });

  it('is never a labelled frame, where a new one is nobody’s', async () => {
    const archive = await openTestArchive({ maxFrames: 2 });
    const { left } = await fillWith(archive, { l1: 'uncertain', l2: 'uncertain' });
    expect(await archive.add(newFrame())).toBe('full');
    expect(left()).toEqual(['l1', 'l2']);
    expect(await archive.add(newFrame({ because: 'image', takenAt: NOW + DAY_MS }))).toBe('kept');
    expect(left()).toEqual(['l2', 'new']);
  });

  it('is the picture, where labelled frames alone take too many bytes; then the frame', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    // 1000 bytes of picture and 128 of embeddings each.
    const { left } = await fillWith(archive, { l1: 'uncertain', l2: 'uncertain', l3: 'uncertain' });
    archive.close();
    const thinner = await place.open({ maxBytes: 2400 });
    await thinner.tidy();
    const pictures = (from: Archive) => from.labelled().map(({ hasPicture }) => hasPicture);
    expect(pictures(thinner)).toEqual([false, true, true]);
    expect(thinner.embeddings(thinner.labelled()[0]?.id ?? '')).toHaveLength(64);
    thinner.close();
    const thin = await place.open({ maxBytes: 260 });
    await thin.tidy();
    expect(pictures(thin)).toEqual([false, false]);
    expect(thin.counts()).toMatchObject({ frames: 2, bytes: 256, labels: { surfing: 2 } });
    expect(thin.log(10)).toHaveLength(3);
    expect(() => left()).toThrow('closed');
  });

  it('is not a frame that is about to be labelled', async () => {
    const place = await archivePlace();
    const archive = await place.open({ maxFrames: 2 });
    const { left } = await fillWith(archive, { l1: 'uncertain' });
    const image = newFrame({ because: 'image' });
    await archive.add(image);
    expect(await archive.add(newFrame())).toBe('full');
    expect(archive.label([{ frame: image.id, label: labelAs([]) }])).toHaveLength(1);
    expect(left()).toEqual(['l1', 'new']);
  });

  it('is a frame whose label was taken back, like any other', async () => {
    const archive = await openTestArchive({ maxFrames: 2 });
    const { left, idOf } = await fillWith(archive, { l1: 'uncertain', l2: 'uncertain' });
    archive.undo(idOf('l2'), { by: '', way: 'cli', at: NOW });
    expect(await archive.add(newFrame({ takenAt: NOW + DAY_MS }))).toBe('kept');
    expect(left()).toEqual(['l1', 'new']);
  });
});

describe('tidying', () => {
  it('takes what is too old, unless it is labelled', async () => {
    const place = await archivePlace();
    const archive = await place.open({ maxAgeMs: DAY_MS - 90_000 });
    const { left } = await fillWith(archive, { l1: 'change', a: 'change', b: 'change', c: 'change' });
    await archive.tidy();
    expect(left()).toEqual(['l1', 'b', 'c']);
  });

  it('leaves others their share of the disk, by all but the labelled', async () => {
    const place = await archivePlace();
    const archive = await place.open();
    await fillWith(archive, { l1: 'change', a: 'change' });
    archive.close();
    const crowded = await place.open({ minFreeBytes: Number.MAX_SAFE_INTEGER });
    await crowded.tidy();
    expect(crowded.counts()).toMatchObject({ frames: 1, labelled: 1 });
    expect(await crowded.add(newFrame())).toBe('full');
    expect(await crowded.add(newFrame({ because: 'label' }))).toBe('kept');
  });

  it('gives the room of deleted rows back to the disk', async () => {
    const place = await archivePlace();
    const archive = await place.open({ maxFrames: 30 });
    for (let count = 0; count < 30; count++) {
      await archive.add(newFrame({ embeddings: new Float32Array(20_000).fill(count), because: 'capture' }));
    }
    const size = async () => {
      const { statSync } = await import('node:fs');
      return statSync(`${place.directory}/learning.db`).size;
    };
    archive.close();
    const before = await size();
    const smaller = await place.open({ maxFrames: 3 });
    await smaller.tidy();
    smaller.close();
    expect(await size()).toBeLessThan(before / 4);
  });

  it('refuses what could never fit, and deletes nothing for it', async () => {
    const archive = await openTestArchive({ maxBytes: 5000 });
    const { left } = await fillWith(archive, { l1: 'change', a: 'change' });
    expect(await archive.add(newFrame({ because: 'image', picture: Buffer.alloc(6000) }))).toBe('full');
    expect(left()).toEqual(['l1', 'a']);
  });
});
