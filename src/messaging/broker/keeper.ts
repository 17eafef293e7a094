/** Writes what the embedded broker keeps to its file, many changes in one transaction, and says when they are there. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { throttle } from '../throttle.ts';
import {
  type BrokerFile,
  type Changes,
  openBrokerFile,
  type Retained,
  type SavedSession,
} from './broker-file.ts';
import type { Waiting } from './sessions.ts';

/** A change that somebody waits for is written after this long with all others, one that nobody does after the second. */
const SOON_MS = 5;
const LATER_MS = 1_000;
/** After a failure. */
const RETRY_MS = 30_000;

export interface KeeperSetup {
  /** Where absent, all is kept in memory alone. */
  readonly path?: string;
  /** All there is, as it is now. */
  readonly everything: () => Pick<Changes, 'retained' | 'sessions' | 'waiting'>;
  readonly sessionOf: (clientId: string) => SavedSession | undefined;
  readonly retainedOn: (topic: string) => Retained | undefined;
  readonly isWaiting: (waiting: Waiting) => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Notes what changed; what it has become is looked up when it is written. */
export class Keeper {
  readonly #setup: KeeperSetup;
  readonly #mayWarn: () => boolean;
  readonly #ended = new AbortController();
  readonly #topics = new Set<string>();
  readonly #clients = new Set<string>();
  readonly #waiting = new Set<Waiting>();
  /** On disk. */
  readonly #saved = new Set<number>();
  #file: BrokerFile | undefined;
  #failed = false;
  #dueMs = Number.POSITIVE_INFINITY;
  #written: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(setup: KeeperSetup) {
    this.#setup = setup;
    this.#mayWarn = throttle(setup.clock, 60_000);
  }

  /** What was kept; undefined where there is no file, or it can not be opened. */
  open(): BrokerFile | undefined {
    const { path, clock, log } = this.#setup;
    if (path === undefined) return undefined;
    try {
      const { file, setAside } = openBrokerFile(path, clock.now());
      if (setAside !== null) log.error({ setAside }, 'what the embedded broker kept was damaged: begun anew');
      for (const { seq } of file.waiting) this.#saved.add(seq);
      this.#file = file;
      return file;
    } catch (error) {
      log.error({ err: error }, 'the embedded broker keeps sessions and retained messages in memory alone');
      return undefined;
    }
  }

  retained(topic: string): void {
    this.#topics.add(topic);
    this.#schedule(SOON_MS);
  }

  session(clientId: string): void {
    this.#clients.add(clientId);
    this.#schedule(SOON_MS);
  }

  waiting(waiting: Waiting): void {
    this.#waiting.add(waiting);
    this.#schedule(SOON_MS);
  }

  /** A repeated delivery is all that comes of it where this is lost. */
  notWaiting(waiting: Waiting): void {
    // One that was never written need not be.
    if (!this.#saved.has(waiting.seq)) this.#waiting.delete(waiting);
    else {
      this.#waiting.add(waiting);
      this.#schedule(LATER_MS);
    }
  }

  /** Resolves when all that was noted is on disk; also where the disk fails, which is logged. */
  written(): Promise<void> {
    if (this.#file === undefined || this.#failed) return Promise.resolve();
    if (this.#topics.size + this.#clients.size + this.#waiting.size === 0) return Promise.resolve();
    if (this.#written === undefined) {
      let resolve: () => void = () => undefined;
      const promise = new Promise<void>(done => {
        resolve = done;
      });
      this.#written = { promise, resolve };
    }
    this.#schedule(SOON_MS);
    return this.#written.promise;
  }

  /** Writes what is to be written. */
  close(): void {
    this.#ended.abort();
    this.#write();
    this.#file?.close();
    this.#file = undefined;
  }

  #schedule(afterMs: number): void {
    if (this.#file === undefined) {
      this.#forget();
      return;
    }
    const { clock } = this.#setup;
    const dueMs = clock.monotonic() + (this.#failed ? RETRY_MS : afterMs);
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    clock.sleep(dueMs - clock.monotonic(), this.#ended.signal).then(
      () => {
        if (this.#dueMs === dueMs) this.#write();
      },
      () => undefined,
    );
  }

  #write(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    const changes = this.#changes();
    this.#forget();
    try {
      this.#file?.save(changes);
      if (changes.anew) this.#saved.clear();
      for (const { seq } of changes.waiting) this.#saved.add(seq);
      for (const seq of changes.notWaiting) this.#saved.delete(seq);
      if (this.#failed) this.#setup.log.info('what the embedded broker keeps is written again');
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      if (this.#mayWarn()) {
        this.#setup.log.error({ err: error }, 'what the embedded broker keeps can not be written');
      }
      if (!this.#ended.signal.aborted) this.#schedule(RETRY_MS);
    }
    this.#written?.resolve();
    this.#written = undefined;
  }

  #changes(): Changes {
    const { everything, sessionOf, retainedOn, isWaiting } = this.#setup;
    if (this.#failed) return { anew: true, notRetained: [], ended: [], notWaiting: [], ...everything() };
    const [topics, clients, waiting] = [[...this.#topics], [...this.#clients], [...this.#waiting]];
    return {
      anew: false,
      retained: topics.map(retainedOn).filter(isGiven),
      notRetained: topics.filter(topic => retainedOn(topic) === undefined),
      sessions: clients.map(sessionOf).filter(isGiven),
      ended: clients.filter(clientId => sessionOf(clientId) === undefined),
      waiting: waiting.filter(isWaiting),
      notWaiting: waiting.filter(one => !isWaiting(one) && this.#saved.has(one.seq)).map(({ seq }) => seq),
    };
  }

  #forget(): void {
    this.#topics.clear();
    this.#clients.clear();
    this.#waiting.clear();
  }
}

function isGiven<T>(value: T | undefined): value is T {
  return value !== undefined;
}
