/** Takes away what is no longer wanted of the heads made on the board, so that a power cut leaves none of them half. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Being written, and being deleted. */
const LEFTOVERS = ['.new', '.gone'];

/** Deletes what a power cut left of writing or deleting. */
export async function sweep(board: string): Promise<void> {
  for (const name of await namesIn(board)) {
    if (!LEFTOVERS.some(ending => name.endsWith(ending))) continue;
    await rm(join(board, name), { recursive: true, force: true });
  }
}

/** Under another name first: never is a part of a head to be found under its id. */
export async function removeHead(board: string, id: string): Promise<void> {
  const gone = join(board, `${id}.gone`);
  await rm(gone, { recursive: true, force: true });
  await rename(join(board, id), gone);
  await rm(gone, { recursive: true, force: true });
}

/** Moves a damaged head to `aside/` beside the folder of heads, for somebody to look at, and keeps the newest few there. */
export async function setAside(board: string, id: string, keep: number): Promise<string> {
  const aside = asideFolder(board);
  await mkdir(aside, { recursive: true });
  const to = join(aside, id);
  await rm(to, { recursive: true, force: true });
  await rename(join(board, id), to);
  const others = (await namesIn(aside)).filter(name => name !== basename(to)).sort();
  for (const name of others.slice(0, Math.max(0, others.length + 1 - keep))) {
    await rm(join(aside, name), { recursive: true, force: true });
  }
  return to;
}

export function asideFolder(board: string): string {
  return join(dirname(board), 'aside');
}

/**
 * The heads that may go: all but the last `keep` and those that are still needed.
 *
 * @param ids oldest first
 */
export function headsToRemove(
  ids: readonly string[],
  keep: number,
  needed: ReadonlySet<string | null | undefined>,
): readonly string[] {
  return ids.slice(0, Math.max(0, ids.length - keep)).filter(id => !needed.has(id));
}

/** Empty where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
