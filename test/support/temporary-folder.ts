import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './at-end.ts';

/** An empty folder that goes when the tests of the file have ended. @param parent the system's, when absent */
export function temporaryFolderSync(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'surfwatch-test-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function temporaryFolder(): Promise<string> {
  return temporaryFolderSync();
}
