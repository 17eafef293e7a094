import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveHead } from '../../../src/learning/fit/save-head.ts';
import { heldFolder } from '../../../src/learning/models/held.ts';
import { fill, smallDisk } from '../../support/small-disk.ts';
import { riderHead } from '../support.ts';
import {
  currentId,
  damage,
  factsOf,
  namesOf,
  newPlace,
  openStore,
  promoteAll,
  SHIPPED_ID,
} from './support.ts';

const SAMPLES = { base: 100, board: 8, boardHeld: 2 };
const heldFacts = (job: string) => ({ ...factsOf(job), samples: SAMPLES });
const PICTURE = Buffer.from('a picture');

/** A store with a head that waits. */
async function withHeld() {
  const place = await newPlace();
  const store = await openStore(place);
  const held = await store.hold(riderHead(2), heldFacts('job-1'), PICTURE);
  return { place, store, held };
}

describe('a head that is held', () => {
  it('is not in use, outlives a restart with its picture and reasons, and is in the history', async () => {
    const { place, held } = await withHeld();
    expect(held).toMatchObject({ ...heldFacts('job-1'), from: SHIPPED_ID, overlay: true });
    const again = await openStore(place);
    expect(await currentId(place)).toBe(SHIPPED_ID);
    expect(again.held).toEqual(held);
    expect(await again.overlay(held.id)).toEqual(PICTURE);
    expect(again.history(1)).toMatchObject([{ event: 'held', to: null, candidate: held.id, job: 'job-1' }]);
    expect((await again.list()).map(({ id }) => id)).toEqual([SHIPPED_ID]);
  });

  it('is put in use under its id by an approval, which holds after a restart', async () => {
    const { place, store, held } = await withHeld();
    const { from, head } = await store.approve(held.id);
    expect({ from, id: head.manifest.id }).toEqual({ from: SHIPPED_ID, id: held.id });
    expect(head.outputKernel).toEqual(riderHead(2).outputKernel);
    expect(store.held).toBeNull();
    const again = await openStore(place);
    expect(again.held).toBeNull();
    expect(await currentId(place)).toBe(held.id);
    expect(again.history(1)).toMatchObject([
      { event: 'promoted', from: SHIPPED_ID, to: held.id, job: 'job-1' },
    ]);
    expect(await namesOf(heldFolder(place.folders.board))).toEqual([]);
    expect(await again.rollback()).toMatchObject({ from: held.id, to: SHIPPED_ID });
  });

  it('is deleted by a rejection', async () => {
    const { place, store, held } = await withHeld();
    await store.dismiss(held.id);
    expect((await openStore(place)).held).toBeNull();
    expect(await namesOf(heldFolder(place.folders.board))).toEqual([]);
    expect(store.history(1)).toMatchObject([{ event: 'rejected', candidate: held.id, to: null }]);
    for (const call of [store.approve(held.id), store.dismiss(held.id), store.overlay(held.id)])
      await expect(call).rejects.toMatchObject({ code: 'model-not-held' });
  });

  it('gives way to a newer one, and to a promotion', async () => {
    const { place, store, held } = await withHeld();
    place.clock.jump(60_000);
    const newer = await store.hold(riderHead(3), heldFacts('job-2'), null);
    expect((await openStore(place)).held).toEqual(newer);
    expect(await namesOf(heldFolder(place.folders.board))).toEqual([newer.id]);
    await expect(store.approve(held.id)).rejects.toMatchObject({
      code: 'model-not-held',
      message: expect.stringContaining(newer.id),
    });
    await expect(store.overlay(newer.id)).rejects.toMatchObject({ code: 'model-overlay-none' });
    await store.promote(riderHead(4), factsOf('job-3'));
    expect(store.held).toBeNull();
    expect((await openStore(place)).held).toBeNull();
  });

  it('is not offered again where a power cut came between its approval and its deletion', async () => {
    const { place, store, held } = await withHeld();
    await store.approve(held.id);
    // As it was before the deletion.
    const folder = heldFolder(place.folders.board);
    await saveHead(folder, riderHead(2, { id: held.id }), { 'held.json': JSON.stringify(held) });
    const again = await openStore(place);
    expect(again.held).toBeNull();
    expect(await currentId(place)).toBe(held.id);
  });

  it('is not put in use where it is damaged', async () => {
    const { place, store, held } = await withHeld();
    await damage(heldFolder(place.folders.board), held.id);
    await expect(store.approve(held.id)).rejects.toMatchObject({ code: 'model-invalid' });
    expect(await currentId(place)).toBe(SHIPPED_ID);
    await store.dismiss(held.id);
    expect(store.held).toBeNull();
  });

  it.each([
    ['half a folder', async (folder: string) => mkdir(join(folder, 'x.new'), { recursive: true })],
    ['a folder without a note', async (folder: string) => mkdir(join(folder, 'x'), { recursive: true })],
    [
      'a note that is none',
      async (folder: string) => {
        await mkdir(join(folder, 'x'), { recursive: true });
        await writeFile(join(folder, 'x', 'held.json'), '{"id":"../x"}');
      },
    ],
  ])('is none where there is %s, which the next one clears away', async (_, spoil) => {
    const place = await newPlace();
    const folder = heldFolder(place.folders.board);
    await spoil(folder);
    const store = await openStore(place);
    expect(store.held).toBeNull();
    const { id } = await store.hold(riderHead(2), heldFacts('a'), null);
    expect(await namesOf(folder)).toEqual([id]);
  });

  it('is refused on a full disk and leaves nothing; approved on one, it still waits', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    const place = await newPlace();
    const folders = { ...place.folders, board: join(disk, 'models', 'heads') };
    await mkdir(folders.board, { recursive: true });
    const store = await openStore({ ...place, folders });
    const held = await store.hold(riderHead(2), heldFacts('a'), PICTURE);
    fill(disk);
    await expect(store.hold(riderHead(3), heldFacts('b'), PICTURE)).rejects.toMatchObject({
      code: 'disk-full',
    });
    await expect(store.approve(held.id)).rejects.toMatchObject({ code: 'disk-full' });
    expect(store.held).toEqual(held);
    expect((await store.current()).manifest.id).toBe(SHIPPED_ID);
    for (const name of await namesOf(disk)) if (name.startsWith('other')) await rm(join(disk, name));
    expect((await store.approve(held.id)).head.manifest.id).toBe(held.id);
  });

  it('leaves the heads that are kept alone', async () => {
    const place = await newPlace();
    const ids = await promoteAll(place, [2, 3]);
    const store = await openStore(place);
    const held = await store.hold(riderHead(4), heldFacts('c'), null);
    await store.dismiss(held.id);
    expect((await store.list()).map(({ id }) => id)).toEqual([...ids.toReversed(), SHIPPED_ID]);
  });
});
