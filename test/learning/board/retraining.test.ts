import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BeachReader, ReadFrame } from '../../../src/activity/beach-reader.ts';
import { drawnBeach } from '../../daemon/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ENDED, openReader, startBoard, ZONES } from './learning-support.ts';

let reader: BeachReader;
let seen: { readonly picture: Buffer; readonly read: ReadFrame };

beforeAll(async () => {
  reader = await openReader();
  const picture = await drawnBeach(1, 'none');
  seen = { picture, read: await reader.read(picture, ZONES) };
});
afterAll(() => reader.close());

async function labelledBoard(state: string) {
  const board = await startBoard(reader, state);
  for (const labels of [[], ['surfing']]) {
    await board.clock.advance(20_000);
    const frame = board.take(seen.picture, seen.read);
    await board.learning.labels.labelFrames({ frames: [frame], labels }, 'cli');
  }
  const ended = (count: number) =>
    vi.waitFor(
      () => expect(board.trainings.filter(({ state }) => ENDED.includes(state))).toHaveLength(count),
      { timeout: 400_000, interval: 50 },
    );
  return { ...board, ended };
}

describe('a retraining', { timeout: 500_000 }, () => {
  it('is over when that is told: who hears it may ask for the next at once', async () => {
    const board = await labelledBoard(await temporaryFolder());
    const answers: unknown[] = [];
    board.onEnd(() => {
      if (answers.length === 0) answers.push(board.learning.retrain({ dryRun: true, epochs: 1 }));
    });
    board.learning.retrain({ dryRun: true, epochs: 1 });
    await board.ended(2);
    expect(answers).toEqual([{ job: expect.any(String) }]);
    expect(board.trainings.at(-1)).toMatchObject({ state: 'done', result: { outcome: 'dry-run' } });
  });

  it('was not interrupted where only its note outlived a kill', async () => {
    const state = await temporaryFolder();
    const first = await labelledBoard(state);
    const { job } = first.learning.retrain({ force: true, epochs: 1 });
    await first.ended(1);
    expect(first.trainings.at(-1)).toMatchObject({ job, result: { outcome: 'promoted' } });
    await first.stop();
    const note = join(state, 'learning', 'job.json');
    await writeFile(note, `${JSON.stringify({ job })}\n`);
    const second = await startBoard(reader, state);
    expect(second.trainings.at(-1)).toMatchObject({ state: 'idle', error: null });
    await second.stop();

    const other = ulid();
    await writeFile(note, `${JSON.stringify({ job: other })}\n`);
    const third = await startBoard(reader, state);
    expect(third.trainings.at(-1)).toMatchObject({ job: other, error: { code: 'retrain-interrupted' } });
  });
});
