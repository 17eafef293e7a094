/** Restores a state folder from a backup: all of it is checked and made ready before anything changes. */
import { mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keepToOwner } from '../../base/connection.ts';
import { syncFolder } from '../../base/durable.ts';
import { storageError } from '../../base/storage-error.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { asOwnerOf } from '../state/as-owner.ts';
import { lockState } from '../state/lock.ts';
import { STATE_MIGRATIONS } from '../state/migrations.ts';
import { commitRestore, dropRestore, finishRestore, prepareRestore } from '../state/restore.ts';
import { findVersion, refuseNewer } from '../state/version-file.ts';
import { counter } from './make.ts';
import { CONFIG_PREFIX, type Manifest, STATE_PREFIX } from './manifest.ts';
import { type OpenArchive, readArchive } from './read.ts';

export interface RestoreOrder {
  /** The archive. */
  readonly from: string;
  readonly stateDir: string;
  /** Checked before anything is written. @throws SurfwatchError where the archive is not the one that is meant */
  readonly accept: (manifest: Manifest) => void;
  /** Versions of the databases that this program knows, by their paths in the state folder. */
  readonly databases: Readonly<Record<string, number>>;
  /** Of surfwatch. */
  readonly appVersion: string;
  /** Milliseconds since the epoch (UTC). */
  readonly now: () => number;
  readonly onProgress?: (done: number) => void;
}

/** The steps at which a test ends the process. */
export type RestoreStep = 'locked' | 'checked' | 'staged' | 'committed' | 'finished';

export interface Restored {
  readonly manifest: Manifest;
  /** Folder with what was there; null where nothing was. */
  readonly aside: string | null;
}

/**
 * @throws SurfwatchError `backup-unreadable`, `state-locked`, `state-newer`, `database-newer`, `disk-full`,
 * `state-unwritable`, `storage-failed`, `restore-unfinished`, `restore-not-owner`; what `accept` throws
 */
export async function restoreState(
  order: RestoreOrder,
  onStep: (step: RestoreStep) => void = () => undefined,
): Promise<Restored> {
  const archive = await openArchive(order.from);
  try {
    return await asOwnerOf(order.stateDir, () => restoreFrom(archive, order, onStep));
  } finally {
    await archive.file.close();
  }
}

async function restoreFrom(
  archive: OpenArchive,
  order: RestoreOrder,
  onStep: (step: RestoreStep) => void,
): Promise<Restored> {
  const { stateDir, accept } = order;
  const lock = await lockFolder(stateDir, order.now());
  try {
    onStep('locked');
    await finishRestore(stateDir);
    // Twice: once to check it, once to take its files out.
    const onBytes = counter(2 * (await archive.file.stat()).size, order.onProgress);
    const manifest = await readArchive(archive, toNowhere, onBytes);
    accept(manifest);
    onStep('checked');
    const staged = await prepareRestore(stateDir);
    await readArchive(archive, (name, mode, bytes) => putState(staged, name, mode, bytes), onBytes);
    await refuseNewerState(staged, order);
    await syncFolders(staged);
    onStep('staged');
    const aside = await commitRestore(stateDir, order.now());
    onStep('committed');
    await finishRestore(stateDir);
    onStep('finished');
    return { manifest, aside };
  } catch (error) {
    await dropRestore(stateDir);
    throw storageError(error, stateDir);
  } finally {
    lock.release();
  }
}

/** Checks an archive wholly, and changes nothing. @throws SurfwatchError `backup-unreadable` */
export async function checkArchive(from: string, onProgress?: (done: number) => void): Promise<Manifest> {
  const archive = await openArchive(from);
  try {
    return await readArchive(archive, toNowhere, counter((await archive.file.stat()).size, onProgress));
  } finally {
    await archive.file.close();
  }
}

/** The text of each config file in a backup, in their order. @throws SurfwatchError `backup-unreadable` */
export async function configTexts(from: string): Promise<string[]> {
  const texts = new Map<string, string>();
  const take = async (name: string, _mode: number, bytes: AsyncIterable<Buffer>): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of bytes) if (name.startsWith(CONFIG_PREFIX)) chunks.push(chunk);
    if (name.startsWith(CONFIG_PREFIX)) texts.set(name, Buffer.concat(chunks).toString());
  };
  const archive = await openArchive(from);
  try {
    await readArchive(archive, take, () => undefined);
  } finally {
    await archive.file.close();
  }
  return [...texts.entries()]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([, text]) => text);
}

/** While it still has the rights of who called it. */
async function openArchive(path: string): Promise<OpenArchive> {
  try {
    return { path, file: await open(path) };
  } catch (error) {
    throw new SurfwatchError('backup-unreadable', messageOf(error), { cause: error });
  }
}

async function toNowhere(_name: string, _mode: number, bytes: AsyncIterable<Buffer>): Promise<void> {
  for await (const _ of bytes);
}

async function lockFolder(stateDir: string, now: number) {
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    keepToOwner(stateDir);
    const lock = lockState(stateDir, now);
    if (lock.fault === null) return lock;
    lock.release();
    throw lock.fault;
  } catch (error) {
    throw storageError(error, stateDir);
  }
}

/** The name was checked. */
async function putState(
  staged: string,
  name: string,
  mode: number,
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  if (!name.startsWith(STATE_PREFIX)) return toNowhere(name, mode, bytes);
  const path = join(staged, name.slice(STATE_PREFIX.length));
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', mode | 0o600);
  try {
    for await (const chunk of bytes)
      for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
    await file.sync();
  } finally {
    await file.close();
  }
}

async function refuseNewerState(staged: string, { appVersion, databases, from, now }: RestoreOrder) {
  const { version } = await findVersion(staged, now());
  if (version !== null) refuseNewer(version, from, appVersion, STATE_MIGRATIONS.at(-1)?.to ?? 0);
  for (const [name, known] of Object.entries(databases)) {
    const version = await databaseVersion(join(staged, name));
    if (version <= known) continue;
    const what = `${name} in it has version ${version}; this program knows versions up to ${known}`;
    throw new SurfwatchError('database-newer', `${from}: ${what}`);
  }
}

/** `user_version`, at byte 60 of an SQLite file (https://sqlite.org/fileformat2.html); 0 where there is none. */
async function databaseVersion(path: string): Promise<number> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return 0;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return bytesRead < 64 ? 0 : buffer.readUInt32BE(60);
  } finally {
    await file.close();
  }
}

async function syncFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) await syncFolder(join(entry.parentPath, entry.name));
  await syncFolder(folder);
}
