import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { measureRanges } from '../../../src/exchange/export/ranges.ts';
import { openOnnxSession } from '../../../src/vision/engines/onnx.ts';
import { backboneGraph } from '../../../src/vision/engines/onnx-graph.ts';
import { writeOnnxModel } from '../../../src/vision/engines/onnx-proto.ts';
import { tinyBundle } from '../../vision/support.ts';
import { noise } from './support.ts';

const SIZE = 16;

async function* each(pictures: readonly Uint8Array[]) {
  yield* pictures;
}

test("the ranges are the extremes of each layer's output", async () => {
  const bundle = tinyBundle(SIZE, 4);
  const [picture] = noise(SIZE, 1) as [Uint8Array];
  const names = ['first', 'deep', 'project', 'expand', 'again/sum', 'again', 'narrow'];
  const ranges = await measureRanges(bundle, each([picture]));
  expect(Object.keys(ranges)).toEqual(names);

  const { nodes, constants } = backboneGraph(bundle);
  const session = await openOnnxSession(
    writeOnnxModel({
      name: 'all',
      nodes,
      constants,
      inputs: [{ name: 'pixels', type: 'uint8', shape: ['n', SIZE, SIZE, 3] }],
      outputs: names.map(name => ({ name, type: 'float32', shape: ['n', 'c', 'h', 'w'] })),
    }),
    1,
  );
  const found = await session.run({ pixels: new Tensor('uint8', picture, [1, SIZE, SIZE, 3]) });
  for (const name of names) {
    const values = [...((found[name]?.data ?? []) as Float32Array)];
    expect(ranges[name], name).toEqual({ min: Math.min(...values), max: Math.max(...values) });
  }
});

test('a few odd pictures in many do not stretch a range', async () => {
  const bundle = tinyBundle(SIZE, 4);
  const plain = noise(SIZE, 1)[0] ?? new Uint8Array();
  const [usual, odd] = [Array<Uint8Array>(200).fill(plain), new Uint8Array(SIZE * SIZE * 3).fill(255)];
  const alone = await measureRanges(bundle, each([plain]));
  expect(await measureRanges(bundle, each([...usual, odd]))).toEqual(alone);
  expect(await measureRanges(bundle, each([odd]))).not.toEqual(alone);
});

test('no picture is no range', async () => {
  await expect(measureRanges(tinyBundle(SIZE, 4), each([]))).rejects.toMatchObject({
    code: 'export-needs-ranges',
  });
});
