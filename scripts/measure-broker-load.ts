/** Measures what an attack on the embedded broker costs the frames of the daemon. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { systemClock } from '../src/base/clock.ts';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { defaultSettings } from '../src/config/load.ts';
import { openRequester } from '../src/messaging/request.ts';
import { startDaemonChild } from './daemon-child.ts';

/** Memory that grows by less than so much from the first half of a long attack to the second is on a plateau. */
const PLATEAU = 1.1;
const PARTS = 10;

const program = new Command('measure-broker-load')
  .description('compares frames of a daemon at rest with those while its embedded broker is attacked')
  .option('--seconds <n>', 'of each part; the daemon looks back on a minute', wholeNumber(5), 60)
  .option('--minutes <n>', 'of attack afterwards, with the memory at each tenth of it', wholeNumber(1))
  .action(measure);
await exitOnError(() => program.parseAsync());

interface Health {
  readonly latencyMs: { readonly p50: number; readonly p95: number };
  readonly frames: { readonly dropped: number; readonly classified: number };
}

interface Flags {
  readonly seconds: number;
  readonly minutes?: number;
}

/** The most of each process, MB. */
interface Memory {
  readonly daemon: number;
  readonly broker: number;
}

async function measure({ seconds, minutes }: Flags): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-broker-load-'));
  const settings = ['camera.interval=500ms'];
  const { child, requester } = await startDaemonChild(settings, stateDir);
  const { address } = requester;
  await requester.close();
  try {
    await delay(5_000);
    console.log(await watch('at rest', child, address, () => delay(seconds * 1_000)));
    const attack = () => underAttack(address, () => delay(seconds * 1_000));
    console.log(await watch('attacked', child, address, attack));
    if (minutes !== undefined) await underAttack(address, () => memoryByTenths(child, minutes));
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(stateDir, { recursive: true });
  }
}

async function underAttack(address: string, work: () => Promise<void>): Promise<void> {
  const load = fork(join(PACKAGE_ROOT, 'scripts/broker-load.ts'), [new URL(address).port], {
    execArgv: ['--import', 'tsx'],
  });
  try {
    await once(load, 'message');
    await work();
  } finally {
    load.kill('SIGKILL');
  }
}

/** Prints the most of each tenth; exit status 1 where it grows. */
async function memoryByTenths(child: ChildProcess, minutes: number): Promise<void> {
  const parts: Memory[] = [];
  for (let part = 0; part < PARTS; part++) {
    const until = Date.now() + (minutes * 60_000) / PARTS;
    const memory = await mostMemory(child, () => Date.now() < until);
    parts.push(memory);
    console.log(
      `minute ${(((part + 1) * minutes) / PARTS).toFixed(1).padStart(5)}  daemon ${memory.daemon} MB  broker ${memory.broker} MB`,
    );
  }
  for (const name of ['daemon', 'broker'] as const) {
    const [early, late] = [parts.slice(0, PARTS / 2), parts.slice(PARTS / 2)].map(half =>
      Math.max(...half.map(part => part[name])),
    ) as [number, number];
    const isFlat = late <= early * PLATEAU;
    console.log(
      `${name}: ${early} MB at most in the first half, ${late} MB in the second: ${isFlat ? 'flat' : 'grows'}`,
    );
    if (!isFlat) process.exitCode = 1;
  }
}

async function mostMemory({ pid }: ChildProcess, goesOn: () => boolean): Promise<Memory> {
  const most = { daemon: 0, broker: 0 };
  for (; goesOn(); await delay(500)) {
    // Its one child, as the camera is simulated.
    const [broker = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ');
    most.daemon = Math.max(most.daemon, await residentMb(String(pid)));
    most.broker = Math.max(most.broker, await residentMb(broker));
  }
  return most;
}

async function watch(
  name: string,
  child: ChildProcess,
  address: string,
  work: () => Promise<void>,
): Promise<string> {
  const before = await health(address);
  let isDone = false;
  const working = work().finally(() => {
    isDone = true;
  });
  const most = await mostMemory(child, () => !isDone);
  await working;
  const { latencyMs, frames } = await health(address);
  const [classified, dropped] = [
    frames.classified - before.frames.classified,
    frames.dropped - before.frames.dropped,
  ];
  return `${name.padEnd(9)} p50 ${latencyMs.p50} ms  p95 ${latencyMs.p95} ms  frames ${classified}  dropped ${dropped}  RSS up to ${most.daemon} MB, of the broker ${most.broker} MB`;
}

async function residentMb(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}

/** Asked anew until it is answered: the broker may just be started again, or have many commands waiting. */
async function health(url: string): Promise<Health> {
  for (;;) {
    try {
      const requester = await openRequester({
        ...defaultSettings().mqtt,
        url,
        base: 'surf',
        clock: systemClock,
      });
      try {
        return ((await requester.request('status')) as { health: Health }).health;
      } finally {
        await requester.close();
      }
    } catch {
      await delay(500);
    }
  }
}
