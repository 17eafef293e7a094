import { expect, test } from 'vitest';
import type { ExportModel } from '../../src/exchange/export/model.ts';
import type { Ranges } from '../../src/vision/bundle.ts';
import { quantise, scaleOf } from '../../src/vision/engines/quantise.ts';
import { shippedModel, tinyModel } from '../exchange/export/support.ts';
import { fc } from '../support/fast-check.ts';

function someRanges({ layers }: ExportModel): Ranges {
  const names = layers.flatMap(({ name }) => [name, `${name}/sum`]);
  return Object.fromEntries(names.map(name => [name, { min: -3, max: 5 }]));
}

test('zero has a number of its own, and every value of the range is met to half a step', () => {
  const reach = fc.double({ min: -100, max: 100, noNaN: true });
  fc.assert(
    fc.property(reach, reach, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
      const range = { min: Math.min(a, b), max: Math.max(a, b) };
      const { scale, zeroPoint } = scaleOf(range);
      expect(zeroPoint).toBe(Math.min(255, Math.max(0, Math.round(zeroPoint))));
      const value = range.min + share * (range.max - range.min);
      const number = Math.min(255, Math.max(0, Math.round(value / scale) + zeroPoint));
      // The zero point is rounded too, so that an end of the range may lie half a step outside.
      expect(Math.abs((number - zeroPoint) * scale - value)).toBeLessThanOrEqual(scale * 1.001);
    }),
  );
});

test('weights are met to a step of their own channel, biases to half of theirs', async () => {
  const model = await shippedModel();
  const { layers } = quantise(model, someRanges(model));
  for (const layer of model.layers) {
    const quantised = layers.get(layer.name);
    if (quantised === undefined) throw new Error(`${layer.name} is missing`);
    const size = layer.kernel.length / layer.out;
    const off = layer.kernel.findIndex((weight, index) => {
      const scale = quantised.kernelScales[Math.floor(index / size)] ?? Number.NaN;
      const most = layer.op === 'depthwise_conv' ? 1 : 0.501;
      return !(Math.abs(weight - scale * (quantised.kernel[index] ?? 0)) <= scale * most);
    });
    expect(off, layer.name).toBe(-1);
    // The first layer's also make up for the pixels' half step.
    if (layer.from === null) continue;
    for (const [channel, bias] of layer.bias.entries()) {
      const step = quantised.biasScales[channel] ?? Number.NaN;
      expect(Math.abs(bias - step * (quantised.bias[channel] ?? 0))).toBeLessThanOrEqual(
        step * 0.5 + Math.abs(bias) * 1e-6,
      );
    }
  }
});

test('the sum of a depthwise kernel is met better than rounding its weights one by one would', async () => {
  const model = await shippedModel();
  const { layers } = quantise(model, someRanges(model));
  let [ours, plain] = [0, 0];
  for (const { name, op, kernel, out } of model.layers) {
    const quantised = layers.get(name);
    if (op !== 'depthwise_conv' || quantised === undefined) continue;
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, value) => total + value, 0);
    for (let channel = 0; channel < out; channel++) {
      const weights = kernel.subarray(9 * channel, 9 * channel + 9);
      const step = Math.max(...weights.map(Math.abs)) / 127 || 1;
      const numbers = quantised.kernel.subarray(9 * channel, 9 * channel + 9);
      ours += (sum(weights) - (quantised.kernelScales[channel] ?? 0) * sum(numbers)) ** 2;
      plain += (sum(weights) - step * sum(weights.map(weight => Math.round(weight / step)))) ** 2;
    }
  }
  expect(Math.sqrt(ours / plain)).toBeLessThan(0.25);
});

test('two neighbouring products of a byte and a weight fit into 16 bits', async () => {
  const model = await shippedModel();
  const { layers } = quantise(model, someRanges(model));
  for (const { name, op, kernelSize, in: channels } of model.layers) {
    if (op !== 'conv') continue;
    const { kernel } = layers.get(name) ?? { kernel: new Int8Array() };
    const most = kernel.reduce((reach, weight, at) => {
      const position = kernelSize === 1 ? at % channels : null;
      if (position === null) return Math.max(reach, 2 * 255 * Math.abs(weight));
      if (position % 2 === 1) return reach;
      const pair = [weight, kernel[at + 1] ?? 0];
      const above = pair.reduce((sum, each) => sum + Math.max(each, 0), 0);
      const below = pair.reduce((sum, each) => sum + Math.min(each, 0), 0);
      return Math.max(reach, 255 * above, -255 * below);
    }, 0);
    expect(most, name).toBeLessThan(2 ** 15);
    expect(most, name).toBeGreaterThan(2 ** 14);
  }
});

test('a channel of zeros with a bias stays within int32', () => {
  const model = tinyModel(8, 1);
  const layers = model.layers.map(layer => ({
    ...layer,
    kernel: layer.kernel.map(() => 0),
    bias: layer.bias.map(() => 1e4),
  }));
  const { bias, kernelScales } = quantise({ ...model, layers }, someRanges(model)).layers.get('expand') ?? {};
  const first = (bias?.[0] ?? 0) * (kernelScales?.[0] ?? 0);
  expect(bias?.[0]).toBeGreaterThan(2 ** 29);
  expect(first * (5 + 3)).toBeGreaterThan(0);
});

test('what a layer is given is scaled as what the layer before gives', () => {
  const model = tinyModel(8, 1);
  const { layers, pixels } = quantise(model, someRanges(model));
  expect(layers.get('first')?.input).toBe(pixels);
  expect(layers.get('narrow')?.input).toBe(layers.get('again')?.sum);
  // A clipped output reaches from 0 to the clip at most.
  expect(layers.get('first')?.output).toEqual(scaleOf({ min: 0, max: 5 }));
});

test('a layer without a range is named', () => {
  const model = tinyModel(8, 1);
  const { again: _, ...ranges } = someRanges(model);
  expect(() => quantise(model, ranges)).toThrow(
    expect.objectContaining({ code: 'export-needs-ranges', message: expect.stringContaining('again') }),
  );
});
