/** Starts the embedded broker as a process of its own, and again whenever it has ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';
import type { Duplex } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import { imageTopic } from '../messaging/label-topic.ts';
import { topicFilters } from '../messaging/topics.ts';
import type { BrokerJob, BrokerNews } from './program.ts';

/** Where the embedded broker listens, on 127.0.0.1. */
export interface BrokerOptions {
  /** TCP port; 0 takes any free one. */
  readonly port: number;
}

/** It needs some 60 MB; what strangers make it take beyond this is not worth the memory of a board. */
const MAX_RSS_BYTES = 201_326_592;
const MAX_HEAP_MB = 96;
const LOOK_EVERY_MS = 500;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 2_000;
/** Pauses between starts: none after a first end, then doubled from the one to the other. */
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** One that lived this long ended for a reason of its own. */
const STABLE_MS = 10_000;
const MAX_ERROR_OUTPUT = 2_000;
/** Place of the daemon's first own connection among the streams of the process. */
const OWN_FD = 4;

export interface BrokerProcessSetup {
  readonly options: BrokerOptions;
  /** What the topics of the daemon begin with, `surf` or `surf/<site>`: of each camera. */
  readonly bases: readonly string[];
  /** Priority of the process, from 0 to 19: how far it stands back where others compute. Default 0. */
  readonly niceness?: number;
  /** It is started anew where it takes up more, in bytes of resident memory. Default 192 MiB. */
  readonly maxRssBytes?: number;
  /** Path of the bundled program. Default: the one beside this file, or where there is none program.ts by way of tsx. */
  readonly program?: string;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly startedMs: number;
  /** The daemon's own connections, by what their topics begin with, until each is taken. */
  readonly own: Map<string, Duplex>;
}

/** The way of one camera to the broker. */
export interface BrokerAccess {
  /** `mqtt://127.0.0.1:1883`, for others; port 0 before the start. */
  readonly address: string;
  /** The id that is kept for it at the broker. */
  readonly clientId: string;
  /** Starts the broker where nobody has. @throws SurfwatchError `broker-port-taken`, `broker-failed` */
  start(): Promise<void>;
  /** @throws SurfwatchError `mqtt-unreachable` while there is none */
  openStream(): Duplex;
}

export class BrokerProcess {
  readonly #setup: BrokerProcessSetup;
  readonly #stopping = new AbortController();
  #running: Running | undefined;
  #port = 0;
  #started: Promise<void> | undefined;
  #supervised: Promise<void> = Promise.resolve();

  constructor(setup: BrokerProcessSetup) {
    this.#setup = setup;
  }

  /** `mqtt://127.0.0.1:1883`; port 0 before the start. */
  get address(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Its process id; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#running?.child.pid;
  }

  /** @param base one of `bases` */
  accessOf(base: string): BrokerAccess {
    const broker = this;
    return {
      get address() {
        return broker.address;
      },
      clientId: ['surfwatch-daemon', ...base.split('/').slice(1)].join('-'),
      start: () => this.start(),
      openStream: () => this.#openStream(base),
    };
  }

