/** For each file of tests: a folder for temporary files of its own, in which nothing may be left. */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { cleanUp } from './at-end.ts';

const { TEST_TEMPORARY } = process.env;
if (TEST_TEMPORARY === undefined) throw new Error('it is made by test/support/build.ts');
const folder = mkdtempSync(join(TEST_TEMPORARY, 'file-'));
chmodSync(folder, 0o711);
process.env.TMPDIR = folder;

// The last of the hooks: they run in reverse. Where all tests of a file are skipped, none runs, and nothing was made.
afterAll(async () => {
  try {
    await cleanUp();
    expect(readdirSync(folder), 'left in the temporary directory').toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
