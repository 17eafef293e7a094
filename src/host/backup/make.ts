/** Makes a backup of a state folder and config files as one archive, also while a daemon works in the folder. */
import { lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { syncFolder } from '../../base/durable.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { copyState, PICTURES, RESTORE, stateFiles } from '../state/copy.ts';
import { type Content, type FileToArchive, type Manifest, STATE_PREFIX, writeArchive } from './archive.ts';

export interface BackupOrder {
  /** Absolute. */
  readonly to: string;
  readonly stateDir: string;
  readonly overwrite: boolean;
  readonly pictures: boolean;
  readonly origin: Omit<Manifest, 'damaged'>;
  /** @param done share of the bytes, 0..1 */
  readonly onProgress?: (done: number) => void;
}

export interface MadeArchive extends Content {
  /** Size of the archive. */
  readonly archiveBytes: number;
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
  const { to, stateDir, origin, overwrite, onProgress = () => undefined } = order;
  const work = join(dirname(to), `${basename(to)}.new`);
  try {
    await check(order);
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { mode: 0o700 });
    const staged = join(work, 'state');
    const damaged = [...(await copyUnchanged(stateDir, staged))];
    const pictures = order.pictures ? await filesIn(join(stateDir, PICTURES)).catch(() => []) : [];
    const files: FileToArchive[] = [
      ...origin.config.map((from, index) => ({ from, name: `config/${index}.json` })),
      ...(await filesIn(staged))
        .filter(path => !LEFT_OUT.includes(path))
        .map(path => ({ from: join(staged, path), name: STATE_PREFIX + path })),
      ...pictures
        // Not those that are being written.
        .filter(path => path.endsWith('.jpg'))
        .map(path => ({ from: join(stateDir, PICTURES, path), name: `${STATE_PREFIX}${PICTURES}/${path}` })),
    ];
    const archive = join(work, 'archive');
    const onBytes = shareOf(await sizeOf(files), onProgress);
    const content = await writeArchive(archive, { ...origin, damaged }, files, onBytes);
    const { size } = await stat(archive);
    if (!overwrite) await refuseExisting(to);
    await rename(archive, to);
    await syncFolder(dirname(to));
    return { ...content, archiveBytes: size, damaged };
  } catch (error) {
    if (error instanceof SurfwatchError && error.code !== 'disk-full') throw error;
    throw new SurfwatchError('backup-failed', `${to}: ${messageOf(error)}`, { cause: error });
  } finally {
    await rm(work, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function check({ to, stateDir, overwrite }: BackupOrder): Promise<void> {
  if (!overwrite) await refuseExisting(to);
  const [state, folder] = [await realpath(stateDir), await realpath(dirname(to))];
  if (`${folder}${sep}`.startsWith(`${state}${sep}`))
    throw new Error('it would be inside the state folder, which is to be saved');
  if (!(await isThere(join(stateDir, RESTORE)))) return;
  const what = 'the state is half in its place; start the daemon once, or restore again';
  throw new SurfwatchError('restore-unfinished', `${join(stateDir, RESTORE)}: ${what}`);
}

async function refuseExisting(to: string): Promise<void> {
  if (await isThere(to)) throw new SurfwatchError('backup-exists', to);
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** Copies all but the pictures as they are at one moment. @returns what is damaged */
async function copyUnchanged(stateDir: string, staged: string): Promise<readonly string[]> {
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const before = await versionsIn(stateDir);
    await rm(staged, { recursive: true, force: true });
    const { damaged } = await copyState(stateDir, staged);
    if ((await versionsIn(stateDir)) === before) return damaged;
  }
  throw new Error(`${stateDir} changed each time that it was copied`);
}

/** Which files there are, but for databases: each of these is copied as it is at one moment anyway. */
async function versionsIn(stateDir: string): Promise<string> {
  const files = (await stateFiles(stateDir)).filter(path => !path.endsWith('.db'));
  const found = await Promise.all(files.map(path => stat(join(stateDir, path)).catch(() => null)));
  return files.map((path, at) => [path, found[at]?.ino, found[at]?.mtimeMs].join(' ')).join('\n');
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
  const found = await Promise.all(files.map(({ from }) => stat(from).catch(() => null)));
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}

/** Turns counts of bytes into the share of their total that is done, 0..1. */
export function shareOf(total: number, onProgress: (done: number) => void): (bytes: number) => void {
  let done = 0;
  return bytes => {
    done += bytes;
    onProgress(Math.min(1, done / Math.max(1, total)));
  };
}
