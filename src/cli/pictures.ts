/** The pictures that paths on a command line stand for, and their bytes. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { messageOf, SurfwatchError } from '../errors.ts';

/** Instead of a path: the one picture on standard input. */
const STDIN = '-';

/** A file to read, or why there is none. */
export type Listed = { readonly file: string } | { readonly file: string; readonly error: SurfwatchError };

const PICTURE_NAME = /^[^.].*\.(?:jpe?g|png|webp)$/i;
/** `frame2` comes before `frame10`. */
const collator = new Intl.Collator('en', { numeric: true });

/** Files as they are named, folders as the JPEG, PNG and WebP files in and below them; hidden ones are left out. */
export async function listPictures(paths: readonly string[]): Promise<Listed[]> {
  const listed: Listed[] = [];
  for (const path of paths) listed.push(...(await listPath(path)));
  return listed;
}

async function listPath(path: string): Promise<Listed[]> {
  if (path === STDIN) return [{ file: path }];
  try {
    if (!(await stat(path)).isDirectory()) return [{ file: path }];
    const files = await picturesBelow(path);
    if (files.length > 0) return files.map(file => ({ file }));
    return [
      { file: path, error: new SurfwatchError('image-missing', `${path} holds no JPEG, PNG or WebP file`) },
    ];
  } catch (error) {
    return [{ file: path, error: unreadable(error) }];
  }
}

async function picturesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const files: string[] = [];
  for (const entry of visible.sort((a, b) => collator.compare(a.name, b.name))) {
    const path = join(folder, entry.name);
    // Linked folders are not followed: they can lead round in a circle.
    if (entry.isDirectory()) files.push(...(await picturesBelow(path)));
    else if (PICTURE_NAME.test(entry.name)) files.push(path);
  }
  return files;
}

/**
 * A picture's bytes: of a file, a pipe, or standard input.
 *
 * @param maxBytes no more than this is read
 * @throws SurfwatchError `image-missing`, `image-too-large`
 */
export async function readPicture(file: string, maxBytes: number): Promise<Buffer> {
  try {
    return await collect(file === STDIN ? process.stdin : createReadStream(file), maxBytes);
  } catch (error) {
    throw error instanceof SurfwatchError ? error : unreadable(error);
  }
}

async function collect(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new SurfwatchError('image-too-large', `the picture has more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function unreadable(error: unknown): SurfwatchError {
  return new SurfwatchError('image-missing', messageOf(error), { cause: error });
}
