import { cp, mkdir, readdir, readFile, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { put, ROOT, surfwatchProcess } from './support.ts';

const VERSION = 'console.log("built"); export const version: number = 1;\n';

/** A clone with next to no sources, but what the build begins with; `node_modules` is the project's. */
async function clone(): Promise<{ folder: string; launcher: string }> {
  const folder = await temporaryFolder();
  for (const file of [
    'scripts/surfwatch.js',
    'scripts/build.js',
    'package.json',
    'tsconfig.json',
    'src/web/ui/tsconfig.json',
  ])
    await cp(join(ROOT, file), join(folder, file));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await put(folder, 'src/main.ts', VERSION);
  await put(folder, 'src/learning/retrain/worker.ts', 'export {};\n');
  await put(folder, 'src/broker/program.ts', 'export {};\n');
  await cp(join(ROOT, 'src/web/ui/index.html'), join(folder, 'src/web/ui/index.html'));
  await put(folder, 'src/web/ui/main.tsx', "import './style.css';\n");
  await put(folder, 'src/web/ui/style.css', 'p { color: red }\n');
  await put(folder, 'src/web/ui/public/icon.svg', '<svg/>\n');
  return { folder, launcher: join(folder, 'scripts/surfwatch.js') };
}

test('a clone is built at its first use, and again when its sources are newer', async () => {
  const { folder, launcher } = await clone();
  const [first, same] = [await surfwatchProcess([], { launcher }), await surfwatchProcess([], { launcher })];
  expect(first).toEqual({ status: 0, output: 'built\n', errors: 'surfwatch: building dist/ from src/ …\n' });
  expect(same).toEqual({ status: 0, output: 'built\n', errors: '' });
  const changed = await put(folder, 'src/main.ts', VERSION.replace('"built"', '"built again"'));
  await utimes(changed, new Date(), new Date(Date.now() + 1000));
  expect(await surfwatchProcess([], { launcher })).toMatchObject({ status: 0, output: 'built again\n' });
});

test('two first uses at once both get a whole build', async () => {
  const { launcher } = await clone();
  const both = await Promise.all([surfwatchProcess([], { launcher }), surfwatchProcess([], { launcher })]);
  expect(both.map(({ status, output }) => [status, output])).toEqual([
    [0, 'built\n'],
    [0, 'built\n'],
  ]);
});

test('says what to do where it cannot be built', async () => {
  const { folder, launcher } = await clone();
  await rm(join(folder, 'node_modules'));
  await mkdir(join(folder, 'node_modules'));
  const { status, errors } = await surfwatchProcess([], { launcher });
  expect(status).toBe(1);
  expect(errors).toContain("Cannot find package 'esbuild'");
  expect(errors).toContain('npm ci');
});

test('sources that are no program are not run', async () => {
  const { folder, launcher } = await clone();
  await put(folder, 'src/main.ts', `${VERSION}export const (\n`);
  const { status, output, errors } = await surfwatchProcess([], { launcher });
  expect([status, output]).toEqual([1, '']);
  expect(errors).toContain('src/main.ts:2:13: ERROR');
});

test('the page names its one script and its one style sheet, and nothing else is in the folder', async () => {
  const { folder, launcher } = await clone();
  await surfwatchProcess([], { launcher });
  const page = await readFile(join(folder, 'dist/web/index.html'), 'utf8');
  const assets = (await readdir(join(folder, 'dist/web/assets'))).sort();
  expect(assets).toEqual([
    expect.stringMatching(/^index-\w+\.css$/),
    expect.stringMatching(/^index-\w+\.js$/),
  ]);
  for (const name of assets) expect(page).toContain(`"./assets/${name}"`);
});

test('an installed package, which has no sources, runs what it came with', async () => {
  const { folder, launcher } = await clone();
  await surfwatchProcess([], { launcher });
  await rm(join(folder, 'src'), { recursive: true });
  expect(await surfwatchProcess([], { launcher })).toEqual({ status: 0, output: 'built\n', errors: '' });
});
