import { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { plainInt8 } from '../../scripts/bench/bare.ts';
import { createRandom } from '../../src/base/random.ts';
import { openOnnxSession } from '../../src/vision/engines/onnx.ts';
import type { Bytes, OnnxPart } from '../../src/vision/engines/onnx-int8.ts';
import { pixelLayer } from '../../src/vision/engines/onnx-pixels-int8.ts';
import { writeOnnxModel } from '../../src/vision/engines/onnx-proto.ts';
import { quantise } from '../../src/vision/engines/quantise.ts';
import type { NetworkLayer } from '../../src/vision/network.ts';

const random = createRandom(5);
const between = (length: number) => Float32Array.from({ length }, () => random.next() - 0.5);

function layerOf(kernelSize: number, padding: readonly [number, number]): NetworkLayer {
  const shape = [16, 3, kernelSize, kernelSize] as const;
  const kernel = between(16 * 3 * kernelSize ** 2);
  const rest = { residualFrom: null, from: null, inputSize: 224, outputSize: 112, bias: between(16) };
  const described = { name: 'first', op: 'conv', activation: 'relu6', ...rest } as const;
  return { ...described, kernelSize, stride: 2, in: 3, out: 16, padding, shape, kernel };
}

async function run(part: OnnxPart, name: string, input: Tensor, bytes: Bytes): Promise<number[]> {
  const graph = writeOnnxModel({
    name: 'first',
    ...part,
    inputs: [{ name, type: 'uint8', shape: [1, 'height', 'width', 3] }],
    outputs: [{ name: 'first/q', type: bytes, shape: [1, 'channels', 'rows', 'columns'] }],
  });
  const session = await openOnnxSession(graph, 1);
  const { 'first/q': output } = await session.run({ [name]: input });
  await session.release();
  expect(output?.dims).toEqual([1, 16, (input.dims[1] as number) / 2, (input.dims[2] as number) / 2]);
  return Array.from(output?.data as Uint8Array | Int8Array);
}

it.each([
  [3, [0, 1]],
  [3, [1, 0]],
  [5, [1, 2]],
] as const)(
  'a first convolution of %d pixels a side, padded by %j, gives each number of the layer by itself',
  async (size, padding) => {
    const layer = layerOf(size, padding);
    const ranges = { first: { min: 0, max: 3 } };
    const quantised = quantise({ input: { scale: 1 / 127.5, offset: -1 }, layers: [layer] }, ranges);
    const pixels = Uint8Array.from({ length: 64 * 96 * 3 }, () => random.below(256));
    const input = new Tensor('uint8', pixels, [1, 64, 96, 3]);
    const alone = await run(plainInt8([layer], quantised), 'pixels', input, 'uint8');
    expect(new Set(alone).size).toBeGreaterThan(100);
    expect(await run(pixelLayer(layer, quantised, 'uint8'), 'input', input, 'uint8')).toEqual(alone);
    const signed = await run(pixelLayer(layer, quantised, 'int8'), 'input', input, 'int8');
    expect(signed.map(byte => byte + 128)).toEqual(alone);
  },
);
