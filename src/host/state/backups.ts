/** The backups that an update makes before it changes anything: folders in `backups/`, the last three kept. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../base/durable.ts';
import { timeInName } from '../../base/set-aside.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { BACKUPS, type CopiedState, copyState } from './copy.ts';

const KEPT = 3;

export interface MadeBackup extends CopiedState {
  readonly folder: string;
}

/**
 * @param from the version that the state is of, for the name
 * @param now milliseconds since the epoch (UTC)
 * @throws SurfwatchError `state-backup-failed`
 */
export async function makeBackup(stateDir: string, from: string, now: number): Promise<MadeBackup> {
  const root = join(stateDir, BACKUPS);
  const folder = join(root, `${from}-${timeInName(now)}`);
  const aside = `${folder}.new`;
  try {
    await mkdir(root, { recursive: true });
    for (const name of await backups(root, true)) await rm(join(root, name), { recursive: true });
    const copied = await copyState(stateDir, aside);
    await rename(aside, folder);
    await syncFolder(root);
    await prune(root);
    return { ...copied, folder };
  } catch (error) {
    await rm(aside, { recursive: true, force: true }).catch(() => undefined);
    throw new SurfwatchError('state-backup-failed', `${folder}: ${messageOf(error)}`, { cause: error });
  }
}

async function prune(root: string): Promise<void> {
  for (const name of (await backups(root, false)).slice(0, -KEPT)) {
    await rm(join(root, name), { recursive: true, force: true });
  }
}

/** Oldest first. @param unfinished those that a power cut left, else the whole ones */
async function backups(root: string, unfinished: boolean): Promise<string[]> {
  const names = await readdir(root);
  return names
    .filter(name => name.endsWith('.new') === unfinished)
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
}

function timeOf(name: string): string {
  return name.slice(name.search(/\d{4}-\d{2}-\d{2}T/));
}
