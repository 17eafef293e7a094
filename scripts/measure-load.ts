/** Measures what a load costs the frames of a daemon, and its memory (Linux): at rest, then under the load. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Argument, Command } from 'commander';
import getPort from 'get-port';
import { systemClock } from '../src/base/clock.ts';
import { PACKAGE_ROOT } from '../src/base/paths.ts';
import { exitOnError } from '../src/cli/exit.ts';
import { wholeNumber } from '../src/cli/parse.ts';
import { defaultSettings } from '../src/config/load.ts';
import { openRequester, type Requester } from '../src/messaging/request.ts';
import { createRenderer } from '../src/simulator/render.ts';
import { startDaemonChild } from './daemon-child.ts';
import { randomScene } from './scenes/random-scene.ts';

interface Flags {
  readonly seconds: number;
  readonly interval: string;
  readonly viewers: number;
  readonly labels: number;
  readonly minutes?: number;
}

interface Setup {
  readonly flags: Flags;
  readonly requester: Requester;
  readonly pageUrl: string;
}

/** Puts the load on; resolves once it is there, with what takes it off and says what it was. */
type Load = (setup: Setup) => Promise<() => Promise<string>>;

const LOADS: Readonly<Record<string, Load>> = {
  page: async ({ flags: { viewers }, pageUrl }) => {
    const load = await startLoad('load-page.ts', [pageUrl, String(viewers)]);
    return async () => `${viewers} viewers, ${load.end()} pictures`;
  },
  broker: async ({ requester: { address } }) => {
    const load = await startLoad('load-broker.ts', [new URL(address).port]);
    return async () => {
      load.end();
      return 'attackers of the embedded broker';
    };
  },
  retrain: async ({ flags: { labels }, requester }) => {
    await sendLabels(requester, labels);
    const over = new AbortController();
    const jobs = retrainAgainAndAgain(requester, over.signal);
    return async () => {
      over.abort();
      return `${await jobs} retrainings on ${labels} labelled pictures`;
    };
  },
};

const program = new Command('measure-load')
  .description('compares the frames of a daemon at rest with those under a load')
  .addArgument(
    new Argument(
      '<load>',
      'page: it is looked at; broker: the embedded one is attacked; retrain: one after another',
    ).choices(Object.keys(LOADS)),
  )
  .option('--seconds <n>', 'of each part; the daemon looks back on a minute', wholeNumber(5), 60)
  .option('--interval <duration>', 'between two frames', '500ms')
  .option('--viewers <n>', 'page: who look', wholeNumber(1), 50)
  .option('--labels <n>', 'retrain: labelled pictures', wholeNumber(4), 40)
  .option('--minutes <n>', 'of load afterwards, with the memory at each tenth of it', wholeNumber(1))
  .action(measure);
await exitOnError(() => program.parseAsync());

async function measure(name: string, flags: Flags): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), 'surfwatch-load-'));
  const port = await getPort();
  const settings = ['web.enabled=true', `web.port=${port}`, `camera.interval=${flags.interval}`];
  const { child, requester } = await startDaemonChild(settings, stateDir);
  const { seconds, minutes } = flags;
  try {
    await delay(10_000);
    const rest = await watch('at rest', child, requester.address, seconds);
    const end = await (LOADS[name] as Load)({ flags, requester, pageUrl: `http://127.0.0.1:${port}` });
    const busy = await watch(name, child, requester.address, seconds);
    if (minutes !== undefined) await memoryByTenths(child, minutes);
    console.log(`${await end()}; p95 ${(busy / rest).toFixed(2)} times that at rest`);
  } finally {
    await requester.close();
    child.kill('SIGTERM');
    await once(child, 'exit');
    await rm(stateDir, { recursive: true });
  }
}

/** A load that is a process of its own, and says from when on it is there. */
async function startLoad(script: string, args: readonly string[]): Promise<{ end: () => unknown }> {
  const load = fork(join(PACKAGE_ROOT, 'scripts', script), args, { execArgv: ['--import', 'tsx'] });
  let last: unknown;
  load.on('message', said => {
    last = said;
  });
  await once(load, 'message');
  return {
    end: () => {
      load.kill('SIGKILL');
      return last;
    },
  };
}

