import { expect, test } from 'vitest';
import { scoreEmbeddings } from '../../../src/activity/head.ts';
import { createRandom } from '../../../src/base/random.ts';
import { exportModel } from '../../../src/exchange/export/model.ts';
import { tinyBundle } from '../../vision/support.ts';
import { shippedModel, tinyHead, tinyModel } from './support.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

test("the calibration is folded into a sigmoid head's last layer", () => {
  const head = tinyHead(3);
  const { hidden, output, activities } = exportModel(tinyBundle(8, 3), head);
  const random = createRandom(5);
  const embedding = Float32Array.from({ length: head.manifest.width }, () => random.between(0, 6));
  const product = (kernel: Float32Array, input: ArrayLike<number>, row: number) =>
    Array.from(input).reduce(
      (sum, value, index) => sum + value * (kernel[row * input.length + index] ?? 0),
      0,
    );
  const units = Array.from(hidden.bias, (bias, unit) =>
    Math.max(0, bias + product(hidden.kernel, embedding, unit)),
  );
  const expected = scoreEmbeddings(head, embedding, 1);
  for (const index of activities.keys()) {
    const logit = (output.bias[index] ?? Number.NaN) + product(output.kernel, units, index);
    expect(sigmoid(logit)).toBeCloseTo(expected[index] ?? Number.NaN, 6);
  }
});

test('a softmax head keeps its outputs and its calibration apart', () => {
  const model = tinyModel(8, 3, ['sea', 'boat']);
  expect(model.output.out).toBe(5);
  expect(model.activities).toHaveLength(3);
  expect(model.answer).toMatchObject({ kind: 'softmax', slope: Float32Array.of(0.5, 1.5, 2.5) });
});

test("layers know their sizes and TensorFlow's SAME padding", async () => {
  const { layers } = await shippedModel();
  expect(layers[0]).toMatchObject({ inputSize: 224, outputSize: 112, padding: [0, 1], from: null });
  expect(layers.at(-1)).toMatchObject({ outputSize: 7, out: 1280, padding: [0, 0] });
  const odd = exportModel(tinyBundle(9, 1), tinyHead(1)).layers;
  expect(odd[0]).toMatchObject({ inputSize: 9, outputSize: 5, padding: [1, 1] });
  expect(odd.find(layer => layer.name === 'again')).toMatchObject({
    residualFrom: 'project',
    from: 'expand',
  });
});
