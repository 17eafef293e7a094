/** A connection to an SQLite file: prepared statements kept, failures told by their codes. */
import { chmodSync, closeSync, lstatSync, openSync } from 'node:fs';
import Libsql from 'libsql';
import { codeOf, storageError } from './storage-error.ts';

export type SqlValue = string | number | Uint8Array | null;

/** Synchronous. What is thrown is a SurfwatchError `disk-full`, `state-unwritable` or `storage-failed`. */
export interface Database {
  readonly path: string;
  /** Statements without results, several too. */
  exec(sql: string): void;
  /** @returns how many rows changed, and the row id of the newest */
  run(sql: string, ...values: readonly SqlValue[]): { readonly changes: number; readonly rowid: number };
  /** The first row, by the names of its columns. */
  get<Row extends object>(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  all<Row extends object>(sql: string, ...values: readonly SqlValue[]): Row[];
  /**
   * Everything that `work` writes, or nothing where it throws. Within another transaction it is a part of that one.
   *
   * @param durability else that of the connection
   */
  transaction<T>(work: () => T, durability?: Durability): T;
  /** Writes the log of the database (WAL) back into its file. */
  close(): void;
}

/** `synced`: on disk (fsync) when the call returns; else the newest may be lost in a power cut, none is torn. */
export type Durability = 'synced' | 'unsynced';

/** The path of a database that is no file, and ends with its connection. */
export const IN_MEMORY = ':memory:';

type Statement = ReturnType<Libsql.Database['prepare']>;

/** @throws SurfwatchError `state-unwritable` where the file cannot be opened; a damaged file is met when it is first read */
export function connect(path: string, busyTimeoutMs: number, usual: Durability): Database {
  const libsql = open(path, busyTimeoutMs);
  const statements = new Map<string, Statement>();
  let isOpen = true;

  const attempt = <T>(work: () => T): T => {
    try {
      // A statement would go on working after its connection was closed.
      if (!isOpen) throw new Error('the database is closed');
      return work();
    } catch (error) {
      throw storageError(error, path);
    }
  };

  const prepared = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = libsql.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  const withStatement = <T>(sql: string, work: (statement: Statement) => T): T =>
    attempt(() => {
      try {
        return work(prepared(sql));
      } catch (error) {
        // One that failed half-way is not used again.
        statements.delete(sql);
        throw error;
      }
    });

  // Values go in as one array: libsql 0.5 takes a single buffer for named values and then ends the process
  // (tursodatabase/libsql-js#114).
  const all = <Row extends object>(sql: string, ...values: readonly SqlValue[]): Row[] =>
    withStatement(sql, statement =>
      (statement.all([...values]) as Record<string, unknown>[]).map(toRow<Row>),
    );

  const exec = (sql: string): void => attempt(() => void libsql.exec(sql));

  const synchronise = (durability: Durability): void =>
    exec(`PRAGMA synchronous = ${durability === 'synced' ? 'FULL' : 'NORMAL'}`);

  const rollback = (): void => {
    // After some failures, a full disk among them, SQLite has rolled back by itself.
    if (isOpen && libsql.inTransaction) libsql.exec('ROLLBACK');
  };

  synchronise(usual);
  return {
    path,
    exec,
    all,
    run: (sql, ...values) =>
      withStatement(sql, statement => {
        const { changes, lastInsertRowid } = statement.run([...values]);
        return { changes, rowid: Number(lastInsertRowid) };
      }),
    get: <Row extends object>(sql: string, ...values: readonly SqlValue[]) => all<Row>(sql, ...values)[0],
    transaction(work, durability = usual) {
      if (isOpen && libsql.inTransaction) return work();
      if (durability !== usual) synchronise(durability);
      try {
        exec('BEGIN IMMEDIATE');
        const result = work();
        exec('COMMIT');
        return result;
      } catch (error) {
        rollback();
        throw error;
      } finally {
        if (durability !== usual) synchronise(usual);
      }
    },
    close() {
      if (!isOpen) return;
      statements.clear();
      try {
        libsql.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      } catch {
        // The log stays beside the file and is read at the next start.
      }
      isOpen = false;
      libsql.close();
    },
  };
}

function open(path: string, busyTimeoutMs: number): Libsql.Database {
  if (path !== IN_MEMORY) makePrivate(path);
  try {
    return new Libsql(path, { timeout: busyTimeoutMs });
  } catch (error) {
    // libsql gives no code here.
    throw storageError(Object.assign(new Error(String(error)), { code: 'SQLITE_CANTOPEN' }), path);
  }
}

/**
 * For its owner alone, whatever the umask is; SQLite gives its log the mode of the file. A file that is there is not
 * opened for it: closing that again would give up the locks of this process (POSIX).
 */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    // What is wrong with the place SQLite says.
    if (codeOf(error) !== 'EEXIST') return;
    for (const ending of ['', '-wal', '-shm']) keepToOwner(path + ending);
  }
}

/** Takes the rights of others from a file or folder, where this process may; never through a link. */
export function keepToOwner(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isSymbolicLink() || (found.mode & 0o077) === 0) return;
  if (found.uid !== process.geteuid?.()) return;
  try {
    chmodSync(path, found.mode & 0o700);
  } catch {
    // A disk that is read only.
  }
}

function toRow<Row extends object>(row: Record<string, unknown>): Row {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof ArrayBuffer) row[name] = new Uint8Array(value);
  }
  return row as Row;
}
