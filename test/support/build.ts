/**
 * Builds `dist/` once before the tests, where it is missing or older than `src/`: the tests of the commands run it. Bundles
 * the programs of the tests as well, and gives the run a directory for temporary files of its own.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../scripts/build.js';
import { PROGRAMS } from './programs.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Each project of a run calls it; what the first has built is there for all. */
export async function setup(): Promise<void> {
  if (process.env.TEST_PROGRAMS !== undefined) return;
  const launcher = join(ROOT, 'scripts', 'surfwatch.js');
  const { status } = spawnSync(process.execPath, [launcher, '--version'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  // The tests that need it then fail by themselves; the others can still be run.
  if (status !== 0) console.error('The tests of test/cli will fail: src/ cannot be built.');
  // Of this run alone: another may be under way.
  const folder = join(ROOT, '.cache', `programs-${process.pid}`);
  process.env.TEST_PROGRAMS = folder;
  const temporary = mkdtempSync(join(tmpdir(), 'surfwatch-tests-'));
  // Some tests go on as another user, and must get to their files.
  chmodSync(temporary, 0o711);
  process.env.TEST_TEMPORARY = temporary;
  // A run that is interrupted gets no further; what it has mounted stays.
  process.once('exit', () => {
    for (const own of [folder, temporary]) {
      try {
        rmSync(own, { recursive: true, force: true });
      } catch {}
    }
  });
  await bundle(folder, PROGRAMS);
}
