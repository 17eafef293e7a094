import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  RETRAIN_DEFAULTS,
  type RetrainJobOptions,
  retrainHead,
} from '../../../src/learning/retrain/retrain-head.ts';
import { startRetrainJob } from '../../../src/learning/retrain/run-in-worker.ts';
import type { RetrainHooks, RetrainInput } from '../../../src/learning/retrain/types.ts';
import { BUNDLED } from '../../support/defaults.ts';
import { boardOf, SHIPPED_MARKS, toyInput } from './support.ts';

/** At the lowest priority a busy machine would starve them. */
const start = (input: RetrainInput, options: RetrainJobOptions, hooks?: RetrainHooks) =>
  startRetrainJob(input, options, hooks, { programs: BUNDLED, niceness: 0 });
const board = () => boardOf([['surfing'], []], 12, { ...SHIPPED_MARKS, surfing: 5 });

describe('startRetrainJob', () => {
  it('gives the very head that the same input gives without a thread', async () => {
    const done: number[] = [];
    const job = start(toyInput(board()), RETRAIN_DEFAULTS, {
      onProgress: share => done.push(share),
    });
    const there = await job.result;
    const here = await retrainHead(toyInput(board()), RETRAIN_DEFAULTS);
    expect(there.candidate).toEqual(here.candidate);
    expect(there.verdict).toEqual(here.verdict);
    expect(done.at(-1)).toBe(1);
  });

  it('moves the embeddings and leaves the incumbent where it is', async () => {
    const input = toyInput(board());
    await start(input, RETRAIN_DEFAULTS).result;
    expect(input.base?.set.embeddings).toHaveLength(0);
    expect(input.board[0]?.embeddings).toHaveLength(0);
    expect(input.incumbent.hiddenKernel.length).toBeGreaterThan(0);
  });

  it('ends when it is cancelled', async () => {
    const job = start(toyInput(board()), { ...RETRAIN_DEFAULTS, epochs: 1_000_000 });
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'retrain-cancelled' });
  });

  it.runIf(process.platform === 'linux')('lowers the priority of its thread and of no other', async () => {
    const before = priorities().get(process.pid);
    let cancel: () => void = () => undefined;
    let ended: Promise<unknown> = Promise.resolve();
    const during = await new Promise<ReturnType<typeof priorities>>((resolve, reject) => {
      const hooks = { onProgress: () => resolve(priorities()) };
      const job = startRetrainJob(toyInput(board()), RETRAIN_DEFAULTS, hooks, { programs: BUNDLED });
      cancel = job.cancel;
      ended = job.result.catch(reject);
    });
    expect(during.get(process.pid)).toBe(before);
    expect([...during.values()]).toContain(10);
    cancel();
    await ended;
  });

  it('tells of a cancel in the middle, and of nothing after it', async () => {
    let told = 0;
    let begin: () => void = () => undefined;
    const begun = new Promise<void>(resolve => {
      begin = resolve;
    });
    const endless = { ...RETRAIN_DEFAULTS, epochs: 1_000_000, tuning: { patience: 1_000_000 } };
    const job = start(toyInput(board()), endless, {
      onProgress: () => {
        told += 1;
        begin();
      },
    });
    await begun;
    job.cancel();
    const before = told;
    await expect(job.result).rejects.toMatchObject({ code: 'retrain-cancelled' });
    expect(told).toBe(before);
  });

  it('passes on what retrainHead refuses', async () => {
    const job = start(toyInput([]), RETRAIN_DEFAULTS);
    await expect(job.result).rejects.toMatchObject({ code: 'retrain-impossible' });
  });

  it('makes a crash of the thread a coded error', async () => {
    const input = toyInput(board());
    const crooked = { ...input, incumbent: { ...input.incumbent, manifest: null } };
    const job = start(crooked as unknown as typeof input, RETRAIN_DEFAULTS);
    await expect(job.result).rejects.toMatchObject({ code: 'retrain-failed' });
  });
});

/** The nice value of every thread of this process by its id: field 19 of `stat` (proc_pid_stat(5)). */
function priorities(): Map<number, number> {
  const found = new Map<number, number>();
  for (const task of readdirSync('/proc/self/task')) {
    try {
      const stat = readFileSync(`/proc/self/task/${task}/stat`, 'utf8');
      // The name in brackets may hold spaces.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      found.set(Number(task), Number(fields[16]));
    } catch {
      // It has ended since.
    }
  }
  return found;
}