  /** Resolves when it listens. Safe to call again. @throws SurfwatchError `broker-port-taken`, `broker-failed` */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { options, log } = this.#setup;
    const running = await this.#launch(options);
    this.#running = running;
    this.#port = running.port;
    log.info({ port: running.port, pid: running.child.pid }, 'embedded broker listens');
    this.#supervised = this.#supervise(running);
    void this.#watchMemory();
  }

  /**
   * A connection of the daemon's own: a pipe between the two processes, so that no stranger can be in its way. There is one for
   * each camera in the life of a broker; who asks for another had the first broken, and gets it from a new broker.
   */
  #openStream(base: string): Duplex {
    const running = this.#running;
    const own = running?.own.get(base);
    if (running === undefined || own === undefined) {
      running?.child.kill('SIGKILL');
      throw new SurfwatchError('mqtt-unreachable', 'the embedded broker is being started again');
    }
    running.own.delete(base);
    return own;
  }

  /** Lets the last messages go out, and ends it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#running?.child;
    if (child !== undefined && !isOver(child)) {
      const gone = once(child, 'exit', { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
      if (child.connected) child.disconnect();
      await gone.catch(() => child.kill('SIGKILL'));
    }
    await this.#supervised;
  }

  async #supervise(first: Running): Promise<void> {
    const { clock, log } = this.#setup;
    const { signal } = this.#stopping;
    let running: Running | undefined = first;
    let failures = 0;
    while (!signal.aborted) {
      if (running !== undefined) {
        const { child, startedMs } = running;
        if (!isOver(child)) await once(child, 'exit');
        this.#running = undefined;
        if (signal.aborted) return;
        if (clock.monotonic() - startedMs > STABLE_MS) failures = 0;
        log.warn({ end: child.signalCode ?? child.exitCode }, 'the embedded broker ended and is restarted');
      }
      failures += 1;
      const pauseMs = failures === 1 ? 0 : Math.min(PAUSE_MS * 2 ** Math.min(failures, 20), LONGEST_PAUSE_MS);
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      running = await this.#launch({ port: this.#port }).catch((error: unknown) => {
        log.error({ err: error }, 'the embedded broker does not start');
        return undefined;
      });
      this.#running = running;
      // Where it was stopped meanwhile, nobody else ends this one.
      if (signal.aborted && running !== undefined) {
        running.child.disconnect();
        return;
      }
    }
  }

  async #launch({ port }: BrokerOptions): Promise<Running> {
    const { bases, niceness = 0, program, clock, log } = this.#setup;
    const taken = bases.flatMap(base => topicFilters('in').map(topic => `${base}/${topic}`));
    const job: BrokerJob = { bases, taken, pictures: bases.map(imageTopic), port };
    const flags = [`--max-old-space-size=${MAX_HEAP_MB}`, '--max-semi-space-size=2', '--optimize-for-size'];
    const child = spawn(
      process.execPath,
      [...flags, ...(program === undefined ? ownProgram() : [program]), JSON.stringify(job)],
      {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc', ...bases.map(() => 'pipe' as const)],
        env: withoutOurs(process.env),
      },
    );
    let output = '';
    child.stderr?.on('data', chunk => {
      output = `${output}${chunk}`.slice(-MAX_ERROR_OUTPUT);
    });
    if (niceness > 0 && child.pid !== undefined) standBack(child.pid, niceness);
    const own = new Map(bases.map((base, index) => [base, child.stdio.at(OWN_FD + index) as Socket]));
    for (const pipe of own.values()) pipe.on('error', () => undefined);
    child.on('message', (news: BrokerNews) => {
      if (news.kind === 'refused') log.warn(news.about, `embedded broker: ${news.what}`);
    });
    try {
      const listensOn = await new Promise<number>((resolve, reject) => {
        child.on('message', (news: BrokerNews) => {
          if (news.kind === 'listening') resolve(news.port);
          else if (news.kind === 'failed') reject(faultOf(news, port));
        });
        child.once('error', reject);
        child.once('exit', () => reject(failed(`it ended at its start: ${output}`)));
        AbortSignal.timeout(START_TIMEOUT_MS).addEventListener('abort', () => reject(failed('it hangs')));
      });
      // From here on the output is the reason of its end.
      child.once('exit', code => {
        if (code !== 0 && output !== '') log.error({ output }, 'the embedded broker failed');
      });
      return { child, port: listensOn, startedMs: clock.monotonic(), own };
    } catch (error) {
      child.kill('SIGKILL');
      for (const pipe of own.values()) pipe.destroy();
      throw error instanceof SurfwatchError ? error : failed(messageOf(error), error);
    }
  }

  /** V8 bounds the heap alone: what is received and waits to be sent is beside it. */
  async #watchMemory(): Promise<void> {
    const { clock, log, maxRssBytes = MAX_RSS_BYTES } = this.#setup;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
      const { pid } = this;
      const bytes = pid === undefined ? 0 : await residentBytes(pid);
      if (bytes <= maxRssBytes || pid !== this.pid) continue;
      log.warn({ bytes, maxRssBytes }, 'the embedded broker takes up too much memory and is ended');
      this.#running?.child.kill('SIGKILL');
    }
  }
}

/** Arguments of Node.js: broker-program.js beside this file; where this is run from its sources, program.ts by way of tsx. */
function ownProgram(): readonly string[] {
  if (!import.meta.url.endsWith('.ts'))
    return [fileURLToPath(new URL('./broker-program.js', import.meta.url))];
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return ['--import', tsx, fileURLToPath(new URL('./program.ts', import.meta.url))];
}

/** Where that is forbidden it runs as this process does. */
function standBack(pid: number, niceness: number): void {
  try {
    setPriority(pid, niceness);
  } catch {}
}

/** Settings in the environment may be secrets. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SURFWATCH_')));
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** 0 where the system does not tell. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

function faultOf({ code, message }: { code: string; message: string }, port: number): SurfwatchError {
  if (code === 'EADDRINUSE')
    return new SurfwatchError('broker-port-taken', `port ${port} of 127.0.0.1 is taken`);
  return failed(message);
}

function failed(why: string, cause?: unknown): SurfwatchError {
  return new SurfwatchError('broker-failed', `the embedded broker cannot be started: ${why}`, { cause });
}
