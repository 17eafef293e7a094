/** Copies what is in a state folder, all but pictures, also while a daemon works in it. */
import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { connect } from '../../base/connection.ts';
import { syncFolder } from '../../base/durable.ts';
import { codeOf, isCorrupt, storageError } from '../../base/storage-error.ts';
import { LOCK_FILES } from './lock.ts';

/** Where backups are, in the state folder. */
export const BACKUPS = 'backups';

export interface CopiedState {
  /** Relative paths. */
  readonly files: readonly string[];
  /** Databases that are damaged, and so were left out. */
  readonly damaged: readonly string[];
}

/** Pictures are many and can be large; what was learnt of them is in the database. */
export const PICTURES = 'learning/frames';
/** What both heads find in a frame, beside a head that waits for approval. */
const OVERLAY = /^models\/held\/[^/]+\/overlay\.jpg$/;
/** What a restore puts in place, or is about to. */
export const RESTORE = 'restore';
/** Parts of databases, which are in their copies; what was being written; what was set aside. */
const PASSING = /(-wal|-shm|-journal|\.new|\.corrupt-.*)$/;

/** The files of a state folder that are worth keeping, as sorted relative paths. */
export async function stateFiles(stateDir: string): Promise<string[]> {
  const entries = await readdir(stateDir, { recursive: true, withFileTypes: true });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => relative(stateDir, join(entry.parentPath, entry.name)))
    .filter(path => ![BACKUPS, PICTURES, RESTORE].some(folder => path.startsWith(`${folder}/`)))
    .filter(path => !OVERLAY.test(path))
    .filter(path => !LOCK_FILES.includes(path) && !path.split('/').some(part => PASSING.test(part)))
    .sort();
}

/**
 * Databases are copied as they are at one moment (`VACUUM INTO`). On disk (fsync) when it resolves.
 *
 * @param target a folder that is not there yet
 * @throws SurfwatchError `disk-full`, `state-unwritable`, `storage-failed`
 */
export async function copyState(stateDir: string, target: string): Promise<CopiedState> {
  const files: string[] = [];
  const damaged: string[] = [];
  try {
    await mkdir(target, { recursive: true });
    for (const path of await stateFiles(stateDir)) {
      const to = join(target, path);
      await mkdir(dirname(to), { recursive: true });
      if (await copyOne(join(stateDir, path), to)) files.push(path);
      else damaged.push(path);
    }
    await syncFolder(target);
  } catch (error) {
    throw storageError(error, target);
  }
  return { files, damaged };
}

/** @returns false for a database that cannot be read */
async function copyOne(from: string, to: string): Promise<boolean> {
  try {
    if (from.endsWith('.db')) vacuumInto(from, to);
    else await copyFile(from, to);
  } catch (error) {
    if (isCorrupt(error instanceof Error ? error.cause : error)) return false;
    // Gone meanwhile, as an old head may be.
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  const file = await open(to, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  return true;
}

function vacuumInto(from: string, to: string): void {
  const database = connect(from, 5_000, 'unsynced');
  try {
    database.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`);
  } finally {
    database.close();
  }
}
