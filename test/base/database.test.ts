import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DatabaseOptions, openDatabase } from '../../src/base/database.ts';
import { storageError } from '../../src/base/storage-error.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOW = Date.UTC(2026, 5, 1, 9, 13, 31, 250);
const THINGS = 'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, data BLOB)';

function opened(path: string, more: Partial<DatabaseOptions> = {}) {
  const result = openDatabase({ path, migrations: [THINGS], now: NOW, ...more });
  onTestFinished(() => result.database.close());
  return result;
}

async function path(): Promise<string> {
  return join(await temporaryFolder(), 'state', 'things.db');
}

function names(at: string): string[] {
  const { database } = opened(at);
  const rows = database.all<{ name: string }>('SELECT name FROM things ORDER BY id');
  database.close();
  return rows.map(({ name }) => name);
}

describe('a new database', () => {
  it('is made with its folder, in WAL mode, with foreign keys', async () => {
    const { database, setAside } = opened(await path());
    expect(setAside).toBeNull();
    expect(database.all('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(database.all('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(database.all('PRAGMA busy_timeout')).toEqual([{ timeout: 5000 }]);
    expect(database.all('PRAGMA user_version')).toEqual([{ user_version: 1 }]);
  });

  it('gives back text, numbers, nothing and bytes', async () => {
    const { database } = opened(await path());
    const bytes = new Uint8Array([0, 1, 255]);
    expect(database.run('INSERT INTO things (name, data) VALUES (?, ?)', 'é', bytes)).toEqual({
      changes: 1,
      rowid: 1,
    });
    // A single buffer as the only value ends the process in libsql itself.
    expect(database.run('INSERT INTO things (data) VALUES (?)', Buffer.from('x'))).toMatchObject({
      rowid: 2,
    });
    expect(database.get('SELECT * FROM things WHERE id = ?', 1)).toEqual({ id: 1, name: 'é', data: bytes });
    expect(database.get('SELECT name FROM things WHERE id = ?', 2)).toEqual({ name: null });
    expect(database.get('SELECT * FROM things WHERE id = ?', 3)).toBeUndefined();
  });
});

describe('migrations', () => {
  it('runs only those that are new', async () => {
    const at = await path();
    opened(at).database.close();
    const { database } = opened(at, { migrations: [THINGS, 'ALTER TABLE things ADD COLUMN size REAL'] });
    expect(database.all('PRAGMA user_version')).toEqual([{ user_version: 2 }]);
    expect(database.all('SELECT size FROM things')).toEqual([]);
  });

  it('leaves the file as it was when one fails', async () => {
    const at = await path();
    opened(at).database.close();
    const broken = [THINGS, 'CREATE TABLE more (id)', 'CREATE TABLE nonsense'];
    expect(() => opened(at, { migrations: broken })).toThrow(
      expect.objectContaining({ code: 'storage-failed' }),
    );
    expect(opened(at).database.all('SELECT name FROM sqlite_schema')).toEqual([{ name: 'things' }]);
  });

  it('refuses a file of a newer version, and does not touch it', async () => {
    const at = await path();
    opened(at, { migrations: [THINGS, 'CREATE TABLE more (id)'] }).database.close();
    const before = await readFile(at);
    expect(() => opened(at)).toThrow(
      expect.objectContaining({ code: 'database-newer', message: expect.stringContaining('version 2') }),
    );
    expect(await readFile(at)).toEqual(before);
  });
});

describe('a transaction', () => {
  it('writes all or nothing', async () => {
    const { database } = opened(await path());
    const fail = () =>
      database.transaction(() => {
        database.run('INSERT INTO things (name) VALUES (?)', 'half');
        throw new RangeError('stop');
      });
    expect(fail).toThrow(RangeError);
    expect(database.all('SELECT * FROM things')).toEqual([]);
    database.transaction(() => {
      database.run('INSERT INTO things (name) VALUES (?)', 'a');
      database.transaction(() => database.run('INSERT INTO things (name) VALUES (?)', 'b'));
    });
    expect(database.all('SELECT name FROM things')).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  it('asks for the disk where it is told to, and only there', async () => {
    const { database } = opened(await path());
    const during = (durability?: 'synced' | 'unsynced') =>
      database.transaction(
        () => database.get<{ synchronous: number }>('PRAGMA synchronous')?.synchronous,
        durability,
      );
    // 1 is NORMAL, 2 FULL: https://sqlite.org/pragma.html#pragma_synchronous
    expect([during(), during('synced'), during()]).toEqual([1, 2, 1]);
    const synced = opened(await path(), { durability: 'synced' }).database;
    expect(synced.all('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
  });

  it('fails after the database was closed', async () => {
    const { database } = opened(await path());
    database.run('INSERT INTO things (name) VALUES (?)', 'a');
    database.close();
    database.close();
    const late = () => database.run('INSERT INTO things (name) VALUES (?)', 'a');
    expect(late).toThrow(expect.objectContaining({ code: 'storage-failed' }));
    expect(() => database.transaction(late)).toThrow('closed');
  });
});

describe('a damaged database', () => {
  it('is set aside, and an empty one takes its place', async () => {
    const at = await path();
    opened(at).database.close();
    writeFileSync(at, 'no database, but something else '.repeat(300));
    const { database, setAside } = opened(at);
    expect(setAside).toBe(`${at}.corrupt-2026-06-01T09-13-31.250Z`);
    expect(await readFile(setAside ?? '', 'utf8')).toContain('something else');
    expect(database.run('INSERT INTO things (name) VALUES (?)', 'new').changes).toBe(1);
  });

  it('is found after a bad end by a check of the whole file', async () => {
    const at = await path();
    const first = opened(at).database;
    for (let count = 0; count < 40; count++) {
      first.run('INSERT INTO things (data) VALUES (?)', new Uint8Array(20_000).fill(count));
    }
    first.close();
    const file = await open(at, 'r+');
    await file.write(Buffer.alloc(30_000, 0x5a), 0, 30_000, 100_000);
    await file.close();
    // As it lies there after the power failed.
    writeFileSync(`${at}-wal`, 'x');
    const { database, setAside } = opened(at);
    expect(setAside).not.toBeNull();
    expect(database.all('SELECT * FROM things')).toEqual([]);
    expect((await readdir(join(at, '..'))).filter(name => name.includes('corrupt')).length).toBeGreaterThan(
      0,
    );
  });

  it('is found by the name of a column, which SQLite takes for another', async () => {
    const at = await path();
    opened(at).database.close();
    writeFileSync(at, readFileSync(at, 'latin1').replace('data BLOB', 'd\xffta BLOB'), 'latin1');
    const { database, setAside } = opened(at);
    expect(setAside).not.toBeNull();
    expect(database.all('SELECT data FROM things')).toEqual([]);
  });

  it('is found after a bad end by text that is none', async () => {
    const at = await path();
    const { database: first } = opened(at);
    first.run('INSERT INTO things (name) VALUES (?)', 'hello');
    first.run('INSERT INTO things (name) VALUES (?)', 'Ærøskøbing');
    first.close();
    writeFileSync(`${at}-wal`, '');
    expect(opened(at).setAside).toBeNull();
    first.close();
    writeFileSync(at, readFileSync(at, 'latin1').replace('hello', 'he\xfflo'), 'latin1');
    writeFileSync(`${at}-wal`, '');
    const { database, setAside } = opened(at);
    expect(setAside).not.toBeNull();
    expect(database.all('SELECT name FROM things')).toEqual([]);
  });

  it('is no damage where the log of the last moments is cut off', async () => {
    const at = await path();
    const { database } = opened(at);
    for (const name of ['a', 'b']) database.run('INSERT INTO things (name) VALUES (?)', name);
    // What a process leaves that is killed: the file and its log.
    const copy = join(await temporaryFolder(), 'copy.db');
    writeFileSync(copy, await readFile(at));
    writeFileSync(`${copy}-wal`, await readFile(`${at}-wal`));
    truncateSync(`${copy}-wal`, (await readFile(`${at}-wal`)).length - 10);
    expect(opened(copy).setAside).toBeNull();
    expect(names(copy)).toEqual(['a']);
  });
});

describe('a place that cannot be written to', () => {
  it('is named', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => opened(join(folder, 'file', 'things.db'))).toThrow(
      expect.objectContaining({
        code: 'state-unwritable',
        message: expect.stringContaining(join(folder, 'file')),
      }),
    );
    mkdirSync(join(folder, 'folder.db'));
    expect(() => opened(join(folder, 'folder.db'))).toThrow(
      expect.objectContaining({ code: 'state-unwritable' }),
    );
    expect(existsSync(join(folder, 'folder.db'))).toBe(true);
  });

  it.each([
    ['SQLITE_FULL', 'disk-full'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['SQLITE_READONLY_DBMOVED', 'state-unwritable'],
    ['EROFS', 'state-unwritable'],
    ['SQLITE_IOERR_WRITE', 'storage-failed'],
    ['SQLITE_BUSY', 'storage-failed'],
    ['SQLITE_CORRUPT_VTAB', 'storage-failed'],
    ['EIO', 'storage-failed'],
  ])('%s is %s', (code, expected) => {
    const cause = Object.assign(new Error('it went wrong'), { code });
    expect(storageError(cause, '/tmp/a.db')).toMatchObject({
      code: expected,
      message: '/tmp/a.db: it went wrong',
      cause,
    });
  });
});
