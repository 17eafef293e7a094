import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const installed = join(PACKAGE_ROOT, 'node_modules');

it('the install script of onnxruntime-node ends before it downloads anything', async () => {
  const modules = join(await temporaryFolder(), 'node_modules');
  const onnxruntime = join(modules, 'onnxruntime-node');
  mkdirSync(onnxruntime, { recursive: true });
  cpSync(join(installed, 'onnxruntime-node/script'), join(onnxruntime, 'script'), { recursive: true });
  symlinkSync(join(installed, 'adm-zip'), join(modules, 'adm-zip'));
  symlinkSync(join(PACKAGE_ROOT, 'scripts/no-cuda'), join(modules, 'global-agent'));
  // Neither a setting nor an environment variable that would skip it.
  const env = { PATH: process.env.PATH };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['script/install.js'], {
    cwd: onnxruntime,
    env,
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});

it('npm puts it in the place of global-agent, in every install of a clone', () => {
  const { packages } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package-lock.json'), 'utf8'));
  const agents = Object.keys(packages).filter(path => path.endsWith('node_modules/global-agent'));
  expect(agents.map(path => packages[path])).toEqual([{ resolved: 'scripts/no-cuda', link: true }]);
});
