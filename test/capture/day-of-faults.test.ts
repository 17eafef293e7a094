/**
 * Each source lives through a day in which every fault it can meet befalls it for an hour, each followed by an hour of
 * good pictures. Time is simulated; the processes, servers and files at the other end are real.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { backoffMs } from '../../src/base/backoff.ts';
import { Camera, type StatusChange } from '../../src/capture/camera.ts';
import type { Frame } from '../../src/capture/source.ts';
import { until } from '../support/until.ts';
import { Day, processesOf } from './faults/day.ts';
import { type Cell, FAULTS, MATRIX } from './faults/matrix.ts';
import { STANDS } from './faults/stands.ts';
import { QUIET } from './ffmpeg-fixtures.ts';

const HOUR = 3_600_000;
const OPTIONS = {
  intervalMs: 600_000,
  timeoutMs: 10_000,
  retryMinMs: 1000,
  retryMaxMs: 600_000,
  offlineAfterMs: 60_000,
};
/** A pace slower than `offlineAfterMs` doubles itself. */
const OFFLINE_AFTER = 2 * OPTIONS.intervalMs;
/** The longest back-off under way, a try that hangs, and the next picture's turn. */
const RECOVERED_WITHIN = OPTIONS.retryMaxMs + OPTIONS.timeoutMs + OPTIONS.intervalMs;
/** A program, and what it runs at the moment. */
const PROCESSES = 3;

/** The most tries that fit into a time when each failed at once and chance was always kind. */
function mostTries(ms: number): number {
  let [tries, passed] = [1, 0];
  for (; passed <= ms; tries++) passed += backoffMs(tries, OPTIONS, () => 0);
  return tries;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** What holds the event loop, without the timers and ticks of the moment. */
const handles = () =>
  process.getActiveResourcesInfo().filter(name => /Wrap|Process|FSEvent/.test(name)).length;

test('every source has an answer to every fault, and a stand to try it', () => {
  for (const [kind, row] of Object.entries(MATRIX)) {
    expect(Object.keys(row).sort(), kind).toEqual([...FAULTS].sort());
    const tried = Object.values(row).some(cell => typeof cell !== 'string');
    expect(kind in STANDS, kind).toBe(tried);
  }
});

describe.each(Object.entries(STANDS))('%s', (kind, makeStand) => {
  test('survives the day', async () => {
    const day = new Day();
    const stand = await makeStand(day.clock);
    const frames: Frame[] = [];
    const changes: StatusChange[] = [];
    const camera = new Camera({
      source: day.watch(stand.source),
      clock: day.clock,
      log: QUIET,
      options: OPTIONS,
      retry: OPTIONS,
      onFrame: async ({ bytes: _, ...frame }) => {
        frames.push({ ...frame, bytes: Buffer.alloc(0) });
      },
      onStatus: change => changes.push(change),
    });
    const before = handles();
    camera.start();
    await day.pass(HOUR);
    expect(changes.map(change => change.status)).toEqual(['online']);
    const atFirst = memory();

    const row = MATRIX[kind as keyof typeof MATRIX];
    for (const fault of FAULTS) {
      const cell = row[fault];
      if (typeof cell === 'string') await day.pass(2 * HOUR);
      else await befall(fault, cell);
      expect(day.sleeping, fault).toBeLessThanOrEqual(3);
      expect(
        (
          await until(async () => {
            const left = await processesOf(stand.mark);
            return left.length <= PROCESSES ? { left } : undefined;
          })
        ).left.filter(process => process.endsWith(' Z')),
        fault,
      ).toEqual([]);
    }
    await day.pass(HOUR);

    async function befall(fault: string, cell: Cell): Promise<void> {
      const [seen, told] = [frames.length, changes.length];
      const [tried, asked] = [day.attempts, await stand.asked()];
      const lastFrameAt = frames.at(-1)?.takenAt ?? 0;
      day.silent = cell.silent ?? false;
      await stand.play(cell.scene);
      await day.pass(HOUR);
      if (cell.effect === 'lost') {
        // A picture from before may still have been on its way.
        expect(frames.length - seen, fault).toBeLessThanOrEqual(1);
        const since = frames.at(-1)?.takenAt ?? lastFrameAt;
        expect(changes.slice(told), fault).toMatchObject([{ status: 'offline', at: since + OFFLINE_AFTER }]);
        expect(camera.stats.lastError, fault).toMatchObject({ code: expect.stringMatching(/^camera-/) });
        expect(day.attempts - tried, fault).toBeLessThanOrEqual(mostTries(HOUR));
        // A redirect is asked again as often as is allowed, a login once; a program is started once a try.
        expect((await stand.asked()) - asked, fault).toBeLessThanOrEqual(4 * (day.attempts - tried) + 4);
      } else {
        expect(frames.length - seen, fault).toBeGreaterThanOrEqual(5);
        expect(changes.slice(told), fault).toEqual([]);
      }
      day.silent = false;
      await stand.play();
      const healed = day.clock.monotonic();
      const back = frames.length;
      await day.pass(RECOVERED_WITHIN, () => frames.length > back);
      expect(camera.stats.status, fault).toBe('online');
      expect(
        changes.slice(told).map(change => change.status),
        fault,
      ).toEqual(cell.effect === 'lost' ? ['offline', 'online'] : []);
      await day.pass(HOUR - (day.clock.monotonic() - healed));
    }

    expect(day.clock.monotonic()).toBeGreaterThanOrEqual(24 * HOUR);
    const ids = frames.map(frame => frame.id);
    expect(ids).toEqual([...new Set(ids)].sort());
    const times = frames.map(frame => frame.takenAt);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await camera.stop();
    expect(day.sleeping).toBe(0);
    await until(async () => (await processesOf(stand.mark)).length === 0);
    await until(() => handles() <= before);
    // What native code holds is given back some time after the collector found it.
    await until(() => memory() - atFirst < 20e6);
  });
});
