import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/base/connection.ts';
import { openDatabase } from '../../src/base/database.ts';
import { DiskEvents } from '../../src/messaging/event-queue.ts';
import { type EventStore, memoryEvents, type Outcome } from '../../src/messaging/event-store.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fc } from '../support/fast-check.ts';
import { readableLog, silent } from '../support/log.ts';
import { temporaryFolder, temporaryFolderSync } from '../support/temporary-folder.ts';

const MAX = 5;

/** What a store is to do, as plainly as it can be said. */
interface Model {
  queue: string[];
  dropped: number;
  /** Whether the first is being sent. */
  isFlying: boolean;
  count: number;
}

interface Real {
  store: EventStore;
  /** The process ends and another begins; `killed`: without closing anything. */
  readonly restart: (killed: boolean) => EventStore;
}

type Step = fc.Command<Model, Real>;

function agree(model: Model, { store }: Real): void {
  expect(facts(store)).toMatchObject({ size: model.queue.length, dropped: model.dropped, fault: null });
}

const facts = ({ size, dropped, volatile, fault }: EventStore) => ({ size, dropped, volatile, fault });

const append = (): Step => ({
  check: () => true,
  run: (model, real) => {
    const payload = `event ${model.count++}`;
    model.queue.push(payload);
    const held = model.isFlying ? 1 : 0;
    while (model.queue.length - held > MAX) {
      model.queue.splice(held, 1);
      model.dropped += 1;
    }
    real.store.append(payload, model.isFlying);
    agree(model, real);
  },
  toString: () => 'append',
});

const take = (): Step => ({
  check: ({ isFlying }) => !isFlying,
  run: (model, { store }) => {
    expect(store.first()).toBe(model.queue[0]);
    model.isFlying = model.queue.length > 0;
  },
  toString: () => 'take',
});

const settle = (outcome: Outcome): Step => ({
  check: ({ isFlying }) => isFlying,
  run: (model, real) => {
    model.isFlying = false;
    model.queue.shift();
    if (outcome === 'refused') model.dropped += 1;
    real.store.removeFirst(outcome);
    agree(model, real);
  },
  toString: () => outcome,
});

const lose = (): Step => ({
  check: () => true,
  run: model => {
    model.isFlying = false;
  },
  toString: () => 'connection lost',
});

const restart = (killed: boolean): Step => ({
  check: () => true,
  run: (model, real) => {
    model.isFlying = false;
    real.store = real.restart(killed);
    agree(model, real);
    expect(real.store.volatile).toBe(0);
  },
  toString: () => (killed ? 'killed' : 'restarted'),
});

const STEPS = [
  fc.constant(append()),
  fc.constant(append()),
  fc.constant(take()),
  fc.constantFrom(settle('delivered'), settle('delivered'), settle('refused')),
  fc.constant(lose()),
];

function check(steps: readonly fc.Arbitrary<Step>[], newReal: () => Real, numRuns: number): void {
  fc.assert(
    fc.property(fc.commands([...steps], { size: 'large', maxCommands: 60 }), commands => {
      const model: Model = { queue: [], dropped: 0, isFlying: false, count: 0 };
      fc.modelRun(() => ({ model, real: newReal() }), commands);
    }),
    { numRuns },
  );
}

function newQueue(path: string, more: { maxEvents?: number; clock?: ReturnType<typeof fakeClock> } = {}) {
  const { log, lines } = readableLog();
  const queue = new DiskEvents({ path, maxEvents: MAX, clock: fakeClock(), log, ...more });
  onTestFinished(() => queue.stop());
  queue.start();
  return { queue, lines };
}

function drain(queue: EventStore): string[] {
  const all: string[] = [];
  for (let first = queue.first(); first !== undefined; first = queue.first()) {
    all.push(first);
    queue.removeFirst('delivered');
  }
  return all;
}

const numbers = (n: number, from = 0) => Array.from({ length: n }, (_, i) => String(from + i));

/** Where there is one, in memory: for tests that would wait for the disk a thousand times. */
const quickFolder = () => temporaryFolderSync(existsSync('/dev/shm') ? '/dev/shm' : undefined);

async function path(): Promise<string> {
  return join(await temporaryFolder(), 'state', 'outbox.db');
}

