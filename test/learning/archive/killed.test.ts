import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { foldLabels } from '../../../src/learning/archive/fold.ts';
import { program } from '../../support/programs.ts';
import { until } from '../../support/until.ts';
import { archivePlace } from './support.ts';

const KILLS = 6;

interface Writer {
  readonly child: ChildProcess;
  /** What was acknowledged up to now. */
  readonly soFar: readonly string[];
  /** All that was, once the process has ended. */
  readonly acknowledged: Promise<readonly string[]>;
}

function startWriter(directory: string): Writer {
  const child = spawn(process.execPath, [program('archive-child'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  const acknowledged: string[] = [];
  lines.on('line', line => {
    // A line that was cut off was not heard as an acknowledgement.
    if (/^label \d+ \w{26} \w+$/.test(line)) acknowledged.push(line);
  });
  return {
    child,
    soFar: acknowledged,
    acknowledged: once(lines, 'close').then(() => acknowledged),
  };
}

it(`${KILLS} SIGKILLs at any moment lose no acknowledged label, and no row becomes unreadable`, async () => {
  const random = createRandom(11);
  const place = await archivePlace();
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const writer = startWriter(place.directory);
    // Counted and not timed, as a busy machine takes longer over each; then at any moment of the next.
    const least = random.below(12);
    await until(() => writer.soFar.length > least, 'acknowledged labels');
    await delay(random.between(0, 20));
    writer.child.kill('SIGKILL');
    acknowledged.push(...(await writer.acknowledged));
    expect(writer.child.exitCode).toBeNull();
  }

  const told: string[] = [];
  const archive = await place.open({}, path => told.push(path));
  expect(told).toEqual([]);
  const log = archive.log(1e6).toReversed();
  const found = new Map<string, number>();
  for (const { seq, frame, by } of log) {
    const line = `label ${seq} ${frame} ${by}`;
    found.set(line, (found.get(line) ?? 0) + 1);
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS);
  expect(acknowledged.filter(line => found.get(line) !== 1)).toEqual([]);
  // What was written but not acknowledged: one request a kill at the most, of two labels at the most.
  expect(log.length - acknowledged.length).toBeLessThanOrEqual(2 * KILLS);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));

  const folded = foldLabels(log);
  expect(new Set(archive.labelled().map(({ id }) => id))).toEqual(new Set(folded.keys()));
  for (const frame of archive.frames()) {
    expect(frame.cells).toHaveLength(2);
    expect(archive.embeddings(frame.id)).toHaveLength(64);
    expect((await archive.picture(frame.id))?.length).toBe(1000);
  }
});
