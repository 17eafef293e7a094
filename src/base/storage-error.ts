/** What a disk or a database says of a failure, as a code that a user can act on. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ErrorCode, messageOf, SurfwatchError } from '../errors.ts';

/** Codes of node:fs (errno names) and of SQLite (https://sqlite.org/rescode.html). */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  SQLITE_FULL: 'disk-full',
  EACCES: 'state-unwritable',
  EPERM: 'state-unwritable',
  EROFS: 'state-unwritable',
  ENOTDIR: 'state-unwritable',
  // A file where a folder belongs.
  EEXIST: 'state-unwritable',
  // A link where a file belongs.
  ELOOP: 'state-unwritable',
  SQLITE_READONLY: 'state-unwritable',
  SQLITE_CANTOPEN: 'state-unwritable',
  SQLITE_PERM: 'state-unwritable',
};

/** The code of SQLite or of the operating system that an error carries; empty where it has none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** Whether the file is not, or no longer, a database. */
export function isCorrupt(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));
}

/** @returns an error with the code `disk-full`, `state-unwritable` or `storage-failed`; a SurfwatchError as it is */
export function storageError(error: unknown, path: string): SurfwatchError {
  if (error instanceof SurfwatchError) return error;
  const code = codeOf(error);
  // Extended codes begin with the name of the general one.
  const general = code.split('_').slice(0, 2).join('_');
  const known = CODES[code] ?? CODES[general];
  // Where the disk is full SQLite may not be able to enlarge its shared memory: to it an I/O error like any other.
  const kind = known ?? (general === 'SQLITE_IOERR' && isFull(path) ? 'disk-full' : 'storage-failed');
  return new SurfwatchError(kind, `${path}: ${messageOf(error)}`, { cause: error });
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < 2 ** 16;
  } catch {
    return false;
  }
}
