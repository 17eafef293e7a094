/** Reads what the kernel tells in files. A file that is missing or says something else is null, never an error. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the kernel's files are. A test brings folders of its own. */
export interface KernelRoots {
  /** `/proc` */
  readonly proc: string;
  /** `/sys` */
  readonly sys: string;
}

export const KERNEL_ROOTS: KernelRoots = { proc: '/proc', sys: '/sys' };

/** Without the line end. */
export async function textOf(...path: readonly string[]): Promise<string | null> {
  return readFile(join(...path), 'utf8').then(
    text => text.trim(),
    () => null,
  );
}

/** A whole number, `0x` before a hexadecimal one. */
export async function numberOf(...path: readonly string[]): Promise<number | null> {
  const text = await textOf(...path);
  return text !== null && /^(-?\d+|0x[0-9a-f]+)$/i.test(text) ? Number(text) : null;
}

/** The folders of a class of devices whose names begin so, in the order of their numbers. */
export async function devices(folder: string, prefix: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter(name => name.startsWith(prefix))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map(name => join(folder, name));
}
