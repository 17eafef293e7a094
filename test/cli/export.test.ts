import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { headWeightBytes } from '../../src/activity/head-bundle.ts';
import { tinyHead } from '../exchange/export/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyBundle } from '../vision/support.ts';
import { jsonLines, noisyPicture, put, surfwatch, surfwatchProcess } from './support.ts';

/** A folder of models: a backbone of six layers that tells no ranges, and a head. */
async function tinyModels(): Promise<string> {
  const folder = await temporaryFolder();
  const { manifest, weights } = tinyBundle(16, 1);
  const { manifest: head, ...layers } = tinyHead(1);
  const bytes = Buffer.from(headWeightBytes(layers));
  await put(folder, 'backbone/tiny/manifest.json', JSON.stringify(manifest));
  await put(folder, `backbone/tiny/${manifest.weights.file}`, Buffer.from(weights.buffer));
  await put(folder, 'heads/current', 'tiny-1');
  await put(folder, 'heads/tiny-1/weights.f32.bin', bytes);
  const described = {
    ...head,
    backbone: { id: 'tiny', sha256: manifest.weights.sha256 },
    weights: { ...head.weights, sha256: createHash('sha256').update(bytes).digest('hex') },
  };
  await put(folder, 'heads/tiny-1/head.json', JSON.stringify(described));
  return folder;
}

test('the shipped model is written and checked', async () => {
  const out = join(await temporaryFolder(), 'made', 'surfwatch.onnx');
  const { status, output } = await surfwatch(['export', '--format', 'onnx', '--out', out, '--json']);
  expect(status).toBe(0);
  const [report] = jsonLines(output);
  expect(report).toMatchObject({
    format: 'onnx',
    precision: 'float32',
    files: [{ path: out, bytes: (await stat(out)).size }],
    activities: ['surfing', 'windsurfing', 'kitesurfing'],
  });
  expect(report?.difference).toBeLessThanOrEqual(1e-4);
});

test('the shipped backbone tells its ranges, so int8 needs no pictures', async () => {
  const folder = await temporaryFolder();
  const { status, output } = await surfwatchProcess(['export', '-f', 'tflite', '-p', 'int8'], {
    cwd: folder,
  });
  expect(status).toBe(0);
  const [path = ''] = /^\S+\.tflite/m.exec(output) ?? [];
  expect(path).toMatch(/int8\.tflite$/);
  const bytes = await readFile(join(folder, path));
  expect(bytes.toString('latin1', 4, 8)).toBe('TFL3');
  expect(bytes.length).toBeLessThan(4e6);
});

test('a backbone without ranges is refused in int8, or measured on pictures', async () => {
  const models = ['--backbone', 'tiny', '--models', await tinyModels()];
  const pictures = await temporaryFolder();
  const out = join(pictures, 'tiny.onnx');
  const args = ['export', '-f', 'onnx', '-p', 'int8', '-o', out, '--json', ...models];
  const refused = await surfwatch(args);
  expect(refused.status).toBe(1);
  expect(refused.errors).toContain('export-needs-ranges');
  expect(refused.errors).toContain('--calibrate');

  for (const name of ['a.jpg', 'b/c.jpg']) await put(pictures, name, await noisyPicture());
  await put(pictures, 'broken.jpg', 'is left out');
  const measured = await surfwatch([...args, '--calibrate', pictures]);
  expect(measured.status).toBe(0);
  expect(jsonLines(measured.output)[0]).toMatchObject({
    precision: 'int8',
    head: 'tiny-1',
    backbone: 'tiny',
  });
});

test('a precision that the format has not is wrong usage', async () => {
  const { status, errors } = await surfwatch(['export', '-f', 'keras', '-p', 'int8']);
  expect(status).toBe(2);
  expect(errors).toContain('export-unsupported');
});

test('a place that cannot be written to is named', async () => {
  const out = join(await put(await temporaryFolder(), 'file', ''), 'model.tflite');
  const { status, errors } = await surfwatch(['export', '-f', 'tflite', '-o', out]);
  expect(status).toBe(1);
  expect(errors).toContain('export-failed');
  expect(errors).toContain(out);
});
