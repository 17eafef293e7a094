/** Builds `dist/` once before the tests, where it is missing or older than `src/`: the tests of the commands run it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

export function setup(): void {
  const launcher = join(ROOT, 'scripts', 'surfwatch.js');
  const { status } = spawnSync(process.execPath, [launcher, '--version'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The tests that need it then fail by themselves; the others can still be run.
  if (status !== 0) console.error('The tests of test/cli will fail: src/ does not compile.');
}
