/**
 * Puts another state in the place of that in a state folder. A power cut at any instant leaves the old one or the new
 * one: the new one is made ready in a folder of its own, whose last name is the word from which on it holds, and moving
 * its parts into place can be done again until it is done.
 */
import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { replaceFile, syncFolder } from '../../base/durable.ts';
import { timeInName } from '../../base/set-aside.ts';
import { codeOf } from '../../base/storage-error.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { BACKUPS, RESTORE } from './copy.ts';
import { LOCK_FILES } from './lock.ts';

const UNFINISHED = `${RESTORE}.new`;
const PLAN = 'plan.json';
const NEW_STATE = 'state';

/** `aside`: name of the folder in `backups/` for what was there; null where nothing was. */
const planSchema = z.object({ aside: z.string().nullable(), old: z.array(z.string()) });

/** @returns an empty folder for the new state, beside the old one */
export async function prepareRestore(stateDir: string): Promise<string> {
  const folder = join(stateDir, UNFINISHED);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, NEW_STATE), { recursive: true });
  return join(folder, NEW_STATE);
}

/**
 * The new state, all of it on disk, holds from now on. {@link finishRestore} puts it in place.
 *
 * @param now milliseconds since the epoch (UTC), for the name of what was there
 * @returns the folder that what was there is put into; null where nothing was
 */
export async function commitRestore(stateDir: string, now: number): Promise<string | null> {
  const unfinished = join(stateDir, UNFINISHED);
  const stays = [...LOCK_FILES, BACKUPS, UNFINISHED];
  const old = (await readdir(stateDir)).filter(name => !stays.includes(name));
  const name = `before-restore-${timeInName(now)}`;
  const aside = old.length === 0 ? null : name;
  if (aside !== null) {
    await mkdir(join(stateDir, BACKUPS, aside), { recursive: true });
    await syncFolder(join(stateDir, BACKUPS));
  }
  await replaceFile(join(unfinished, PLAN), `${JSON.stringify({ aside, old })}\n`);
  await rename(unfinished, join(stateDir, RESTORE));
  await syncFolder(stateDir);
  return aside === null ? null : join(stateDir, BACKUPS, aside);
}

/** Drops what was prepared. Never rejects. */
export async function dropRestore(stateDir: string): Promise<void> {
  await rm(join(stateDir, UNFINISHED), { recursive: true, force: true }).catch(() => undefined);
}

/**
 * Finishes a restore that holds, if there is one; what never came to hold is dropped. To be called under the lock.
 *
 * @returns whether there was one
 * @throws SurfwatchError `restore-unfinished`
 */
export async function finishRestore(stateDir: string): Promise<boolean> {
  const ready = join(stateDir, RESTORE);
  let text: string;
  try {
    text = await readFile(join(ready, PLAN), 'utf8');
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(codeOf(error))) throw unfinished(ready, error);
    await dropRestore(stateDir);
    return false;
  }
  try {
    const { aside, old } = planSchema.parse(JSON.parse(text));
    if (aside !== null && old.length > 0) {
      await moveOut(stateDir, join(stateDir, BACKUPS, aside), old);
      // What bears these names from now on is new.
      await replaceFile(join(ready, PLAN), `${JSON.stringify({ aside, old: [] })}\n`);
    }
    const folder = join(ready, NEW_STATE);
    for (const name of await readdir(folder)) await rename(join(folder, name), join(stateDir, name));
    await syncFolder(stateDir);
    // Its plan goes first where it is only deleted.
    await rm(join(stateDir, UNFINISHED), { recursive: true, force: true });
    await rename(ready, join(stateDir, UNFINISHED));
    await syncFolder(stateDir);
  } catch (error) {
    throw unfinished(ready, error);
  }
  await dropRestore(stateDir);
  return true;
}

/** What is aside already was moved before a power cut. */
async function moveOut(stateDir: string, aside: string, old: readonly string[]): Promise<void> {
  await mkdir(aside, { recursive: true });
  for (const name of old) {
    if (await isThere(join(aside, name))) continue;
    if (await isThere(join(stateDir, name))) await rename(join(stateDir, name), join(aside, name));
  }
  await syncFolder(aside);
  await syncFolder(stateDir);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function unfinished(ready: string, cause: unknown): SurfwatchError {
  return new SurfwatchError('restore-unfinished', `${ready}: ${messageOf(cause)}`, { cause });
}
