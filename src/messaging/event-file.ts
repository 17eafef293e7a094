/** The queue of events as an SQLite file. */
import { isUtf8 } from 'node:buffer';
import { connect } from '../base/connection.ts';
import { type Database, openDatabase } from '../base/database.ts';
import { isCorrupt } from '../base/storage-error.ts';

/** A released text is never changed: what follows is added as another. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT NOT NULL) STRICT;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counters (name, value) VALUES ('dropped', 0);
  `,
];
/** A copy of the file that is being made, say, must not hold up the daemon for long. */
const BUSY_TIMEOUT_MS = 500;
/** Removals that a power cut may undo, each of which is then a repeated delivery. */
const UNSYNCED_REMOVALS = 64;
/** Unused pages, of 4 KiB mostly, from which on an empty queue gives back what a long outage took. */
const UNUSED_PAGES = 256;

/** All methods throw a SurfwatchError `disk-full`, `state-unwritable` or `storage-failed`. */
export interface EventFile {
  readonly size: number;
  /** Events given up, those of former runs included. */
  readonly dropped: number;
  /** The number of the last event that was removed; on a disk that takes no more writes it is still there. */
  readonly removed: number;
  first(): string | undefined;
  /** On disk (fsync) when it returns. Beyond `max` the oldest go and are counted, but not the first with `keepFirst`. */
  append(payloads: readonly string[], bound: EventBound): void;
  /** Not synced each time: after a power cut the event may be there again. */
  removeFirst(counted: boolean): void;
  close(): void;
}

export interface EventBound {
  readonly max: number;
  readonly keepFirst: boolean;
  /** Given up elsewhere, to be counted here. */
  readonly dropped: number;
}

export interface OpenedEventFile {
  readonly file: EventFile;
  /** Where a damaged file was put; null where all was well. */
  readonly setAside: string | null;
}

/**
 * For one process alone: what another one sent it would also remove.
 *
 * @param options.now milliseconds since the epoch (UTC), for the name of a damaged file
 * @param options.check look for damage in the whole file, also after an orderly end
 * @param options.removed of the same file, as it was when it was closed in this run; 0 in a new run
 * @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed`
 */
export function openEventFile(options: {
  readonly path: string;
  readonly now: number;
  readonly check: boolean;
  readonly removed: number;
}): OpenedEventFile {
  const more = { migrations: MIGRATIONS, busyTimeoutMs: BUSY_TIMEOUT_MS };
  const { database, setAside } = openDatabase({ ...options, ...more });
  try {
    if (setAside !== null) salvage(database, setAside, options.removed);
    return { file: eventFile(database, setAside === null ? options.removed : 0), setAside };
  } catch (error) {
    database.close();
    // Found only now that it is read.
    if (options.check || !isCorrupt((error as Error).cause)) throw error;
    return openEventFile({ ...options, check: true });
  }
}

interface Row {
  readonly seq: number;
  readonly payload: string;
}

function eventFile(database: Database, start: number): EventFile {
  const count = (sql: string, ...values: number[]) => database.get<{ n: number }>(sql, ...values)?.n ?? 0;
  let size = count('SELECT count(*) AS n FROM events WHERE seq > ?', start);
  let dropped = count("SELECT value AS n FROM counters WHERE name = 'dropped'");
  let removed = start;
  let isBehind = start > 0;
  let unsynced = 0;
  let known: Row | undefined;

  const first = (): Row | undefined => {
    known ??= database.get<Row>('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT 1', removed);
    if (known === undefined) size = 0;
    return known;
  };

  const countDropped = (number: number): void => {
    if (number > 0) database.run("UPDATE counters SET value = value + ? WHERE name = 'dropped'", number);
  };

  const deleteRemoved = (): void => {
    if (isBehind) database.run('DELETE FROM events WHERE seq <= ?', removed);
  };

  const giveBack = (): void => {
    const unused = database.get<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0;
    if (unused > UNUSED_PAGES) database.all('PRAGMA incremental_vacuum');
  };

  return {
    get size() {
      return size;
    },
    get dropped() {
      return dropped;
    },
    get removed() {
      return removed;
    },
    first: () => first()?.payload,
    append(payloads, bound) {
      const held = bound.keepFirst ? 1 : 0;
      const excess = Math.max(0, size + payloads.length - held - bound.max);
      database.transaction(() => {
        for (const payload of payloads) database.run('INSERT INTO events (payload) VALUES (?)', payload);
        if (excess > 0) {
          const oldest = 'SELECT seq FROM events WHERE seq > ? ORDER BY seq LIMIT ? OFFSET ?';
          database.run(`DELETE FROM events WHERE seq IN (${oldest})`, removed, excess, held);
        }
        deleteRemoved();
        countDropped(excess + bound.dropped);
      }, 'synced');
      isBehind = false;
      size += payloads.length - excess;
      dropped += excess + bound.dropped;
      unsynced = 0;
      if (excess > 0) known = undefined;
    },
    removeFirst(counted) {
      const row = first();
      if (row === undefined) return;
      known = undefined;
      removed = row.seq;
      isBehind = true;
      size -= 1;
      unsynced += 1;
      const durability = counted || unsynced >= UNSYNCED_REMOVALS ? 'synced' : 'unsynced';
      if (counted) dropped += 1;
      database.transaction(() => {
        deleteRemoved();
        countDropped(counted ? 1 : 0);
      }, durability);
      isBehind = false;
      if (durability === 'synced') unsynced = 0;
      if (size === 0) giveBack();
    },
    close: () => database.close(),
  };
}

/** Takes over what can be read of a damaged file, from both ends up to the damage, and was not `removed`. */
function salvage(database: Database, path: string, removed: number): void {
  const found = new Map<number, string>();
  let dropped = 0;
  try {
    const damaged = connect(path, 0, 'unsynced');
    try {
      for (const next of ['seq > ? ORDER BY seq', 'seq < ? ORDER BY seq DESC'])
        readUntilDamaged(damaged, next, found);
      dropped = damaged.get<{ value: number }>('SELECT value FROM counters')?.value ?? 0;
    } finally {
      damaged.close();
    }
  } catch {
    // The rest cannot be read.
  }
  database.transaction(() => {
    for (const [seq, payload] of found) {
      if (seq > removed) database.run('INSERT INTO events (seq, payload) VALUES (?, ?)', seq, payload);
    }
    database.run('UPDATE counters SET value = ?', dropped);
  }, 'synced');
}

function readUntilDamaged(damaged: Database, next: string, found: Map<number, string>): void {
  let seq = next.includes('DESC') ? Number.MAX_SAFE_INTEGER : 0;
  try {
    for (;;) {
      // As bytes: libsql ends the process where it meets text that is not UTF-8.
      const sql = `SELECT seq, CAST(payload AS BLOB) AS bytes FROM events WHERE ${next} LIMIT 1`;
      const row = damaged.get<{ seq: number; bytes: Uint8Array }>(sql, seq);
      // A damaged tree may lead in a circle.
      if (row === undefined || row.seq === seq || found.has(row.seq)) return;
      if (isUtf8(row.bytes)) found.set(row.seq, Buffer.from(row.bytes).toString());
      seq = row.seq;
    }
  } catch {
    // Up to here.
  }
}
