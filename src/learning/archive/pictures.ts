/** The folder of pictures: `<yyyy-mm-dd>/<id>.jpg`, a folder a day (UTC). */
import { closeSync, fsyncSync, openSync, rmdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { codeOf } from '../../base/storage-error.ts';

/** Whose picture it is. */
export interface PictureOf {
  readonly id: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
}

const UNFINISHED = '.new';

export function picturePath(folder: string, { id, takenAt }: PictureOf): string {
  return join(folder, new Date(takenAt).toISOString().slice(0, 10), `${id}.jpg`);
}

/** A file of that name is whole unless the power fails. Leaves nothing behind where it throws. */
export async function writePicture(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path + UNFINISHED, bytes);
    await rename(path + UNFINISHED, path);
  } catch (error) {
    await rm(path + UNFINISHED, { force: true });
    throw error;
  }
}

/** Null where it is gone. */
export async function readPicture(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Puts pictures on disk (fsync), their names and their days too. A missing one is passed over. */
export function syncPictures(paths: Iterable<string>): void {
  const days = new Set<string>();
  for (const path of paths) {
    if (sync(path)) days.add(dirname(path));
  }
  for (const folder of new Set([...days, ...[...days].map(dirname)])) sync(folder);
}

export function removePictures(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
  for (const day of new Set(paths.map(dirname))) {
    try {
      rmdirSync(day);
    } catch {
      // Others are in it still.
    }
  }
}

/** What lies in the folder: the pictures by their ids, and what a power cut left unfinished. */
export async function listPictures(
  folder: string,
): Promise<{ readonly pictures: ReadonlyMap<string, string>; readonly unfinished: readonly string[] }> {
  const names = await readdir(folder, { recursive: true }).catch(error => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const paths = names.map(name => join(folder, name));
  const pictures = paths.filter(path => extname(path) === '.jpg');
  return {
    pictures: new Map(pictures.map(path => [basename(path, '.jpg'), path])),
    unfinished: paths.filter(path => extname(path) === UNFINISHED),
  };
}

/** @returns whether it is there */
function sync(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}