async function sendLabels(requester: Requester, count: number): Promise<void> {
  const renderer = createRenderer();
  for (let seed = 0; seed < count; seed++) {
    const kind = seed % 2 === 0 ? 'kitesurfing' : 'none';
    const activities = kind === 'none' ? [] : ['kitesurfing' as const];
    const scene = randomScene(seed, { activities, width: 1280, height: 720 });
    await requester.publishImage([kind], await renderer.jpeg(scene));
  }
}

/** One lasts for a few frames alone. */
async function retrainAgainAndAgain(requester: Requester, signal: AbortSignal): Promise<number> {
  let jobs = 0;
  while (!signal.aborted) {
    await requester.request('retrain', { dryRun: true });
    jobs += 1;
    do await delay(50);
    while (!['done', 'failed'].includes((await statusOf(requester)).learning.training.state));
  }
  return jobs;
}

interface Status {
  readonly health: {
    readonly latencyMs: { readonly p50: number; readonly p95: number };
    readonly frames: { readonly dropped: number; readonly classified: number };
  };
  readonly learning: { readonly training: { readonly state: string } };
}

async function statusOf(requester: Requester): Promise<Status> {
  return (await requester.request('status')) as Status;
}

/** Asked anew until it is answered: the broker may just be started again, or have many commands waiting. */
async function health(url: string): Promise<Status['health']> {
  for (;;) {
    try {
      const mqtt = { ...defaultSettings().mqtt, url };
      const requester = await openRequester({ ...mqtt, base: 'surf', clock: systemClock });
      try {
        return (await statusOf(requester)).health;
      } finally {
        await requester.close();
      }
    } catch {
      await delay(500);
    }
  }
}

/** Prints how the frames of so many seconds fared. @returns the 95th percentile of their latency, ms */
async function watch(name: string, child: ChildProcess, url: string, seconds: number): Promise<number> {
  const before = await health(url);
  const { daemon, broker } = await mostMemory(child, seconds * 1_000);
  const { latencyMs, frames } = await health(url);
  const classified = frames.classified - before.frames.classified;
  const dropped = frames.dropped - before.frames.dropped;
  console.log(
    `${name.padEnd(9)} p50 ${latencyMs.p50} ms  p95 ${latencyMs.p95} ms  frames ${classified}  dropped ${dropped}  RSS up to ${daemon} MB, of the broker ${broker} MB`,
  );
  return latencyMs.p95;
}

/** The most of each process, MB. */
interface Memory {
  readonly daemon: number;
  readonly broker: number;
}

async function mostMemory({ pid }: ChildProcess, forMs: number): Promise<Memory> {
  const most = { daemon: 0, broker: 0 };
  for (const until = Date.now() + forMs; Date.now() < until; await delay(500)) {
    // Its one child, as the camera is simulated.
    const [broker = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ');
    most.daemon = Math.max(most.daemon, await residentMb(String(pid)));
    most.broker = Math.max(most.broker, await residentMb(broker));
  }
  return most;
}

async function residentMb(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}

const PARTS = 10;
/** Memory that grows by less than so much from the first half to the second is on a plateau. */
const PLATEAU = 1.1;

/** Prints the most of each tenth; exit status 1 where it grows. */
async function memoryByTenths(child: ChildProcess, minutes: number): Promise<void> {
  const parts: Memory[] = [];
  for (let part = 1; part <= PARTS; part++) {
    const memory = await mostMemory(child, (minutes * 60_000) / PARTS);
    parts.push(memory);
    const minute = ((part * minutes) / PARTS).toFixed(1).padStart(5);
    console.log(`minute ${minute}  daemon ${memory.daemon} MB  broker ${memory.broker} MB`);
  }
  for (const name of ['daemon', 'broker'] as const) {
    const most = (half: readonly Memory[]) => Math.max(...half.map(part => part[name]));
    const [early, late] = [most(parts.slice(0, PARTS / 2)), most(parts.slice(PARTS / 2))];
    const isFlat = late <= early * PLATEAU;
    const verdict = isFlat ? 'flat' : 'grows';
    console.log(`${name}: ${early} MB at most in the first half, ${late} MB in the second: ${verdict}`);
    if (!isFlat) process.exitCode = 1;
  }
}
