import { readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BeachReader, ReadFrame } from '../../../src/activity/beach-reader.ts';
import { drawnBeach } from '../../daemon/support.ts';
import { fill, smallDisk } from '../../support/small-disk.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openReader, startBoard, ZONES } from './learning-support.ts';

let reader: BeachReader;
let picture: Buffer;
let read: ReadFrame;

beforeAll(async () => {
  reader = await openReader();
  picture = await drawnBeach(1, 'none');
  read = await reader.read(picture, ZONES);
});
afterAll(() => reader.close());

type Board = Awaited<ReturnType<typeof startBoard>>;

/** Puts the head in use once more, under another id: one of which nothing is known. @returns the ids before and after */
async function promoteAnother({ store, learning }: Board) {
  const facts = { job: null, reasons: [], figures: null, samples: { base: 0, board: 0, boardHeld: 0 } };
  const { id } = await store.hold(reader.head, facts, null);
  return learning.approve(id);
}

/** So many frames, five seconds apart, whose activity flickers. */
async function flicker({ take, clock }: Board, frames: number) {
  for (let frame = 0; frame < frames; frame++) {
    await clock.advance(5000);
    take(picture, read, frame % 2 === 0 ? 'none' : 'surfing');
  }
}

/** The same, and what is written anew gives back no room. */
async function flickerWhileFull(board: Board, disk: string, frames: number) {
  for (let frame = 0; frame < frames; frame++) {
    fill(disk);
    await flicker(board, 1);
  }
}

/** Of frames that flicker: enough to judge by. */
const ENOUGH = 61;
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 120_000 });
const inForce = () => reader.head.manifest.id;

describe('a head on probation', () => {
  it('is rolled back when it misbehaves, with an event', async () => {
    const board = await startBoard(reader, await temporaryFolder(), { keep: 'nothing' });
    const { from, to } = await promoteAnother(board);
    expect(inForce()).toBe(to);
    await flicker(board, ENOUGH);
    await eventually(() => expect(inForce()).toBe(from));
    expect(board.news.at(-1)).toMatchObject({ type: 'model_rolled_back', from: to, to: from });
    expect(board.news.at(-1)?.reasons[0]?.code).toBe('flips');
    // Once: not on to the head before that.
    expect(board.news.filter(({ type }) => type === 'model_rolled_back')).toHaveLength(1);
    expect(board.alerts.has('rollback-failed')).toBe(false);
  });

  it('goes on after a restart with what was seen before it', async () => {
    const state = await temporaryFolder();
    const first = await startBoard(reader, state, { keep: 'nothing' });
    const { from, to } = await promoteAnother(first);
    await flicker(first, 40);
    await first.stop();
    const second = await startBoard(reader, state, { keep: 'nothing' });
    expect(inForce()).toBe(to);
    // By itself too little to judge by.
    await flicker(second, 30);
    await eventually(() => expect(inForce()).toBe(from));
  });

  it.each([
    ['nothing of it was kept, as after a kill', (path: string) => rm(path)],
    ['the file is cut in half', async (path: string) => truncate(path, 40)],
    ['the file is of zeros', (path: string) => writeFile(path, Buffer.alloc(400))],
  ])('is on probation after a restart though %s', async (_, spoil) => {
    const state = await temporaryFolder();
    const first = await startBoard(reader, state, { keep: 'nothing' });
    const { from, to } = await promoteAnother(first);
    await first.stop();
    await spoil(join(state, 'learning', 'probation.json'));
    const second = await startBoard(reader, state, { keep: 'nothing' });
    expect(inForce()).toBe(to);
    await flicker(second, ENOUGH);
    await eventually(() => expect(inForce()).toBe(from));
  });

  it('that has passed it is not on probation again after a restart', async () => {
    const state = await temporaryFolder();
    const first = await startBoard(reader, state, { keep: 'nothing', probationMs: 60_000 });
    const { to } = await promoteAnother(first);
    for (let frame = 0; frame < 20; frame++) {
      await first.clock.advance(5000);
      first.take(picture, read);
    }
    await first.stop();
    const second = await startBoard(reader, state, { keep: 'nothing' });
    await flicker(second, ENOUGH);
    await second.stop();
    expect(inForce()).toBe(to);
  });

  it('is rolled back later where the disk is full, with an alert until then, also after a restart', async context => {
    const disk = await smallDisk();
    if (disk === null) return context.skip('a disk can be mounted by root only');
    const state = join(disk, 'state');
    const first = await startBoard(reader, state, { keep: 'nothing' });
    const { from, to } = await promoteAnother(first);
    await flicker(first, ENOUGH - 10);
    await flickerWhileFull(first, disk, 10);
    await eventually(() =>
      expect(first.alerts.get('rollback-failed')).toMatch(/cannot be rolled back.*ENOSPC/),
    );
    expect(inForce()).toBe(to);
    // It is tried again, and the other work on frames is not held up by it.
    const tried = () => first.logged.filter(line => line.includes('trying again')).length;
    const before = tried();
    await flickerWhileFull(first, disk, 7);
    await eventually(() => expect(tried()).toBeGreaterThan(before));
    await first.stop();

    const second = await startBoard(reader, state, { keep: 'nothing' });
    expect(inForce()).toBe(to);
    await flicker(second, ENOUGH);
    await eventually(() => expect(second.alerts.has('rollback-failed')).toBe(true));
    for (const name of await readdir(disk)) if (name.startsWith('other')) await rm(join(disk, name));
    await flicker(second, 7);
    await eventually(() => expect(inForce()).toBe(from));
    expect(second.alerts.has('rollback-failed')).toBe(false);
    expect(second.store.history(1)).toMatchObject([{ event: 'auto-rolled-back', from: to, to: from }]);
  });
});
