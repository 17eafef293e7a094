/** The state folder: writable, with room on its disk. */
import { randomUUID } from 'node:crypto';
import { access, constants, rm, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { diskFree } from '../../board/disk-free.ts';
import { messageOf } from '../../errors.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const TOO_LITTLE_MB = 100;
const LITTLE_MB = 1_000;

/** Leaves nothing behind: a folder that is missing is not made, only found possible to make. */
export async function checkStateDir(stateDir: string): Promise<Finding> {
  const folder = await nearestFolder(stateDir);
  try {
    if (folder === stateDir) await tryWriting(stateDir);
    else await access(folder, constants.W_OK | constants.X_OK);
    return ok('state folder', folder === stateDir ? `${stateDir}: writable` : `${stateDir}: can be made`);
  } catch (error) {
    const remedy = `Give ${userInfo().username} the folder (\`chown ${userInfo().username} ${folder}\`), or set \`stateDir\` to another.`;
    return fail('state folder', `${stateDir}: ${messageOf(error)}`, remedy);
  }
}

export async function checkDisk(stateDir: string): Promise<Finding> {
  const free = await diskFree(stateDir);
  if (free === null) return ok('disk', `free space at ${stateDir} is not known`);
  const detail = `${free} MB free for ${stateDir}`;
  const remedy = 'Free some space: `journalctl --vacuum-size=100M`, `apt clean`, old files.';
  if (free < TOO_LITTLE_MB) return fail('disk', detail, remedy);
  return free < LITTLE_MB ? warn('disk', detail, remedy) : ok('disk', detail);
}

async function tryWriting(folder: string): Promise<void> {
  const path = join(folder, `.doctor-${randomUUID()}`);
  try {
    await writeFile(path, 'surfwatch doctor\n', { flag: 'wx' });
  } finally {
    await rm(path, { force: true });
  }
}

/** The folder itself, or the nearest above it that exists. */
async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined || dirname(path) === path ? path : nearestFolder(dirname(path));
}
