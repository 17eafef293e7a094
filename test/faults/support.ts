/** A daemon as systemd would run it, to do harm to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { openRequester, type Requester } from '../../src/messaging/request.ts';
import type { client } from '../messaging/support.ts';
import { DEFAULTS } from '../support/defaults.ts';

const QUICK = [
  'camera.interval=200ms',
  'activity.halfLife=50ms',
  'activity.dwell=500ms',
  'activity.heartbeat=1s',
  'vision.detail=0.5',
  'monitor.minFree=0',
  'log.level=warn',
  'log.format=json',
];

type Client = Awaited<ReturnType<typeof client>>;

/** Nothing takes this long but what will never happen, on a loaded machine too. */
const NEVER_MS = 120_000;

export interface BoardSetup {
  readonly stateDir: string;
  /** Of a broker; the daemon's own where there is none. */
  readonly url?: string;
  readonly set?: readonly string[];
  /** Before `--set`: `['--config', path]`. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Options of Node.js itself. */
  readonly node?: readonly string[];
}

export interface Board {
  readonly child: ChildProcess;
  /** Of its broker. */
  readonly url: string;
  /** What it logged so far. */
  readonly log: () => string;
  /** Frames judged since its start, by its metrics; 0 while they cannot be read. */
  readonly frames: () => Promise<number>;
  /** Resolves when it has judged ten more. */
  readonly framesGoOn: (when: string) => Promise<void>;
  /** Fails as soon as the daemon has ended, with what it logged. */
  readonly until: (check: () => boolean | Promise<boolean>, what: string) => Promise<void>;
  /** Resolves when it has ended, with its exit code or signal. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<number | NodeJS.Signals | null>;
  /** Resolves when it has ended by itself. */
  readonly ended: () => Promise<number | NodeJS.Signals | null>;
}

/** The daemon with a simulated camera, in a process of its own; killed at the end of the test. */
export async function startBoard(setup: BoardSetup): Promise<Board> {
  const { stateDir, set = [], args = [], env = {}, node = [] } = setup;
  const [webPort, brokerPort] = [await getPort(), await getPort()];
  const url = setup.url ?? `mqtt://127.0.0.1:${brokerPort}`;
  const all = [
    'camera.kind=simulator',
    setup.url === undefined ? `broker.port=${brokerPort}` : `mqtt.url=${url}`,
    `stateDir=${stateDir}`,
    `web.port=${webPort}`,
    ...QUICK,
    ...set,
  ];
  const launcher = join(PACKAGE_ROOT, 'scripts/surfwatch.js');
  const child = spawn(
    process.execPath,
    [...node, launcher, 'run', ...args, ...all.flatMap(one => ['--set', one])],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...inherited(), ...env } },
  );
  let output = '';
  child.stdout?.on('data', chunk => {
    output += chunk;
  });
  child.stderr?.on('data', chunk => {
    output += chunk;
  });
  const end = () => child.exitCode ?? child.signalCode;
  const ended = async () => {
    if (end() === null) await once(child, 'exit');
    return end();
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    child.kill(signal);
    return ended();
  };
  const until: Board['until'] = async (check, what) => {
    const deadline = Date.now() + NEVER_MS;
    while (!(await check())) {
      const why = end() !== null ? `ended with ${end()}` : Date.now() > deadline ? 'lives' : null;
      if (why !== null)
        throw new Error(`did not happen: ${what}; the daemon ${why}:\n${output.slice(-4000)}`);
      await delay(20);
    }
  };
  const frames = () => framesBy(webPort);
  const framesGoOn = async (when: string) => {
    const before = await frames();
    await until(async () => (await frames()) >= before + 10, `ten more frames ${when}`);
  };
  onTestFinished(async () => {
    // One that was stopped takes no other signal before it goes on.
    child.kill('SIGCONT');
    await kill();
  });
  return { child, url, log: () => output, frames, framesGoOn, until, kill, ended };
}

/** Without what is meant for the tests: the daemon refuses settings that it does not know. */
function inherited(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith('SURFWATCH_'));
  return Object.fromEntries(entries);
}

async function framesBy(port: number): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(5_000) });
    return Number(
      /^surfwatch_frames_classified_total\{site="[^"]*"\} (\d+)$/m.exec(await answer.text())?.[1] ?? 0,
    );
  } catch {
    return 0;
  }
}

/** Asks the board's daemon; closed at the end of the test. */
export async function asking(url: string): Promise<Requester> {
  const requester = await openRequester({ ...DEFAULTS.mqtt, url, base: 'surf', clock: systemClock });
  onTestFinished(() => requester.close());
  return requester;
}

/** Of the answer to `status` what these tests look at. */
interface Status {
  readonly state: { readonly state: string };
  readonly learning: object | null;
  readonly health: { readonly mqtt: { readonly reconnects: number } };
}

export async function statusOf(requester: Requester): Promise<Status> {
  return (await requester.request('status', {}, { timeoutMs: NEVER_MS })) as unknown as Status;
}

/** The frame that `surf/activity` tells of now, labelled `surfing`. @returns its id */
export async function labelOne(requester: Requester, heard: Client): Promise<string> {
  const { frame } = JSON.parse(heard.last('surf/activity') ?? '{}') as { frame?: string | null };
  if (typeof frame !== 'string') throw new Error('no frame is shown');
  await requester.request('label', { frame, labels: ['surfing'] }, { timeoutMs: NEVER_MS });
  return frame;
}

/** Names of what the daemon put aside because it could not read it. */
export function setAside(stateDir: string): string[] {
  const names = readdirSync(stateDir, { recursive: true, encoding: 'utf8' });
  return names.filter(name => name.includes('.corrupt-'));
}
