/** The durable queue of events: on disk until the broker has acknowledged them, in memory where the disk fails. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { storageError } from '../base/storage-error.ts';
import { messageOf, type SurfwatchError } from '../errors.ts';
import { type EventFile, openEventFile } from './event-file.ts';
import { type EventStore, memoryEvents, type Outcome } from './event-store.ts';
import { throttle } from './throttle.ts';

/** How often a file that cannot be opened is tried again, at the most. */
const REOPEN_MS = 60_000;

export interface DiskEventsDeps {
  /** The SQLite file; its folder is made where it is missing. */
  readonly path: string;
  /** Events kept at most, one in flight not counted. */
  readonly maxEvents: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Events of a former run come first. Nothing here throws: what cannot be written waits in memory, in order and with
 * the same bound, and goes to disk with the next event that can be written; `fault` says why.
 */
export class DiskEvents implements EventStore {
  readonly #deps: DiskEventsDeps;
  readonly #memory;
  readonly #mayOpen: () => boolean;
  #file: EventFile | undefined;
  #fault: SurfwatchError | null = null;
  /** What is left of a file that could no longer be read: what it held, its counter, and what was removed. */
  #unreadable = { size: 0, dropped: 0, removed: 0 };
  #suspect = false;
  /** Given up, and not yet counted in the file. */
  #uncounted = 0;
  #stopped = false;

  constructor(deps: DiskEventsDeps) {
    this.#deps = deps;
    this.#memory = memoryEvents(deps.maxEvents);
    this.#mayOpen = throttle(deps.clock, REOPEN_MS);
  }

  start(): void {
    this.#open();
    const { size } = this;
    if (size > 0) this.#deps.log.info({ events: size }, 'events of an earlier run wait to be sent');
  }

  stop(): void {
    this.#stopped = true;
    this.#write([], false);
    this.#file?.close();
    this.#file = undefined;
  }

  append(payload: string, keepFirst: boolean): void {
    if (this.#write([payload], keepFirst)) return;
    this.#memory.append(payload, keepFirst && this.#onDisk === 0);
  }

  first(): string | undefined {
    if (this.#onDisk > 0) {
      try {
        return this.#file?.first();
      } catch (error) {
        this.#giveUp(error);
      }
    }
    return this.#memory.first();
  }

  removeFirst(outcome: Outcome): void {
    if (this.#onDisk === 0) this.#memory.removeFirst(outcome);
    else this.#attempt(file => file.removeFirst(outcome === 'refused'));
  }

  get size(): number {
    return this.#onDisk + this.#memory.size;
  }

  get dropped(): number {
    const counted = this.#file?.dropped ?? this.#unreadable.dropped;
    return counted + this.#uncounted + this.#memory.dropped;
  }

  get volatile(): number {
    return this.#memory.size;
  }

  get fault(): SurfwatchError | null {
    return this.#fault;
  }

  get #onDisk(): number {
    return this.#file?.size ?? 0;
  }

  /** Writes what waits in memory, then `payloads`; false where that is not possible now. */
  #write(payloads: readonly string[], keepFirst: boolean): boolean {
    // One that is being sent from memory stays there until that is settled.
    if (keepFirst && this.#onDisk === 0) return false;
    if (this.#file === undefined) this.#open();
    const all = [...this.#memory.payloads, ...payloads];
    const dropped = this.#uncounted + this.#memory.dropped;
    if (all.length + dropped === 0) return this.#file !== undefined;
    const { maxEvents: max } = this.#deps;
    return this.#attempt(file => {
      file.append(all, { max, keepFirst, dropped });
      this.#memory.clear();
      this.#uncounted = 0;
    });
  }

  #attempt(work: (file: EventFile) => void): boolean {
    if (this.#file === undefined) return false;
    try {
      work(this.#file);
      if (this.#memory.size === 0) this.#fault = null;
      return true;
    } catch (error) {
      this.#fault = storageError(error, this.#deps.path);
      return false;
    }
  }

  #open(): void {
    if (this.#stopped || !this.#mayOpen()) return;
    const { path, clock, log } = this.#deps;
    try {
      const { size, dropped, removed } = this.#unreadable;
      const { file, setAside } = openEventFile({ path, now: clock.now(), check: this.#suspect, removed });
      this.#uncounted += Math.max(0, size - file.size) + Math.max(0, dropped - file.dropped);
      this.#unreadable = { size: 0, dropped: 0, removed: 0 };
      this.#suspect = false;
      this.#file = file;
      this.#fault = null;
      if (setAside !== null) {
        log.error({ setAside, saved: file.size }, 'the queue of events was damaged and set aside');
      }
    } catch (error) {
      this.#fault = storageError(error, path);
    }
  }

  /** The events in the file cannot be read: what comes is more than what is lost, so it goes on without them. */
  #giveUp(error: unknown): void {
    this.#fault = storageError(error, this.#deps.path);
    this.#deps.log.error({ events: this.#onDisk }, `the queue of events cannot be read: ${messageOf(error)}`);
    const { size = 0, dropped = 0, removed = 0 } = this.#file ?? {};
    this.#unreadable = { size, dropped, removed };
    this.#suspect = true;
    this.#file?.close();
    this.#file = undefined;
  }
}
