/** Small JSON files of the state folder, with a version. A damaged one is set aside instead of stopping the daemon. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { replaceFile, syncFolder } from './durable.ts';
import { setAside } from './set-aside.ts';
import { codeOf, storageError } from './storage-error.ts';

export interface StateFile<T> {
  /** Absolute. Its folder is made where it is missing. */
  readonly path: string;
  /** Version of its content; raised when an older program could not read it. */
  readonly version: number;
  readonly schema: z.ZodType<T>;
}

/** `value` null: there is no file. `damage`: what is wrong with the file that there is. */
export type StateRead<T> =
  | { readonly value: T | null; readonly damage: null }
  | { readonly value: null; readonly damage: string };

const versioned = z.looseObject({ version: z.int().min(1) });

/**
 * Never rejects.
 *
 * @param now milliseconds since the epoch (UTC), for the name of a damaged file that is set aside; null leaves it
 */
export async function readStateFile<T>(file: StateFile<T>, now: number | null): Promise<StateRead<T>> {
  let text: string;
  try {
    text = await readFile(file.path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return { value: null, damage: null };
    return { value: null, damage: `${file.path} cannot be read: ${messageOf(error)}` };
  }
  try {
    return { value: parsed(file, text), damage: null };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    return {
      value: null,
      damage: `${file.path}: ${reason}${now === null ? '' : moveAway(file.path, now)}`,
    };
  }
}

/** On disk when it resolves. @throws SurfwatchError `disk-full`, `state-unwritable`, `storage-failed` */
export async function writeStateFile<T>({ path, version }: StateFile<T>, value: T): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, `${JSON.stringify({ version, ...value }, null, 2)}\n`);
  } catch (error) {
    throw storageError(error, path);
  }
}

/** @throws SurfwatchError `state-unwritable`, `storage-failed` */
export async function removeStateFile({ path }: Pick<StateFile<unknown>, 'path'>): Promise<void> {
  try {
    await rm(path, { force: true });
    await syncFolder(dirname(path));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw storageError(error, path);
  }
}

function parsed<T>({ version, schema }: StateFile<T>, text: string): T {
  const content: unknown = JSON.parse(text);
  const { version: found } = versioned.parse(content);
  if (found > version)
    throw new Error(`version ${found}, of a newer surfwatch; this one knows ${version} at most`);
  return schema.parse(content);
}

function moveAway(path: string, now: number): string {
  try {
    return `; set aside as ${setAside(path, now)}`;
  } catch (error) {
    return `; it cannot be set aside: ${messageOf(error)}`;
  }
}
