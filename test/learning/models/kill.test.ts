import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { loadHead } from '../../../src/activity/head-bundle.ts';
import { createRandom } from '../../../src/base/random.ts';
import { program } from '../../support/programs.ts';
import { BACKBONE } from '../support.ts';
import { namesOf, newPlace, openStore, type Place } from './support.ts';

const KILLS = 10;
/** So many steps at most are done before a kill. */
const STEPS = 6;

/** A child that waits to be let loose on the heads: the next one starts while its predecessor works. */
function startChild({ folders }: Place, seed: number) {
  const args = [program('store-child'), folders.shipped, folders.board, String(seed)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/**
 * Lets it change the heads, kills it within the step after `steps` whole ones, and gives what it said. Steps are counted
 * and not timed: a busy machine takes longer over them.
 */
async function killedWithin(child: ReturnType<typeof startChild>, steps: number, share: number) {
  const closed = once(child, 'close');
  const lines: string[] = [];
  const begun: number[] = [];
  const reader = createInterface({ input: child.stdout });
  const isThere = new Promise<void>(resolve => {
    reader.on('line', line => {
      lines.push(line);
      if (line.startsWith('begun ')) begun.push(performance.now());
      if (begun.length > steps) resolve();
    });
  });
  child.stdin.write('go\n');
  await Promise.race([isThere, closed]);
  const [first = 0, last = first] = [begun[0], begun.at(-1)];
  await delay(share * ((last - first) / steps));
  child.kill('SIGKILL');
  const [, signal] = (await closed) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return lines;
}

it('leaves the old or the new head, whole, whenever it is killed', async () => {
  const place = await newPlace();
  const { board } = place.folders;
  const random = createRandom(20);
  const done: string[] = [];
  let interrupted = 0;
  let waiting = startChild(place, 0);
  for (let kill = 0; kill < KILLS; kill++) {
    const child = waiting;
    waiting = startChild(place, kill + 1);
    const lines = await killedWithin(child, 1 + random.below(STEPS), random.next());
    const finished = lines.filter(line => line.startsWith('done ')).map(line => line.slice(5));
    done.push(...finished.slice(1));
    const isInterrupted = lines.at(-1)?.startsWith('begun ') === true;
    interrupted += Number(isInterrupted);

    const store = await openStore(place, { keep: 2 });
    const { id } = (await store.current()).manifest;
    // Nothing was damaged, nothing had to be passed over.
    expect(place.warnings).toEqual([]);
    if (!isInterrupted) expect(id).toBe(finished.at(-1));
    else if (lines.at(-1)?.startsWith('begun rollback-')) {
      expect([finished.at(-1), lines.at(-1)?.slice(15)]).toContain(id);
    } else if (id !== finished.at(-1)) {
      // It was promoted by the step that was interrupted, and is known as such.
      expect(store.history(1)[0]).toMatchObject({ to: id, job: lines.at(-1)?.slice(14) });
    }

    const heads = (await namesOf(board)).filter(name => !/^(current|history\.jsonl)$/.test(name));
    for (const head of heads) await loadHead(board, head, BACKBONE);
    const moves = store.history(1e6).filter(({ event }) => event === 'promoted');
    expect(new Set(moves.map(({ to }) => to)).size).toBe(moves.length);
    expect(new Set(moves.map(({ job }) => job)).size).toBe(moves.length);
  }
  const known = new Set((await openStore(place)).history(1e6).map(({ to }) => to));
  expect(done.filter(id => !known.has(id))).toEqual([]);
  // Otherwise the kills hit nothing.
  expect(interrupted).toBeGreaterThan(KILLS / 2);
  expect(done.length).toBeGreaterThan(0);
});
