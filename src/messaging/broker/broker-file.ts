/** What the embedded broker keeps, as an SQLite file. */
import type { Subscription } from 'aedes';
import { type Database, openDatabase } from '../../base/database.ts';
import type { QueuedPacket, Waiting } from './sessions.ts';

/** A released text is never changed: what follows is added as another. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE retained (topic TEXT PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE sessions (
    client_id TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    subscriptions TEXT NOT NULL,
    away_since INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE waiting (
    seq INTEGER PRIMARY KEY,
    client_id TEXT NOT NULL,
    cmd TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    qos INTEGER NOT NULL,
    message_id INTEGER
  ) STRICT;
  `,
];
/** A copy of the file that is being made, say, must not hold up the daemon for long. */
const BUSY_TIMEOUT_MS = 500;
/** Unused pages from which on room is given back. */
const UNUSED_PAGES = 256;

export interface Retained {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
}

export interface SavedSession {
  readonly clientId: string;
  readonly user: string;
  readonly subscriptions: readonly Subscription[];
  /** Milliseconds since the epoch; null while it is connected. */
  readonly awaySince: number | null;
}

/** What is to be written in one transaction. */
export interface Changes {
  /** Begin with nothing: all there is comes with it. */
  readonly anew: boolean;
  readonly retained: readonly Retained[];
  readonly notRetained: readonly string[];
  readonly sessions: readonly SavedSession[];
  readonly ended: readonly string[];
  readonly waiting: readonly Waiting[];
  /** By their `seq`. */
  readonly notWaiting: readonly number[];
}

export interface BrokerFile {
  readonly retained: readonly Retained[];
  readonly sessions: readonly SavedSession[];
  /** In their order; those of no session are left out. */
  readonly waiting: readonly Waiting[];
  /** All or nothing. @throws SurfwatchError `disk-full`, `state-unwritable`, `storage-failed` */
  save(changes: Changes): void;
  close(): void;
}

interface WaitingRow {
  readonly seq: number;
  readonly client_id: string;
  readonly cmd: QueuedPacket['cmd'];
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly message_id: number | null;
  readonly bytes: number;
}

/**
 * @param now milliseconds since the epoch (UTC), for the name of a damaged file
 * @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed`
 */
export function openBrokerFile(
  path: string,
  now: number,
): { readonly file: BrokerFile; readonly setAside: string | null } {
  const { database, setAside } = openDatabase({
    path,
    migrations: MIGRATIONS,
    busyTimeoutMs: BUSY_TIMEOUT_MS,
    now,
  });
  const sessions = database.all<{
    client_id: string;
    user: string;
    subscriptions: string;
    away_since: number | null;
  }>('SELECT * FROM sessions');
  const waiting = database.all<WaitingRow>(
    `SELECT waiting.*, length(payload) + length(topic) + 200 AS bytes
     FROM waiting JOIN sessions USING (client_id) ORDER BY seq`,
  );
  const file: BrokerFile = {
    retained: database
      .all<{ topic: string; payload: Uint8Array; qos: 0 | 1 | 2 }>('SELECT * FROM retained')
      .map(({ topic, payload, qos }) => ({ topic, payload: Buffer.from(payload), qos })),
    sessions: sessions.map(row => ({
      clientId: row.client_id,
      user: row.user,
      subscriptions: JSON.parse(row.subscriptions) as Subscription[],
      awaySince: row.away_since,
    })),
    waiting: waiting.map(waitingOf),
    save: changes => database.transaction(() => save(database, changes)),
    close: () => database.close(),
  };
  return { file, setAside };
}

function waitingOf(row: WaitingRow): Waiting {
  return {
    seq: row.seq,
    clientId: row.client_id,
    bytes: row.bytes,
    isHeld: false,
    packet: {
      cmd: row.cmd,
      // No broker that runs has this id: aedes then tells messages apart by the counter alone.
      brokerId: row.cmd === 'publish' ? 'kept' : undefined,
      brokerCounter: row.seq,
      topic: row.topic,
      payload: Buffer.from(row.payload),
      qos: row.qos,
      retain: false,
      dup: false,
      messageId: row.message_id ?? undefined,
    },
  };
}

function save(database: Database, changes: Changes): void {
  if (changes.anew) database.exec('DELETE FROM retained; DELETE FROM sessions; DELETE FROM waiting;');
  for (const { topic, payload, qos } of changes.retained) {
    database.run('INSERT OR REPLACE INTO retained VALUES (?, ?, ?)', topic, payload, qos);
  }
  for (const topic of changes.notRetained) database.run('DELETE FROM retained WHERE topic = ?', topic);
  for (const { clientId, user, subscriptions, awaySince } of changes.sessions) {
    const text = JSON.stringify(subscriptions);
    database.run('INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)', clientId, user, text, awaySince);
  }
  for (const clientId of changes.ended) {
    database.run('DELETE FROM sessions WHERE client_id = ?', clientId);
  }
  for (const { seq, clientId, packet } of changes.waiting) {
    const { cmd, topic, payload, qos, messageId } = packet;
    database.run(
      'INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?)',
      // The release of a message has neither.
      ...[seq, clientId, cmd, topic ?? '', payload ?? Buffer.alloc(0), qos ?? 0, messageId ?? null],
    );
  }
  for (const seq of changes.notWaiting) database.run('DELETE FROM waiting WHERE seq = ?', seq);
  const unused = database.get<{ freelist_count: number }>('PRAGMA freelist_count')?.freelist_count ?? 0;
  if (unused > UNUSED_PAGES) database.all(`PRAGMA incremental_vacuum(${UNUSED_PAGES})`);
}
