/** Makes a backup of a state folder and config files as one archive, also while a daemon works in the folder. */
import { lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { syncFolder } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { copyState, PICTURES, RESTORE, stateFiles } from '../state/copy.ts';
import { type ArchivedFile, configName, type Origin, STATE_PREFIX } from './manifest.ts';
import { type FileToArchive, writeArchive } from './write.ts';

export interface BackupOrder {
  /** Absolute. */
  readonly to: string;
  readonly stateDir: string;
  readonly overwrite: boolean;
  readonly origin: Omit<Origin, 'damaged'>;
  /** @param done share of the bytes, 0..1 */
  readonly onProgress?: (done: number) => void;
}

export interface MadeArchive {
  readonly files: readonly ArchivedFile[];
  readonly bytes: number;
  /** Databases that are damaged, and so were left out. */
  readonly damaged: readonly string[];
}

/** Events that wait for the broker: restored later they would be told a second time. */
const LEFT_OUT: readonly string[] = ['outbox.db'];
/** How often a state that changes while it is copied is copied again. */
const TRIES = 5;

/**
 * The archive appears under its name when it is whole and on disk; until then there is a folder `….new` beside it, which
 * a process that is killed leaves behind.
 *
 * @throws SurfwatchError `backup-exists`, `backup-failed`, `restore-unfinished`
 */
export async function makeArchive(order: BackupOrder): Promise<MadeArchive> {
  const { to, stateDir, origin, overwrite } = order;
  await check(order);
  const work = join(dirname(to), `${basename(to)}.new`);
  try {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { mode: 0o700 });
    const staged = join(work, 'state');
    const damaged = [...(await copyUnchanged(stateDir, staged))];
    const pictures = origin.pictures ? await picturesOf(stateDir) : [];
    const files: FileToArchive[] = [
      ...origin.config.map((from, index) => ({ from, name: configName(index) })),
      ...(await filesIn(staged))
        .filter(path => !LEFT_OUT.includes(path))
        .map(path => ({ from: join(staged, path), name: STATE_PREFIX + path })),
      ...pictures.map(path => ({ from: join(stateDir, path), name: STATE_PREFIX + path, mayBeGone: true })),
    ];
    const onBytes = counter(await sizeOf(files), order.onProgress);
    const archive = join(work, 'archive');
    const archived = await writeArchive(archive, files, { ...origin, damaged }, onBytes);
    const { size } = await stat(archive);
    if (!overwrite) await refuseExisting(to);
    await rename(archive, to);
    await syncFolder(dirname(to));
    return { files: archived, bytes: size, damaged };
  } catch (error) {
    if (error instanceof SurfwatchError && error.code === 'backup-exists') throw error;
    throw failed(`${to}: ${messageOf(error)}`, error);
  } finally {
    await rm(work, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function check({ to, stateDir, overwrite }: BackupOrder): Promise<void> {
  if (!overwrite) await refuseExisting(to);
  let real: string;
  try {
    real = await realpath(stateDir);
  } catch (error) {
    throw failed(`there is no state folder: ${messageOf(error)}`, error);
  }
  const folder = await realpath(dirname(to)).catch((error: unknown) => {
    throw failed(messageOf(error), error);
  });
  if (`${folder}${sep}`.startsWith(`${real}${sep}`))
    throw failed(`${to} is inside the state folder, which is to be saved`);
  if (await isThere(join(stateDir, RESTORE))) {
    const what = 'the state is half in its place; start the daemon once, or restore again';
    throw new SurfwatchError('restore-unfinished', `${join(stateDir, RESTORE)}: ${what}`);
  }
}

async function refuseExisting(to: string): Promise<void> {
  if (await isThere(to)) throw new SurfwatchError('backup-exists', to);
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** All but the pictures, as they are at one moment. @returns what is damaged */
async function copyUnchanged(stateDir: string, staged: string): Promise<readonly string[]> {
  for (let attempt = 1; ; attempt++) {
    const before = await fingerprint(stateDir);
    await rm(staged, { recursive: true, force: true });
    const { damaged } = await copyState(stateDir, staged);
    if ((await fingerprint(stateDir)) === before) return damaged;
    if (attempt === TRIES) throw new Error(`${stateDir} changed each time that it was copied`);
  }
}

/** Of the files that are replaced and not written into: which they are. A database is copied as it is at one moment. */
async function fingerprint(stateDir: string): Promise<string> {
  const files = (await stateFiles(stateDir)).filter(path => !path.endsWith('.db'));
  const known = files.map(async path => {
    const found = await stat(join(stateDir, path)).catch(() => null);
    return [path, found?.ino, found?.size, found?.mtimeMs].join(' ');
  });
  return (await Promise.all(known)).join('\n');
}

/** Without those that are being written. */
async function picturesOf(stateDir: string): Promise<string[]> {
  const paths = await filesIn(join(stateDir, PICTURES)).catch(() => []);
  return paths.filter(path => path.endsWith('.jpg')).map(path => join(PICTURES, path));
}

/** Relative paths, sorted. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

async function sizeOf(files: readonly FileToArchive[]): Promise<number> {
  let sum = 0;
  for (const { from } of files) sum += (await stat(from).catch(() => null))?.size ?? 0;
  return sum;
}

/** Tells the share of a sum that is done. */
export function counter(
  total: number,
  onProgress: (done: number) => void = () => undefined,
): (bytes: number) => void {
  let done = 0;
  return bytes => {
    done += bytes;
    onProgress(Math.min(1, done / Math.max(1, total)));
  };
}

function failed(what: string, cause?: unknown): SurfwatchError {
  return new SurfwatchError('backup-failed', what, { cause });
}