describe('a queue of events', () => {
  it('in memory does as the model says', () => {
    const newReal = () => ({ store: memoryEvents(MAX), restart: () => memoryEvents(MAX) });
    check(STEPS, newReal, 300);
  });

  it('on disk does as the model says, over restarts and kills', () => {
    const folder = quickFolder();
    const stores: DiskEvents[] = [];
    let files = 0;
    const opened = (file: string) => {
      const store = new DiskEvents({ path: file, maxEvents: MAX, clock: fakeClock(), log: silent });
      stores.push(store);
      store.start();
      return store;
    };
    const newReal = () => {
      for (const store of stores.splice(0)) store.stop();
      let file = join(folder, `${files++}.db`);
      const real: Real = {
        store: opened(file),
        restart: killed => {
          if (!killed) real.store.stop();
          else {
            // What a killed process leaves: the file and its log, as they are.
            const copy = join(folder, `${files++}.db`);
            for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, copy + end);
            file = copy;
          }
          return opened(file);
        },
      };
      return real;
    };
    check([...STEPS, fc.constantFrom(restart(false), restart(true))], newReal, 60);
    for (const store of stores) store.stop();
  });
});

describe('the queue on disk', () => {
  it('sends what a former run left first, and keeps its counter', async () => {
    const at = await path();
    const { queue } = newQueue(at);
    for (const payload of numbers(8)) queue.append(payload, false);
    queue.stop();
    const { queue: next, lines } = newQueue(at);
    expect(lines).toContainEqual(expect.objectContaining({ events: 5, level: 30 }));
    expect(facts(next)).toMatchObject({ size: 5, dropped: 3, volatile: 0 });
    next.append('new', false);
    expect(next.dropped).toBe(4);
    expect(drain(next)).toEqual(['4', '5', '6', '7', 'new']);
    next.stop();
    expect(facts(newQueue(at).queue)).toMatchObject({ size: 0, dropped: 4 });
  });

  it('gives the room of a long outage back', async () => {
    const at = await path();
    const { queue } = newQueue(at, { maxEvents: 1_000 });
    for (let i = 0; i < 300; i++) queue.append(String(i).padEnd(9_000), false);
    drain(queue);
    queue.stop();
    expect(statSync(at).size).toBeLessThan(100_000);
  });

  it('goes on in memory where it cannot be opened, with its bound, and writes all once it can', async () => {
    const folder = await temporaryFolder();
    const at = join(folder, 'outbox.db');
    mkdirSync(at);
    const clock = fakeClock();
    const { queue } = newQueue(at, { clock });
    expect(queue.fault).toMatchObject({ code: 'state-unwritable' });
    for (const payload of numbers(7)) queue.append(payload, false);
    expect(facts(queue)).toMatchObject({ size: 5, dropped: 2, volatile: 5 });
    expect(queue.first()).toBe('2');
    rmSync(at, { recursive: true });
    await clock.advance(60_000);
    // The first is being sent: it stays where it is.
    queue.append('7', true);
    expect(queue.volatile).toBe(6);
    queue.removeFirst('delivered');
    queue.append('8', false);
    expect(facts(queue)).toMatchObject({ size: 5, dropped: 3, volatile: 0, fault: null });
    queue.stop();
    const { queue: next } = newQueue(at);
    expect(next.dropped).toBe(3);
    expect(drain(next)).toEqual(['4', '5', '6', '7', '8']);
  });

  it('writes at its stop what it could not write before', async () => {
    const at = await path();
    const { queue } = newQueue(at);
    queue.append('0', false);
    const other = connect(at, 0, 'unsynced');
    other.exec('BEGIN IMMEDIATE');
    queue.append('1', false);
    expect(facts(queue)).toMatchObject({ size: 2, volatile: 1, fault: { code: 'storage-failed' } });
    // Delivered, but still in the file: it is not sent again.
    expect(queue.first()).toBe('0');
    queue.removeFirst('delivered');
    expect(queue.first()).toBe('1');
    other.exec('ROLLBACK');
    other.close();
    queue.stop();
    expect(queue.volatile).toBe(0);
    expect(drain(newQueue(at).queue)).toEqual(['1']);
  });

  it('leaves a file of a newer version as it is', async () => {
    const at = await path();
    const migrations = Array.from({ length: 9 }, (_, i) => `CREATE TABLE t${i} (id)`);
    openDatabase({ path: at, migrations, now: 0 }).database.close();
    const { queue } = newQueue(at);
    expect(queue.fault).toMatchObject({ code: 'database-newer' });
    queue.append('0', false);
    expect(queue.first()).toBe('0');
  });
});

