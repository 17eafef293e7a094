import { spawnSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/base/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ONNX = ['linux/arm64', 'linux/x64', 'darwin/arm64', 'win32/x64'].map(
  platform => `onnxruntime-node/bin/napi-v6/${platform}/onnxruntime_binding.node`,
);
const KEPT = [
  '@tensorflow/tfjs-core/dist/tf-core.node.js',
  '@tensorflow/tfjs-core/dist/index.js',
  '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm',
  'sharp/lib/index.js.map',
];
const BROWSERS = [
  '@tensorflow/tfjs-core/dist/tf-core.min.js',
  '@tensorflow/tfjs-core/dist/tf-core.node.js.map',
  '@tensorflow/tfjs/dist/tf.min.js.html',
  '@tensorflow/tfjs-core/dist/miniprogram/index.js',
];

/** @returns what is left in `node_modules/` */
async function prune(files: readonly string[], cpu: string): Promise<string[]> {
  const folder = await temporaryFolder();
  for (const file of files) {
    await mkdir(dirname(join(folder, 'node_modules', file)), { recursive: true });
    await writeFile(join(folder, 'node_modules', file), '');
  }
  const script = join(PACKAGE_ROOT, 'scripts', 'prune.js');
  const { status, stderr } = spawnSync(process.execPath, [script, folder, cpu], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const start = join(folder, 'node_modules/').length;
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(start));
}

it.each(['x64', 'arm64'])('leaves what Node.js loads on %s', async cpu => {
  const left = await prune([...ONNX, ...KEPT, ...BROWSERS], cpu);
  expect(left.sort()).toEqual([...KEPT, ...ONNX.filter(path => path.includes(`linux/${cpu}/`))].sort());
});

it('takes no library away where there is none for this platform, and needs no package', async () => {
  expect((await prune(ONNX, 'riscv64')).sort()).toEqual([...ONNX].sort());
  expect(await prune([], 'x64')).toEqual([]);
});
