/** `version.json`: which version the content of a state folder is of. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../../base/durable.ts';
import { setAside } from '../../base/set-aside.ts';
import { codeOf } from '../../base/storage-error.ts';
import { SurfwatchError } from '../../errors.ts';
import { LOCK_FILES } from './lock.ts';

const FILE = 'version.json';

const versionSchema = z.object({ state: z.int().min(0), app: z.string() });

/** Versions of the layout of the folder, and of the program that last worked in it. */
export type StateVersion = z.infer<typeof versionSchema>;

export interface FoundVersion {
  /** Null where the folder is empty. Version 0, of program ``, is that of a folder without the file. */
  readonly version: StateVersion | null;
  /** Where a damaged file was put; null where all was well. */
  readonly setAside: string | null;
}

const UNKNOWN: StateVersion = { state: 0, app: '' };

/**
 * A damaged file is set aside and the version taken for 0: migrations can be run again.
 *
 * @throws whatever the file system says
 */
export async function findVersion(stateDir: string, now: number): Promise<FoundVersion> {
  const path = join(stateDir, FILE);
  try {
    return { version: versionSchema.parse(JSON.parse(await readFile(path, 'utf8'))), setAside: null };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return { version: (await isEmpty(stateDir)) ? null : UNKNOWN, setAside: null };
    const isDamaged = code === '' || code === 'EISDIR' || error instanceof SyntaxError;
    if (!isDamaged) throw error;
    return { version: UNKNOWN, setAside: setAside(path, now) };
  }
}

export async function writeVersion(stateDir: string, version: StateVersion): Promise<void> {
  await replaceFile(join(stateDir, FILE), `${JSON.stringify(version)}\n`);
}

/**
 * @param app of this program, which knows versions up to `newest`
 * @throws SurfwatchError `state-newer`
 */
export function refuseNewer(found: StateVersion, stateDir: string, app: string, newest: number): void {
  if (found.state <= newest) return;
  const by = found.app === '' ? '' : `, of surfwatch ${found.app}`;
  throw new SurfwatchError(
    'state-newer',
    `${stateDir} has version ${found.state}${by}; this is surfwatch ${app}, which knows versions up to ${newest}`,
  );
}

async function isEmpty(stateDir: string): Promise<boolean> {
  const names = await readdir(stateDir);
  return names.every(name => LOCK_FILES.includes(name) || name.startsWith(FILE));
}
