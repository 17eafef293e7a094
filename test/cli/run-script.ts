/** Runs a script of the project as a user does. */
import { spawnSync } from 'node:child_process';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';

export function runScript(script: string, args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: PACKAGE_ROOT,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}
