/** One process at a time works in a state folder: a lock that the kernel takes back when its holder ends, however it ends. */
import {
  closeSync,
  constants,
  fchownSync,
  lchownSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { connect, type Database, keepToOwner } from '../../base/connection.ts';
import { setAside } from '../../base/set-aside.ts';
import { codeOf, isCorrupt, storageError } from '../../base/storage-error.ts';
import { SurfwatchError } from '../../errors.ts';

/** The names of the files it makes. */
export const LOCK_FILES: readonly string[] = ['lock.db', 'lock.db-journal', 'lock.json'];

export interface StateLock {
  /** Why nothing can be written beside it, as on a read-only disk; null where all is well. */
  readonly fault: SurfwatchError | null;
  release(): void;
}

/**
 * Makes the folder where it is missing, for its owner alone, and locks it.
 *
 * @param now milliseconds since the epoch (UTC)
 * @throws SurfwatchError `state-locked`, `state-unwritable`, `disk-full`, `storage-failed`
 */
export async function lockFolder(stateDir: string, now: number): Promise<StateLock> {
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    keepToOwner(stateDir);
    return lockState(stateDir, now);
  } catch (error) {
    throw storageError(error, stateDir);
  }
}

const holderSchema = z.object({ pid: z.int(), since: z.string() });

/**
 * An SQLite file under an exclusive transaction that is never committed: no process id has to be believed, and nothing is
 * left over after a power cut. Who holds it is said in a file beside it, since opening the locked file itself by other
 * means and closing it again would give up the lock (POSIX).
 *
 * @param now milliseconds since the epoch (UTC)
 * @throws SurfwatchError `state-locked`; `state-unwritable`, `disk-full`, `storage-failed` where no lock can be had at all
 */
export function lockState(stateDir: string, now: number): StateLock {
  const path = join(stateDir, 'lock.db');
  const held = hold(path, stateDir, now);
  let fault: SurfwatchError | null = null;
  try {
    const holder = { pid: process.pid, since: new Date(now).toISOString() };
    writeHolder(stateDir, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    // The lock holds without it; another process is only told less.
    fault = storageError(error, stateDir);
  }
  return { fault, release: () => held.close() };
}

/** Root gives it to the owner of the folder, or would keep the daemon out for good. No link is followed. */
function writeHolder(stateDir: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const file = openSync(join(stateDir, 'lock.json'), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    writeSync(file, text);
    if (process.geteuid?.() !== 0) return;
    const { uid, gid } = statSync(stateDir);
    fchownSync(file, uid, gid);
    lchownSync(join(stateDir, 'lock.db'), uid, gid);
  } finally {
    closeSync(file);
  }
}

function hold(path: string, stateDir: string, now: number): Database {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) setAside(path, now);
  try {
    return begin(path);
  } catch (error) {
    const cause = (error as Error).cause;
    if (codeOf(cause).startsWith('SQLITE_BUSY')) {
      throw new SurfwatchError('state-locked', `${stateDir} is in use by ${holderOf(stateDir)}`);
    }
    // Who holds the lock is met before what is in the file, so nobody holds a damaged one.
    if (!isCorrupt(cause)) throw error;
    setAside(path, now);
    return begin(path);
  }
}

function begin(path: string): Database {
  const database = connect(path, 0, 'unsynced');
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function holderOf(stateDir: string): string {
  try {
    const { pid, since } = holderSchema.parse(JSON.parse(readFileSync(join(stateDir, 'lock.json'), 'utf8')));
    return `process ${pid}, since ${since}`;
  } catch {
    return 'another process';
  }
}
