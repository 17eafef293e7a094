/** Keeps how long each activity was seen. Nothing that goes wrong with it stops the daemon. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Reports, SessionEvent } from '../activity/report.ts';
import type { Clock } from '../base/clock.ts';
import { isCorrupt } from '../base/storage-error.ts';
import { messageOf } from '../errors.ts';
import type { Stats } from '../messaging/stats-payload.ts';
import { isClockSet } from '../schedule/clock-set.ts';
import { localDate } from '../schedule/time-zone.ts';
import { type AccumulatorState, accumulate, HOUR_MS, startAccumulator } from './accumulate.ts';
import { createBatch } from './batch.ts';
import { HISTORY_FILE } from './schema.ts';
import { seenIn } from './seen.ts';
import { statsPayload } from './stats.ts';
import { type HistoryStore, openHistory } from './store.ts';

/** How long the history keeps activities. */
export interface HistoryOptions {
  /** Hours and sessions older than this are deleted. */
  readonly keepMs: number;
}

export interface HistoryParts {
  readonly options: HistoryOptions;
  /** The folder of `history.db`. Absolute. */
  readonly directory: string;
  readonly site: string;
  /** IANA name: whose days are meant. */
  readonly timeZone: string;
  /** Zones are counted too, not only the beach. */
  readonly byZone: boolean;
  /** Told at the start, at each full hour and at midnight: the content of `stats/hourly`. */
  readonly onStats: (stats: Stats) => void;
  /** Told why nothing is written, and null once it is again. */
  readonly onFault: (text: string | null) => void;
  /** Told where a damaged file was put. */
  readonly onSetAside: (path: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Updates of the same session replace each other; so many others wait for the disk at most. */
const MOST_SESSIONS = 1_000;
/** At most this much is lost when the process is killed; each write wears the disk. */
const WRITE_EVERY_MS = 60_000;
/** Midnights come at quarters of an hour, anywhere. */
const QUARTER_MS = 900_000;

export class History {
  readonly #parts: HistoryParts;
  readonly #batch = createBatch();
  readonly #sessions = new Map<string, SessionEvent>();
  #state: AccumulatorState | undefined;
  #store: HistoryStore | undefined;
  #triedMs = 0;
  #faulty = false;
  #damaged = false;
  #stopped = false;
  #quarter: number | undefined;
  #told: string | undefined;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** Opens the database; where that fails it is tried again with each write. */
  start(): void {
    this.#write();
  }

  /** Counts the time since the last one: to be called at every picture and every tick. */
  record(step: Reports & { readonly events: readonly SessionEvent[] }): void {
    const { clock, byZone } = this.#parts;
    const [monotonicMs, wallMs] = [clock.monotonic(), clock.now()];
    const sample = { seen: seenIn(step, byZone), monotonicMs, wallMs };
    const { state, rows } = accumulate(this.#state ?? startAccumulator(sample), sample);
    this.#state = state;
    this.#batch.add(rows);
    this.#note(step.events);
    if (monotonicMs - this.#triedMs >= WRITE_EVERY_MS) this.#write();
    this.#tell(wallMs);
  }

  /** Session events that came from elsewhere than a step: those of the stop. */
  sessions(events: readonly SessionEvent[]): void {
    this.#note(events);
  }

  /** Writes what waits; nothing is taken in any more. Time counts up to what was taken last. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#write();
    this.#close();
  }

  /** How it fares, for the health of the daemon. */
  get figures() {
    return {
      writing: this.#store !== undefined && !this.#faulty,
      waitingRows: this.#batch.rows.length,
      untimedMs: this.#state?.untimedMs ?? 0,
      droppedMs: this.#batch.droppedMs,
    };
  }

  /** The content of `stats/hourly` as things stand; null while there is no clock or no database. */
  stats(): Stats | null {
    const { clock, site, timeZone } = this.#parts;
    const nowMs = clock.now();
    const store = this.#store;
    if (store === undefined || !isClockSet(nowMs)) return null;
    try {
      return statsPayload({ nowMs, site, timeZone, hours: store.hours });
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  #note(events: readonly SessionEvent[]): void {
    for (const event of events) this.#sessions.set(event.session.id, event);
    for (const id of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST_SESSIONS) break;
      this.#sessions.delete(id);
    }
  }

  #write(): void {
    const { clock, options, onFault } = this.#parts;
    this.#triedMs = clock.monotonic();
    try {
      this.#store ??= this.#open();
      const keep = { nowMs: clock.now(), keepMs: options.keepMs };
      const [rows, sessions] = [this.#batch.rows, [...this.#sessions.values()]];
      if (rows.length + sessions.length > 0) this.#store.write(rows, sessions, keep);
      this.#batch.clear();
      this.#sessions.clear();
      if (this.#faulty) onFault(null);
      this.#faulty = false;
      this.#damaged = false;
    } catch (error) {
      this.#fail(error);
    }
  }

  #open(): HistoryStore {
    const { directory, clock, log, onSetAside } = this.#parts;
    const { store, setAside } = openHistory(join(directory, HISTORY_FILE), clock.now(), this.#damaged);
    if (setAside !== null) {
      log.error({ setAside }, 'the history was damaged and set aside');
      onSetAside(setAside);
    }
    if (store.killed > 0) log.debug({ killed: store.killed }, 'ends that were not orderly');
    return store;
  }

  #close(): void {
    try {
      this.#store?.close();
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'the history was not closed cleanly');
    }
    this.#store = undefined;
  }

  #fail(error: unknown): void {
    if (!this.#faulty) this.#parts.log.error({ err: error }, 'the history cannot be written');
    this.#faulty = true;
    if (isCorrupt((error as Error).cause)) {
      // The next writing opens it anew, which sets it aside.
      this.#damaged = true;
      this.#close();
    }
    this.#parts.onFault(messageOf(error));
  }

  #tell(wallMs: number): void {
    const quarter = Math.floor(wallMs / QUARTER_MS);
    if (quarter === this.#quarter || !isClockSet(wallMs)) return;
    this.#quarter = quarter;
    const mark = `${Math.floor(wallMs / HOUR_MS)} ${localDate(wallMs, this.#parts.timeZone)}`;
    if (mark === this.#told) return;
    this.#write();
    const stats = this.stats();
    if (stats === null) return;
    this.#told = mark;
    this.#parts.onStats(stats);
  }
}
