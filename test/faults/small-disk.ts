import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A disk of its own, some megabytes large; null where it can't be mounted. */
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

/** Others take all that is left. @returns makes room again */
export function fill(disk: string): () => void {
  const made: string[] = [];
  for (const size of [1e6, 1e5, 4096, 1]) {
    for (;;) {
      const path = join(disk, `other-${size}-${made.length}`);
      try {
        made.push(path);
        writeFileSync(path, Buffer.alloc(size, 1));
      } catch {
        break;
      }
    }
  }
  return () => {
    for (const path of made) rmSync(path, { force: true });
  };
}
