import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { noisyPicture, put, surfwatch } from './support.ts';

const ONE_THREAD = ['--set', 'vision.threads=1'];

interface Interval {
  readonly intervalMs: number;
  readonly smallestPx: number;
}

test('measures a frame of the camera at its own size, and says what is left time for', async () => {
  const file = await put(await temporaryFolder(), 'frame.jpg', await noisyPicture(640, 352));
  const { status, output, errors } = await surfwatch([
    'bench',
    file,
    '--seconds',
    '1',
    '--json',
    ...ONE_THREAD,
  ]);
  expect([status, errors]).toEqual([0, '']);
  const { machine, engine, share, frames } = JSON.parse(output);
  expect({ engine, share }).toEqual({ engine: 'onnx', share: 0.5 });
  expect(machine.cores).toBeGreaterThan(0);
  expect(frames).toMatchObject([
    { width: 640, height: 352, precision: 'fp32' },
    { width: 640, height: 352, precision: 'int8' },
  ]);
  const [{ reads, readMs, intervals }] = frames;
  expect(reads).toBeGreaterThanOrEqual(2);
  expect(readMs.p50).toBeGreaterThan(0);
  expect(readMs.p95).toBeGreaterThanOrEqual(readMs.p50);
  // More time never makes what can be seen larger.
  expect(intervals.map(({ intervalMs }: Interval) => intervalMs)).toEqual([1000, 2000, 5000, 10_000]);
  const smallest: number[] = intervals.map(({ smallestPx }: Interval) => smallestPx);
  expect(smallest).toEqual(smallest.toSorted((a, b) => b - a));
  expect(smallest.at(-1)).toBeGreaterThanOrEqual(6);
});

test('reads what is shipped at two sizes, as it is told to, and prints a table', async () => {
  const { status, output } = await surfwatch([
    'bench',
    '--seconds',
    '1',
    ...ONE_THREAD,
    '--set',
    'vision.precision=int8',
  ]);
  expect(status).toBe(0);
  expect(output).toMatch(/^1280 × 720 +int8 .*\d+ \/ \d+ ms.* px/m);
  expect(output).toMatch(/^1920 × 1080 +int8 .*\d+ \/ \d+ ms.* px/m);
});

test('needs a picture that can be read', async () => {
  const missing = join(await temporaryFolder(), 'none.jpg');
  const { status, errors } = await surfwatch(['bench', missing]);
  expect(status).not.toBe(0);
  expect(errors).toContain('none.jpg');
});
