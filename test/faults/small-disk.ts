import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A disk of its own, some megabytes large; null where it cannot be mounted. */
export async function smallDisk(megabytes: number): Promise<string | null> {
  const folder = join(await temporaryFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

/** Others take all that is left. */
export function fill(disk: string): void {
  for (const size of [1e6, 1e5, 4096, 1]) {
    try {
      for (;;) writeFileSync(join(disk, `other-${randomUUID()}`), Buffer.alloc(size, 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

export function makeRoom(disk: string): void {
  for (const name of readdirSync(disk)) if (name.startsWith('other-')) rmSync(join(disk, name));
}
