/** Opens an SQLite file and brings it up to date; a damaged one is set aside. */
import { isUtf8 } from 'node:buffer';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { SurfwatchError } from '../errors.ts';
import { connect, type Database, type Durability, IN_MEMORY } from './connection.ts';
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
  const endedBadly = existsSync(`${path}-wal`);
  const database = connect(path, busyTimeoutMs, durability);
  try {
    // So that deleted rows can give their place back; only possible before the first table.
    if (versionOf(database) === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
    database.all('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA foreign_keys = ON');
    if (endedBadly || options.check) check(database);
    migrate(database, migrations);
    checkColumns(database, migrations);
    if (endedBadly || options.check) checkTexts(database);
    syncFolderOf(path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function check(database: Database): void {
  const [first] = database.all<{ quick_check: string }>('PRAGMA quick_check(1)');
  if (first?.quick_check !== 'ok') throw corrupt(first?.quick_check ?? 'it does not check', database.path);
}

/** A damaged name of a column is still SQL, which SQLite does not check; what is read from it would be missing. */
function checkColumns(database: Database, migrations: readonly string[]): void {
  const intact = connect(IN_MEMORY, 0, 'unsynced');
  try {
    migrate(intact, migrations);
    const names = (of: Database) => columnsOf(of).map(({ table, column }) => `${table}.${column}`);
    if (names(database).join() !== names(intact).join()) throw corrupt('it has other columns', database.path);
  } finally {
    intact.close();
  }
}

/** What SQLite does not check either: libsql ends the process where it meets text that is not UTF-8. */
function checkTexts(database: Database): void {
  for (const { table, column } of columnsOf(database)) {
    const [name, of] = [textOf(column), textOf(table)];
    const unusual = database.all<{ text: Uint8Array }>(
      `SELECT CAST("${name}" AS BLOB) AS text FROM "${of}"
       WHERE typeof("${name}") = 'text'
       AND (length("${name}") <> length(CAST("${name}" AS BLOB)) OR "${name}" GLOB '*[^ -~]*')`,
    );
    if (!unusual.every(({ text }) => isUtf8(text)))
      throw corrupt(`a text of ${of}.${name} is damaged`, database.path);
  }
}

interface Column {
  /** Hexadecimal, as they may be damaged. */
  readonly table: string;
  readonly column: string;
}

const textOf = (hex: string) => Buffer.from(hex, 'hex').toString();

function columnsOf(database: Database): Column[] {
  return database.all<Column>(
    `SELECT hex(tables.name) AS "table", hex(columns.name) AS "column"
     FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
     WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%' ORDER BY tables.name, columns.cid`,
  );
}

function corrupt(message: string, path: string): SurfwatchError {
  return storageError(Object.assign(new Error(message), { code: 'SQLITE_CORRUPT' }), path);
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
