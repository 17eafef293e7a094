/** Restores a state folder from a backup: all of it is checked and made ready before anything changes. */
import { type FileHandle, mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../../base/durable.ts';
import { storageError } from '../../base/storage-error.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { asOwnerOf } from '../state/as-owner.ts';
import { lockFolder } from '../state/lock.ts';
import { STATE_MIGRATIONS } from '../state/migrations.ts';
import { commitRestore, dropRestore, finishRestore, prepareRestore } from '../state/restore.ts';
import { findVersion, refuseNewer } from '../state/version-file.ts';
import { type Content, type Manifest, readArchive, STATE_PREFIX } from './archive.ts';
import { shareOf } from './make.ts';

export interface RestoreOrder {
  /** The archive. */
  readonly from: string;
  readonly stateDir: string;
  /** Checked before anything is written. @throws SurfwatchError where the archive is not the one that is meant */
  readonly accept: (manifest: Manifest) => void;
  /** Versions of the databases that this program knows, by their paths in the state folder. */
  readonly databases: Readonly<Record<string, number>>;
  /** Version of surfwatch. */
  readonly appVersion: string;
  /** Milliseconds since the epoch (UTC). */
  readonly now: () => number;
  /** @param done share of the archive that was read, 0..1 */
  readonly onProgress?: (done: number) => void;
}

export interface CheckedArchive extends Content {
  readonly manifest: Manifest;
}

export interface Restored extends CheckedArchive {
  /** Folder with what was there; null where nothing was. */
  readonly aside: string | null;
}

/**
 * As the owner of the folder, where root calls it.
 *
 * @throws SurfwatchError `backup-unreadable`, `state-locked`, `state-newer`, `database-newer`, `disk-full`,
 * `state-unwritable`, `storage-failed`, `restore-unfinished`, `restore-not-owner`; what `accept` throws
 */
export async function restoreState(order: RestoreOrder): Promise<Restored> {
  return withArchive(order, archive => asOwnerOf(order.stateDir, () => restoreFrom(archive, order)));
}

/** Checks an archive wholly, and changes nothing. @throws SurfwatchError `backup-unreadable` */
export async function checkArchive(
  order: Pick<RestoreOrder, 'from' | 'onProgress'>,
): Promise<CheckedArchive> {
  return withArchive(order, ({ file, onBytes }) => readArchive(file, order.from, { onBytes }));
}

interface OpenArchive {
  readonly file: FileHandle;
  readonly onBytes: (bytes: number) => void;
}

/** Opens it while this process still has the rights of who called it. */
async function withArchive<T>(
  { from, onProgress = () => undefined }: Pick<RestoreOrder, 'from' | 'onProgress'>,
  work: (archive: OpenArchive) => Promise<T>,
): Promise<T> {
  const file = await open(from).catch((error: unknown) => {
    throw new SurfwatchError('backup-unreadable', messageOf(error), { cause: error });
  });
  try {
    return await work({ file, onBytes: shareOf((await file.stat()).size, onProgress) });
  } finally {
    await file.close();
  }
}

async function restoreFrom({ file, onBytes }: OpenArchive, order: RestoreOrder): Promise<Restored> {
  const { from, stateDir } = order;
  const lock = await lockFolder(stateDir, order.now());
  try {
    if (lock.fault !== null) throw lock.fault;
    await finishRestore(stateDir);
    const staged = await prepareRestore(stateDir);
    const take = (name: string, bytes: AsyncIterable<Buffer>) => putState(staged, name, bytes);
    const read = await readArchive(file, from, { onManifest: order.accept, take, onBytes });
    await refuseNewerState(staged, order);
    await syncFolders(staged);
    const aside = await commitRestore(stateDir, order.now());
    await finishRestore(stateDir);
    return { ...read, aside };
  } catch (error) {
    await dropRestore(stateDir);
    throw storageError(error, stateDir);
  } finally {
    lock.release();
  }
}

/** Writes a file of the state into a new folder, by a name that was checked. */
async function putState(staged: string, name: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  if (!name.startsWith(STATE_PREFIX)) {
    for await (const _ of bytes);
    return;
  }
  const path = join(staged, name.slice(STATE_PREFIX.length));
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx', 0o600);
  try {
    await writeFile(file, bytes);
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
