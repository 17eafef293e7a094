/** For each file of tests: a folder for temporary files of its own, in which nothing may be left. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { cleanUp } from './at-end.ts';

const before = tmpdir();
const folder = mkdtempSync(join(before, 'file-'));
process.env.TMPDIR = folder;

// The last of the hooks: they run in reverse.
afterAll(async () => {
  process.env.TMPDIR = before;
  try {
    await cleanUp();
    expect(readdirSync(folder), 'left in the temporary directory').toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
