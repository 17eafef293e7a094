/** What was damaged and set aside in the state folder: `….corrupt-<time>`. */
import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DATABASE_ENDINGS, SET_ASIDE } from '../../base/set-aside.ts';

/** How many of each file. They can be large. */
const KEPT = 3;

/** Relative paths, the oldest first. Never throws. */
export async function setAsideFiles(stateDir: string): Promise<string[]> {
  const entries = await readdir(stateDir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter(({ name }) => SET_ASIDE.test(name))
    .map(entry => relative(stateDir, join(entry.parentPath, entry.name)))
    .sort((a, b) => timeOf(a).localeCompare(timeOf(b)));
}

/** The text of the alert `state-damaged`, or null: what was set aside since `before` was listed. */
export async function newlySetAside(stateDir: string, before: readonly string[]): Promise<string | null> {
  const fresh = (await setAsideFiles(stateDir)).filter(path => !before.includes(path));
  return fresh.length === 0 ? null : `damaged, set aside and begun anew: ${fresh.join(', ')}`;
}

/** Deletes all but the newest of each file. */
export async function pruneSetAside(stateDir: string): Promise<void> {
  const byFile = new Map<string, string[]>();
  for (const path of await setAsideFiles(stateDir)) {
    const file = path.replace(SET_ASIDE, '');
    byFile.set(file, [...(byFile.get(file) ?? []), path]);
  }
  for (const path of [...byFile.values()].flatMap(paths => paths.slice(0, -KEPT))) {
    for (const ending of DATABASE_ENDINGS) {
      await rm(join(stateDir, path + ending), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

function timeOf(path: string): string {
  return SET_ASIDE.exec(path)?.[1] ?? '';
}
