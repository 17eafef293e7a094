import { Tensor } from 'onnxruntime-node';
import { PbfReader } from 'pbf';
import { describe, expect, test } from 'vitest';
import type { ExportModel } from '../../../../src/exchange/export/model.ts';
import { checkOnnx, exportOnnx } from '../../../../src/exchange/export/onnx/export.ts';
import { measureRanges } from '../../../../src/exchange/export/ranges.ts';
import type { Ranges } from '../../../../src/vision/bundle.ts';
import { openOnnxSession } from '../../../../src/vision/engines/onnx.ts';
import { hasShared, sharedPhotos } from '../../../vision/support.ts';
import {
  type Answers,
  daemonAnswers,
  difference,
  drawnTiles,
  noise,
  onlyFile,
  photoPixels,
  SOFTSIGN,
  sameDecisions,
  shippedModel,
  tinyModel,
} from '../support.ts';

async function run(
  model: ExportModel,
  ranges: Ranges | null,
  pictures: readonly Uint8Array[],
): Promise<Answers> {
  const files = await exportOnnx(model, { precision: ranges === null ? 'float32' : 'int8', ranges });
  const session = await openOnnxSession(onlyFile(files), 1);
  const { size } = model.input;
  const answers: Float32Array[] = [];
  for (const picture of pictures) {
    const found = await session.run({ pixels: new Tensor('uint8', picture, [1, size, size, 3]) });
    answers.push(found.probabilities?.data as Float32Array);
  }
  await session.release();
  return answers;
}

describe.each([
  ['a sigmoid head', [], undefined],
  ['a softmax head with classes that are no activity', ['sea', 'boat'], undefined],
  ['a head that prepares its input', [], SOFTSIGN],
])('%s', (_, background, input) => {
  const model = tinyModel(16, 2, background, input);
  const pictures = noise(16, 20);

  test('float32 answers as the daemon does', async () => {
    expect(difference(await daemonAnswers(model, pictures), await run(model, null, pictures))).toBeLessThan(
      1e-5,
    );
  });

  test('int8 is near it', async () => {
    const ranges = await measureRanges(
      model.backbone,
      (async function* () {
        yield* pictures;
      })(),
    );
    const far = difference(await daemonAnswers(model, pictures), await run(model, ranges, pictures));
    expect(far).toBeLessThan(0.03);
    expect(far).toBeGreaterThan(0);
  });
});

test('on drawn beaches float32 answers as the daemon does and int8 decides as it does', async () => {
  const model = await shippedModel();
  const pictures = await drawnTiles(3);
  const expected = await daemonAnswers(model, pictures);
  expect(difference(expected, await run(model, null, pictures))).toBeLessThanOrEqual(1e-4);
  // Two of the eighteen lie near a threshold. On photos, of which the ranges are, one in 250 is decided otherwise.
  expect(sameDecisions(model, expected, await run(model, model.ranges, pictures))).toBeGreaterThanOrEqual(
    0.85,
  );
});

test.skipIf(!hasShared)(
  'on photos float32 answers as the daemon does and int8 decides as it does',
  async () => {
    const model = await shippedModel();
    // One in 250 is decided otherwise.
    const pictures = await photoPixels(sharedPhotos(12));
    const expected = await daemonAnswers(model, pictures);
    const some = pictures.slice(0, 10);
    expect(difference(expected.slice(0, 10), await run(model, null, some))).toBeLessThanOrEqual(1e-4);
    expect(sameDecisions(model, expected, await run(model, model.ranges, pictures))).toBeGreaterThanOrEqual(
      0.98,
    );
  },
);

test('a batch of any size is taken', async () => {
  const model = tinyModel(16, 2);
  const pictures = noise(16, 3);
  const session = await openOnnxSession(
    onlyFile(await exportOnnx(model, { precision: 'float32', ranges: null })),
    1,
  );
  const batch = new Tensor('uint8', Buffer.concat(pictures), [3, 16, 16, 3]);
  const { probabilities } = await session.run({ pixels: batch });
  expect(probabilities?.dims).toEqual([3, 3]);
  const values = Float32Array.from((probabilities?.data ?? []) as Float32Array);
  const rows = [0, 3, 6].map(start => values.subarray(start, start + 3));
  expect(difference(await daemonAnswers(model, pictures), rows)).toBeLessThan(1e-5);
});

test('the metadata names outputs, thresholds and preprocessing', async () => {
  const model = tinyModel(16, 2);
  const properties = metadataOf(onlyFile(await exportOnnx(model, { precision: 'float32', ranges: null })));
  expect(JSON.parse(properties.labels ?? '')).toEqual(['surfing', 'windsurfing', 'kitesurfing']);
  expect(JSON.parse(properties.thresholds ?? '')).toEqual({
    surfing: 0.5,
    windsurfing: 0.4,
    kitesurfing: 0.6,
  });
  expect(JSON.parse(properties.preprocessing ?? '')).toMatchObject({ width: 16, channels: 'RGB' });
  expect(properties).toMatchObject({ precision: 'float32', backbone: 'tiny', head: 'tiny-2' });
});

/** ModelProto.metadata_props */
function metadataOf(bytes: Uint8Array): Record<string, string> {
  const readPair = (tag: number, pair: string[], pbf: PbfReader) => {
    if (tag === 1 || tag === 2) pair[tag - 1] = pbf.readString();
  };
  const properties: Record<string, string> = {};
  new PbfReader(bytes).readFields((tag, _, pbf) => {
    if (tag !== 14) return;
    const [key = '', value = ''] = pbf.readMessage(readPair, ['', '']);
    properties[key] = value;
  }, {});
  return properties;
}

test('int8 without ranges is refused', async () => {
  await expect(exportOnnx(tinyModel(16, 2), { precision: 'int8', ranges: null })).rejects.toMatchObject({
    code: 'export-needs-ranges',
  });
});

test('the check shows a model that answers otherwise', async () => {
  const model = await shippedModel();
  const options = { precision: 'float32', ranges: null } as const;
  expect(await checkOnnx(model, await exportOnnx(model, options))).toBeLessThan(1e-5);
  const output = { ...model.output, bias: model.output.bias.map(bias => bias + 30) };
  expect(await checkOnnx(model, await exportOnnx({ ...model, output }, options))).toBeGreaterThan(1e-3);
});
