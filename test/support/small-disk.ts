/** A small disk of its own, to be filled or made read-only: needs root. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

/** Of four megabytes; null where it cannot be mounted. */
export async function smallDisk(): Promise<string | null> {
  const folder = join(await temporaryFolder(), 'disk');
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

export function remount(disk: string, mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, disk], { stdio: 'ignore' });
}

/** Others fill what is left; called again, what was given back since. */
export function fill(disk: string): void {
  for (const size of [4e6, 1e5, 4096, 1]) {
    for (let count = 0; count < 4000; count++) {
      try {
        writeFileSync(join(disk, `other-${size}-${count}`), Buffer.alloc(size, 1), { flag: 'wx' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') break;
      }
    }
  }
}
