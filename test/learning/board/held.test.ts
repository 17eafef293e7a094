import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BeachReader, ReadFrame } from '../../../src/activity/beach-reader.ts';
import type { LearningOptions } from '../../../src/learning/options.ts';
import { trainingSchema } from '../../../src/messaging/learning-payloads.ts';
import { drawnBeach } from '../../daemon/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ENDED, openReader, startBoard, ZONES } from './learning-support.ts';

let reader: BeachReader;
const seen: { readonly picture: Buffer; readonly read: ReadFrame }[] = [];

beforeAll(async () => {
  reader = await openReader();
  for (const seed of [1, 2, 3, 4]) {
    const picture = await drawnBeach(seed, 'none');
    seen.push({ picture, read: await reader.read(picture, ZONES) });
  }
});
afterAll(() => reader.close());

const inForce = () => reader.head.manifest.id;

/** A board that saw these frames, and was told of half of them that somebody surfs where nobody does. */
async function misled(state: string, options: Partial<LearningOptions> = {}) {
  const board = await startBoard(reader, state, options);
  for (let round = 0; round < 4; round++) {
    for (const { picture, read } of seen) {
      await board.clock.advance(20_000);
      const frame = board.take(picture, read);
      if (round % 2 === 0)
        await board.learning.labels.labelFrames({ frames: [frame], labels: ['surfing'] }, 'cli');
    }
  }
  return board;
}

const ended = (board: Awaited<ReturnType<typeof startBoard>>) =>
  vi.waitFor(() => expect(ENDED).toContain(board.trainings.at(-1)?.state), {
    timeout: 400_000,
    interval: 200,
  });

// A retraining stands back where others compute: on a busy machine seconds of it become minutes.
describe('a head that finds riders where nobody was seen or pointed at', { timeout: 500_000 }, () => {
  it('waits for approval with a picture, also after a restart, and is in force once approved', async () => {
    const state = await temporaryFolder();
    const first = await misled(state);
    const before = inForce();
    const { job } = first.learning.retrain({ epochs: 12 });
    await ended(first);
    const held = first.trainings.at(-1);
    expect(trainingSchema.safeParse(held)).toMatchObject({ success: true });
    expect(held).toMatchObject({
      job,
      state: 'held',
      error: null,
      result: { outcome: 'held', head: before },
    });
    expect(held?.result?.reasons[0]?.text).toMatch(/label a frame `none`/);
    expect(held?.result?.detections?.after).toBeGreaterThan(held?.result?.detections?.before ?? 0);
    const id = held?.result?.candidate ?? '';
    expect(first.news.at(-1)).toMatchObject({
      type: 'model_held',
      job,
      from: before,
      to: before,
      candidate: id,
    });
    expect(first.alerts.get('model-held')).toContain(id);
    expect(inForce()).toBe(before);
    await first.stop();

    const second = await startBoard(reader, state);
    expect(inForce()).toBe(before);
    expect(second.trainings.at(-1)).toMatchObject({ job, state: 'held', result: held?.result });
    expect(second.alerts.get('model-held')).toContain(id);
    expect(await second.learning.models()).toMatchObject({ held: { id, reasons: held?.result?.reasons } });
    const { jpeg } = await second.learning.overlay(id);
    const { width = 0, height = 0, format } = await sharp(Buffer.from(jpeg, 'base64')).metadata();
    expect(format).toBe('jpeg');
    expect(width).toBeGreaterThan(2 * height);

    expect(await second.learning.approve(id)).toEqual({ from: before, to: id });
    expect(inForce()).toBe(id);
    expect(second.news.at(-1)).toMatchObject({
      type: 'model_promoted',
      job,
      from: before,
      to: id,
      candidate: id,
    });
    expect(second.trainings.at(-1)).toMatchObject({
      state: 'done',
      result: { outcome: 'promoted', head: id },
    });
    expect(second.alerts.has('model-held')).toBe(false);
    await expect(second.learning.approve(id)).rejects.toMatchObject({ code: 'model-not-held' });
  });

  it('goes when it is rejected; no picture of it is kept where none may be', async () => {
    const board = await misled(await temporaryFolder(), { keep: 'embeddings' });
    const before = inForce();
    const { job } = board.learning.retrain({ epochs: 12 });
    await ended(board);
    const id = board.store.held?.id ?? '';
    await expect(board.learning.overlay(id)).rejects.toMatchObject({ code: 'model-overlay-none' });
    expect(await board.learning.reject(id)).toEqual({ rejected: id });
    expect(board.news.at(-1)).toMatchObject({
      type: 'model_rejected',
      job,
      from: before,
      to: before,
      candidate: id,
    });
    expect(board.trainings.at(-1)).toMatchObject({
      state: 'done',
      result: { outcome: 'rejected', head: before },
    });
    expect(board.alerts.has('model-held')).toBe(false);
    expect(inForce()).toBe(before);
  });

  it('is promoted by force', async () => {
    const board = await misled(await temporaryFolder());
    board.learning.retrain({ epochs: 12, force: true });
    await ended(board);
    expect(board.trainings.at(-1)).toMatchObject({
      state: 'done',
      result: { outcome: 'promoted', candidate: null },
    });
    expect(inForce()).toBe(board.trainings.at(-1)?.result?.head);
  });
});
