import { appendFile, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveHead } from '../../../src/learning/models/resolve.ts';
import { BACKBONE, riderHead } from '../support.ts';
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

describe('a damaged head of the board', () => {
  it('is set aside, and the one in use before it takes its place for good', async () => {
    const place = await newPlace();
    const [first, second] = await promoteAll(place, [2, 3]);
    await damage(place.folders.board, String(second));
    expect(await resolveHead(place.folders, 'current', BACKBONE)).toMatchObject({
      head: { manifest: { id: first } },
      skipped: [{ id: second, why: 'damaged' }],
    });
    const store = await openStore(place);
    expect((await store.current()).manifest.id).toBe(first);
    expect(place.warnings.join()).toContain('"why":"damaged"');
    expect(await namesOf(join(dirname(place.folders.board), 'aside'))).toEqual([second]);
    expect(await namesOf(place.folders.board)).toEqual([first, 'current', 'history.jsonl']);
    expect(store.history(1)[0]).toMatchObject({ event: 'auto-rolled-back', from: second, to: first });

    place.warnings.length = 0;
    expect(await currentId(place)).toBe(first);
    expect(place.warnings).toEqual([]);
  });

  it.each([
    ['a weight file cut short', (head: string) => truncate(join(head, 'weights.f32.bin'), 40)],
    ['no weight file', (head: string) => rm(join(head, 'weights.f32.bin'))],
    ['no manifest', (head: string) => rm(join(head, 'head.json'))],
    ['a manifest of zeros', (head: string) => writeFile(join(head, 'head.json'), Buffer.alloc(900))],
    ['no folder', (head: string) => rm(head, { recursive: true })],
  ])('is passed over with %s', async (_, spoil) => {
    const place = await newPlace();
    const [first, second] = await promoteAll(place, [2, 3]);
    await spoil(join(place.folders.board, String(second)));
    expect(await currentId(place)).toBe(first);
    expect(await namesOf(place.folders.board)).not.toContain(second);
    await spoil(join(place.folders.board, String(first)));
    expect(await currentId(place)).toBe(SHIPPED_ID);
    // And learning goes on.
    const [third] = await promoteAll(place, [4]);
    expect(await currentId(place)).toBe(third);
  });

  it('is not gone back to', async () => {
    const place = await newPlace();
    const [first, second, third] = await promoteAll(place, [2, 3, 4]);
    await damage(place.folders.board, String(second));
    const store = await openStore(place);
    expect(await store.rollback()).toMatchObject({ from: third, to: first });
  });

  it('does not fill the disk by being set aside', async () => {
    const place = await newPlace();
    for (const seed of [2, 3, 4, 5]) {
      const [id] = await promoteAll(place, [seed]);
      await damage(place.folders.board, String(id));
      await (await openStore(place, { keep: 2 })).current();
    }
    expect(await namesOf(join(dirname(place.folders.board), 'aside'))).toHaveLength(2);
  });
});

describe('a file beside the heads', () => {
  it.each([
    ['empty', ''],
    ['very long', 'x.'.repeat(20_000)],
    ['a path', '../../etc'],
    ['zeros', '\0\0\0\0'],
  ])('`current` that is %s does no harm', async (_, text) => {
    const place = await newPlace();
    const [, second] = await promoteAll(place, [2, 3]);
    await writeFile(join(place.folders.board, 'current'), text);
    expect(await currentId(place)).toBe(/^[x.]+$/.test(text) ? SHIPPED_ID : second);
  });

  it('`current` that names a head which is not there leads to the shipped one', async () => {
    const place = await newPlace();
    await promoteAll(place, [2, 3]);
    // Somebody may have written it: it is not guessed what was meant.
    await writeFile(join(place.folders.board, 'current'), 'nobody\n');
    expect(await currentId(place)).toBe(SHIPPED_ID);
  });

  it('`current` that is a folder does no harm', async () => {
    const place = await newPlace();
    const [id] = await promoteAll(place, [2]);
    await rm(join(place.folders.board, 'current'));
    await mkdir(join(place.folders.board, 'current'));
    expect(await currentId(place)).toBe(id);
  });

  it('leftovers of a power cut are swept away', async () => {
    const place = await newPlace();
    const { board } = place.folders;
    const [id] = await promoteAll(place, [2]);
    await mkdir(join(board, '2026-06-01T09-09Z-aaaa.new', 'deep'), { recursive: true });
    await mkdir(join(board, '2026-06-01T09-09Z-bbbb.gone'));
    await writeFile(join(board, 'current.new'), 'half a na');
    await openStore(place);
    expect(await namesOf(board)).toEqual([id, 'current', 'history.jsonl']);
  });
});

describe('the history', () => {
  it('outlives a torn last line', async () => {
    const place = await newPlace();
    const [id] = await promoteAll(place, [2]);
    await appendFile(join(place.folders.board, 'history.jsonl'), '{"at":"2026-06-01T09:0');
    const store = await openStore(place);
    await store.reject(factsOf('b'));
    const entries = (await openStore(place)).history(9);
    expect(entries.map(({ event, job }) => [event, job])).toEqual([
      ['rejected', 'b'],
      ['promoted', 'job-2'],
    ]);
    expect(entries[1]?.to).toBe(id);
  });

  it('gets the line of a promotion that a power cut kept out, once', async () => {
    const place = await newPlace();
    const ids = await promoteAll(place, [2, 3]);
    const path = join(place.folders.board, 'history.jsonl');
    const before = (await openStore(place)).history(9);
    await writeFile(path, `${JSON.stringify(before[1])}\n`);
    expect((await openStore(place)).history(9)).toEqual(before);
    expect((await openStore(place)).history(9)).toEqual(before);
    await rm(path);
    // Of the older promotion nothing is left; the head itself still knows what it was trained on from.
    const store = await openStore(place);
    expect(store.history(9)).toEqual([before[0]]);
    expect(await store.rollback()).toMatchObject({ to: ids[0] });
    expect(await store.rollback()).toMatchObject({ to: SHIPPED_ID });
  });

  it('gets the line of a rollback that a power cut kept out', async () => {
    const place = await newPlace();
    const [first, second] = await promoteAll(place, [2, 3]);
    await writeFile(join(place.folders.board, 'current'), `${first}\n`);
    expect((await openStore(place)).history(1)).toMatchObject([
      { event: 'rolled-back', from: second, to: first },
    ]);
    await writeFile(join(place.folders.board, 'current'), 'shipped\n');
    const store = await openStore(place);
    expect(store.history(9).map(({ to }) => to)).toEqual(['shipped', first, second, first]);
    expect((await openStore(place)).history(9)).toHaveLength(4);
    await store.promote(riderHead(4), factsOf('c'));
  });
});
