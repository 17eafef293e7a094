/** The pictures in a folder, and none from outside it. */
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { imageType } from '../base/image-type.ts';
import { messageOf, SurfwatchError } from '../errors.ts';

const PICTURE_NAME = /^[^.].*\.(?:jpe?g|png|webp)$/i;
const MAX_BYTES = 100 * 1024 * 1024;
/** `frame2` comes before `frame10`. */
const collator = new Intl.Collator('en', { numeric: true });

export function isPictureName(name: string): boolean {
  return PICTURE_NAME.test(name);
}

/**
 * The names of the pictures in a folder, in natural order.
 *
 * @throws SurfwatchError `camera-missing` or `camera-forbidden`
 */
export async function listPictures(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw folderFailure(folder, error);
  });
  return names.filter(isPictureName).sort((a, b) => collator.compare(a, b) || (a < b ? -1 : 1));
}

/**
 * One picture of a folder, whole.
 *
 * @throws SurfwatchError `camera-missing`, `camera-forbidden`, or `camera-bad-response` for what is no plain file of a
 * picture inside the folder: a link that leads out of it, a pipe, a text.
 */
export async function readPictureFile(folder: string, name: string): Promise<Buffer> {
  const path = join(folder, name);
  try {
    const inside = (await realpath(folder)) + sep;
    const target = await realpath(path);
    if (!target.startsWith(inside)) throw refuse(path, 'leads out of the folder');
    // Opening a pipe without a writer would wait for ever.
    const file = await open(target, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const about = await file.stat();
      if (!about.isFile()) throw refuse(path, 'is no plain file');
      if (about.size > MAX_BYTES) throw refuse(path, `is larger than ${MAX_BYTES} bytes`);
      const bytes = await file.readFile();
      if (imageType(bytes) === undefined) throw refuse(path, 'is no JPEG, PNG or WebP');
      return bytes;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof SurfwatchError) throw error;
    throw folderFailure(path, error);
  }
}

/** Whether a picture's end is there: programs that write slowly make pauses. True for what is no picture. */
export async function hasItsEnd(path: string): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined);
  if (file === undefined) return true;
  try {
    const { size } = await file.stat();
    const head = await file.read(Buffer.alloc(12), 0, 12, 0);
    const tail = Buffer.alloc(Math.min(size, 1024));
    await file.read(tail, 0, tail.length, size - tail.length);
    const type = imageType(head.buffer);
    if (type === 'jpeg') return tail.includes(Buffer.from([0xff, 0xd9]));
    if (type === 'png') return tail.includes('IEND');
    return type !== 'webp' || size >= head.buffer.readUInt32LE(4) + 8;
  } catch {
    return true;
  } finally {
    await file.close();
  }
}

/** What tells this folder from another of the same name; undefined where there is none. */
export async function identityOf(folder: string): Promise<string | undefined> {
  return stat(folder).then(
    found => (found.isDirectory() ? `${found.dev}:${found.ino}` : undefined),
    () => undefined,
  );
}

/** What a failed look at a file or folder means. */
export function folderFailure(path: string, error: unknown): SurfwatchError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return new SurfwatchError('camera-forbidden', `${path}: permission denied`, { cause: error });
  }
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new SurfwatchError('camera-missing', `${path}: no such file or folder`, { cause: error });
  }
  return new SurfwatchError('camera-failed', `${path}: ${messageOf(error)}`, { cause: error });
}

function refuse(path: string, fault: string): SurfwatchError {
  return new SurfwatchError('camera-bad-response', `${path} ${fault}`);
}