describe('a damaged queue on disk', () => {
  /** Overwrites a part of the file, from `share` of its length on. */
  async function damage(at: string, share: number): Promise<void> {
    const file = await open(at, 'r+');
    const { size } = await file.stat();
    await file.write(Buffer.alloc(5_000, 0x5a), 0, 5_000, Math.floor(size * share));
    await file.close();
  }

  const filled = (events: number) => {
    const at = join(quickFolder(), 'outbox.db');
    const { queue } = newQueue(at, { maxEvents: 5_000 });
    for (const payload of numbers(events)) queue.append(payload.padEnd(1_200), false);
    queue.stop();
    return at;
  };

  it('is set aside, and what can be read of it is sent', async () => {
    const at = filled(200);
    await damage(at, 0.5);
    const { queue, lines } = newQueue(at, { maxEvents: 1_000 });
    expect(queue.fault).toBeNull();
    queue.append('200', false);
    const got = drain(queue).map(Number);
    expect(got.length).toBeGreaterThan(150);
    expect(got).toEqual([...new Set(got)].sort((a, b) => a - b));
    expect(got).toEqual(expect.arrayContaining([0, 199, 200]));
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, saved: got.length - 1 }));
  });

  it('is replaced where nothing of it can be read', async () => {
    const at = filled(20);
    for (const share of [0, 0.2, 0.4, 0.6, 0.8]) await damage(at, share);
    const { queue, lines } = newQueue(at);
    expect(facts(queue)).toMatchObject({ size: 0, fault: null });
    expect(lines).toContainEqual(
      expect.objectContaining({ setAside: expect.stringContaining('corrupt'), saved: 0 }),
    );
    queue.append('0', false);
    expect(drain(queue)).toEqual(['0']);
    expect(readdirSync(join(at, '..')).some(name => name.includes('corrupt'))).toBe(true);
  });

  it.each([
    ['in places', [0.1, 0.3, 0.5, 0.7]],
    ['altogether', Array.from({ length: 1_000 }, (_, i) => i / 1_000)],
  ])('%s, is given up while it is used, and found damaged when it is opened again', async (_, shares) => {
    // More than the database keeps in its cache (2 MB).
    const at = filled(3_000);
    const clock = fakeClock();
    const { queue, lines } = newQueue(at, { clock, maxEvents: 5_000 });
    const got = [Number(queue.first())];
    queue.removeFirst('delivered');
    for (const share of shares) await damage(at, share);
    got.push(...drain(queue).map(Number));
    expect(queue.fault).toMatchObject({ code: 'storage-failed' });
    expect(lines).toContainEqual(expect.objectContaining({ level: 50, events: 3_000 - got.length }));
    queue.append('3000', false);
    expect(drain(queue)).toEqual(['3000']);
    await clock.advance(60_000);
    queue.append('3001', false);
    expect(lines).toContainEqual(expect.objectContaining({ setAside: expect.any(String) }));
    got.push(3_000, ...drain(queue).map(Number));
    expect(facts(queue)).toMatchObject({ size: 0, fault: null });
    expect(got.at(-1)).toBe(3_001);
    expect(new Set(got).size).toBe(got.length);
    // What could not be saved is counted.
    expect(got.length + queue.dropped).toBe(3_002);
  });
});

describe('a full disk', () => {
  it('takes no event and loses none: they wait in memory and go on in order', async context => {
    const folder = join(await temporaryFolder(), 'disk');
    mkdirSync(folder);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    } catch {
      return context.skip('a disk can be mounted by root only');
    }
    onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
    const at = join(folder, 'outbox.db');
    const { queue } = newQueue(at, { maxEvents: 10_000 });
    let n = 0;
    fill(folder);
    const add = () => queue.append(String(n++).padEnd(2_000), false);
    while (queue.fault === null && n < 5_000) add();
    expect(queue.fault).toMatchObject({ code: 'disk-full' });
    for (let i = 0; i < 20; i++) add();
    expect(facts(queue)).toMatchObject({ size: n, dropped: 0, volatile: 21 });
    const got: number[] = [];
    for (let i = 0; i < n - 10; i++) {
      got.push(Number(queue.first()));
      queue.removeFirst('delivered');
    }
    rmSync(join(folder, 'other'));
    add();
    expect(facts(queue)).toMatchObject({ size: 11, volatile: 0, fault: null });
    queue.stop();
    got.push(...drain(newQueue(at).queue).map(Number));
    expect(got).toEqual(Array.from({ length: n }, (_, i) => i));
  });
});

/** Others fill what is left. */
function fill(folder: string): void {
  const file = openSync(join(folder, 'other'), 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(4_096));
  } catch {
    closeSync(file);
  }
}
