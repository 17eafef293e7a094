/** Opens an SQLite file and brings it up to date; a damaged one is set aside. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { SurfwatchError } from '../errors.ts';
import { connect, type Database, type Durability } from './connection.ts';
import { setAside } from './set-aside.ts';
import { isCorrupt, storageError } from './storage-error.ts';

export type { Database, Durability, SqlValue } from './connection.ts';

export interface DatabaseOptions {
  /** The folder is made where it is missing. */
  readonly path: string;
  /** SQL texts: the first brings a new file to version 1, the next that to version 2. Never changed once released. */
  readonly migrations: readonly string[];
  /** `unsynced` unless said otherwise; a transaction can ask for more. */
  readonly durability?: Durability;
  /** How long another process is waited for that writes. */
  readonly busyTimeoutMs?: number;
  /** Look for damage in the whole file also after an orderly end. Default: no. */
  readonly check?: boolean;
  /** Milliseconds since the epoch (UTC), for the name of a file that is set aside. */
  readonly now: number;
}

export interface OpenedDatabase {
  readonly database: Database;
  /** Where a damaged file was put, with which an empty one took the place; null where all was well. */
  readonly setAside: string | null;
}

/**
 * In WAL mode: a power cut can lose the newest commits that were not `synced`, never damage the file
 * (https://sqlite.org/wal.html). After an end that was not orderly the whole file is checked.
 *
 * @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed`
 */
export function openDatabase(options: DatabaseOptions): OpenedDatabase {
  const { path } = options;
  try {
    makeFolder(path);
    try {
      return { database: openOnce(options), setAside: null };
    } catch (error) {
      if (!isCorrupt((error as Error).cause)) throw error;
      const aside = setAside(path, options.now);
      return { database: openOnce(options), setAside: aside };
    }
  } catch (error) {
    throw storageError(error, path);
  }
}

function openOnce(options: DatabaseOptions): Database {
  const { path, migrations, busyTimeoutMs = 5000, durability = 'unsynced' } = options;
  const endedBadly = existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
  const database = connect(path, busyTimeoutMs, durability);
  try {
    // So that deleted rows can give their place back; only possible before the first table.
    if (versionOf(database) === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.all('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA foreign_keys = ON');
    if (endedBadly || options.check) check(database);
    migrate(database, migrations);
    syncFolderOf(path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: Database): void {
  const [first] = database.all<{ quick_check: string }>('PRAGMA quick_check(1)');
  if (first?.quick_check === 'ok') return;
  const cause = Object.assign(new Error(first?.quick_check ?? 'it does not check'), {
    code: 'SQLITE_CORRUPT',
  });
  throw storageError(cause, database.path);
}

function migrate(database: Database, migrations: readonly string[]): void {
  database.transaction(() => {
    const version = versionOf(database);
    if (version > migrations.length) {
      throw new SurfwatchError(
        'database-newer',
        `${database.path} has version ${version}; this program knows versions up to ${migrations.length}`,
      );
    }
    for (const sql of migrations.slice(version)) database.exec(sql);
    if (version < migrations.length) database.exec(`PRAGMA user_version = ${migrations.length}`);
  }, 'synced');
}

function versionOf(database: Database): number {
  return database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

function makeFolder(path: string): void {
  const first = mkdirSync(dirname(path), { recursive: true });
  if (first !== undefined) syncFolderOf(first);
}

/** A new name is only on disk once its folder is. */
function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
