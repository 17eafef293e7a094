/** State folders to save and to restore, and archives that others have put together. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { openDatabase } from '../../../src/base/database.ts';
import type { Manifest } from '../../../src/host/backup/archive.ts';
import { makeArchive } from '../../../src/host/backup/make.ts';

const ORIGIN: Omit<Manifest, 'damaged'> = {
  surfwatch: '1.0.0',
  createdAt: '2026-06-01T09:00:00.000Z',
  site: 'pier',
  host: 'board',
  config: [],
};

/** As a daemon has it: a database, small files, a head, a picture; the text tells one state from another. */
export function fillState(folder: string, text: string, databases = ['history.db', 'outbox.db']): void {
  const files = {
    'version.json': '{"state":1,"app":"1.0.0"}\n',
    'view.json': text,
    'heads/current': text,
    'heads/empty': '',
    'learning/frames/2026-06-01/x.jpg': `a picture ${text}`,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  for (const name of databases) {
    const { database } = openNotes(join(folder, name));
    database.run('INSERT INTO t VALUES (?)', text);
    database.close();
  }
}

export function openNotes(path: string) {
  return openDatabase({ path, migrations: ['CREATE TABLE t (x)'], now: 0 });
}

/** The state as text, by file: without locks, the outbox and backups. A database as what is in it. */
export function contentOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .filter(path => !/^(lock\.|outbox|backups\/)|-(wal|shm)$/.test(path));
  return Object.fromEntries(paths.sort().map(path => [path, read(join(folder, path))]));
}

function read(path: string): string {
  if (!path.endsWith('.db')) return readFileSync(path, 'utf8');
  const { database } = openNotes(path);
  try {
    return JSON.stringify(database.all('SELECT x FROM t'));
  } finally {
    database.close();
  }
}

export function backUp(stateDir: string, to: string, pictures = true) {
  return makeArchive({ to, stateDir, overwrite: false, pictures, origin: ORIGIN });
}

export interface Crafted extends Partial<Header> {
  readonly name: string;
  readonly content?: string;
}

/** An archive with a right check sum, of whatever is given. @param manifest changes to it; null for none */
export async function craft(
  path: string,
  files: readonly Crafted[],
  manifest: object | null = {},
): Promise<string> {
  const tar = pack();
  const said = JSON.stringify({ format: 2, ...ORIGIN, damaged: [], ...manifest });
  if (manifest !== null) tar.entry({ name: 'manifest.json', mtime: new Date(0) }, said);
  for (const { content = '', ...header } of files)
    tar.entry({ type: 'file', mtime: new Date(0), ...header }, content);
  tar.finalize();
  writeFileSync(path, gzipSync(await buffer(tar)));
  return path;
}
