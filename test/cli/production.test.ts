import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ROOT, surfwatchProcess } from './support.ts';

/** A clone after `npm ci --omit=dev`: of the packages it has those alone that the lock file does not call development ones. */
async function productionClone(): Promise<string> {
  const folder = await temporaryFolder();
  for (const path of ['scripts', 'package.json', 'tsconfig.json', 'src', 'config', 'models'])
    await cp(join(ROOT, path), join(folder, path), { recursive: true });
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  for (const [path, { dev, devOptional }] of Object.entries<{ dev?: true; devOptional?: true }>(packages)) {
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || dev || devOptional) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(join(ROOT, path), join(folder, path));
  }
  return folder;
}

test('a clone without development packages is built at its first use, and finds its engines', async () => {
  const launcher = join(await productionClone(), 'scripts', 'surfwatch.js');
  const { errors, output } = await surfwatchProcess(
    ['doctor', '--no-camera', '--json', '--set', 'broker.port=0'],
    {
      launcher,
    },
  );
  expect(errors).toContain('building dist/');
  const statuses = Object.fromEntries(
    JSON.parse(output).findings.map(({ name, status }: Record<string, string>) => [name, status]),
  );
  expect(statuses).toMatchObject({ backbone: 'ok', head: 'ok', 'engine onnx': 'ok', 'engine wasm': 'ok' });
});
