/** Runs a script of the project as a user does. */
import { spawnSync } from 'node:child_process';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { program } from '../support/programs.ts';

export function runScript(script: Parameters<typeof program>[0], args: readonly string[]) {
  return spawnSync(process.execPath, [program(script), ...args], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}
