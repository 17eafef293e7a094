/** Reads folders and lists of a dataset; whatever cannot be read is named. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { messageOf, SurfwatchError } from '../../errors.ts';

const PICTURE = /\.(jpe?g|png|webp)$/i;

/** Whether a file is named as a picture is. */
export function isPicture(name: string): boolean {
  return PICTURE.test(name);
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

export interface Listing {
  /** Names in order, hidden ones left out. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** @throws SurfwatchError `dataset-unreadable` */
export async function list(directory: string): Promise<Listing> {
  try {
    const entries = (await readdir(directory, { withFileTypes: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    );
    const folders: string[] = [];
    const files: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const linked = entry.isSymbolicLink() && (await isFolder(join(directory, entry.name)));
      (entry.isDirectory() || linked ? folders : files).push(entry.name);
    }
    return { folders, files };
  } catch (error) {
    throw new SurfwatchError('dataset-unreadable', `cannot read ${directory}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** How deep folders are searched, so that a link to a folder above it comes to an end. */
const DEEPEST = 5;

/** Paths of all files beneath a folder, relative to it with `/` between, in order. */
export async function listDeep(directory: string, depth = DEEPEST): Promise<string[]> {
  const { folders, files } = await list(directory);
  const found = [...files];
  for (const folder of depth > 0 ? folders : []) {
    for (const inner of await listDeep(join(directory, folder), depth - 1)) found.push(`${folder}/${inner}`);
  }
  return found;
}

/** @throws SurfwatchError `dataset-unreadable` with the file and what its parser said */
export async function parseFile<T>(path: string, parser: (text: string) => T): Promise<T> {
  try {
    return parser(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new SurfwatchError('dataset-unreadable', `${path}: ${reason}`, { cause: error });
  }
}
