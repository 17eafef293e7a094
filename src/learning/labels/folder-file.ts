/** The files of the folder of labels: told apart, read, and put away. */
import { constants } from 'node:fs';
import { lstat, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';
import { messageOf, SurfwatchError } from '../../errors.ts';

/** What programs leave beside pictures, and what is still on its way. */
const NOT_MEANT = /^\.|^(thumbs\.db|desktop\.ini)$|~$|\.(part|partial|tmp|crdownload|filepart)$/i;

export function isMeant(name: string): boolean {
  return !NOT_MEANT.test(name);
}

/** Changes whenever the file does; undefined where it is gone, or is no plain file. */
export async function stateOf(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? `${found.ino}:${found.size}:${found.mtimeMs}` : undefined;
}

/** Whether a path, all links followed, lies in the folder. False where it leads nowhere. */
export async function leadsInside(folder: string, path: string): Promise<boolean> {
  try {
    return (await realpath(path)).startsWith((await realpath(folder)) + sep);
  } catch {
    return false;
  }
}

/** @throws SurfwatchError `label-image-too-large`; `label-not-an-image` where it cannot be read or is no plain file */
export async function readFileUpTo(path: string, maxBytes: number): Promise<Buffer> {
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    // Opening a pipe without a writer would wait for ever.
    const file = await open(await realpath(path), flags);
    try {
      const about = await file.stat();
      if (!about.isFile()) throw new Error('it is no plain file');
      if (about.size > maxBytes) {
        const reason = `the picture has ${about.size} bytes, ${maxBytes} are allowed`;
        throw new SurfwatchError('label-image-too-large', reason);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof SurfwatchError) throw error;
    throw new SurfwatchError('label-not-an-image', messageOf(error), { cause: error });
  }
}

/**
 * Moves a file into a folder that is made where it is missing, under another name where its own is taken.
 *
 * @returns where it is
 */
export async function putAway(path: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { name, ext } = parse(path);
  for (let n = 1; ; n++) {
    const target = join(folder, n === 1 ? `${name}${ext}` : `${name}-${n}${ext}`);
    if (await isFree(target)) {
      await rename(path, target);
      return target;
    }
  }
}

/** Writes a note where it does not say the same already. */
export async function writeNote(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const { dir, base } = parse(path);
  const aside = join(dir, `.${base}.new`);
  await mkdir(dir, { recursive: true });
  // Never through a link that lies in its place.
  await rm(aside, { force: true });
  await writeFile(aside, text, { flag: 'wx' });
  await rename(aside, path);
}

async function isFree(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}
