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

test('weights are met to half a step of their own channel, biases to half of theirs', async () => {
  const model = await shippedModel();
  const { layers } = quantise(model, someRanges(model));
  for (const layer of model.layers) {
    const quantised = layers.get(layer.name);
    if (quantised === undefined) throw new Error(`${layer.name} is missing`);
    const size = layer.kernel.length / layer.out;
    const off = layer.kernel.findIndex((weight, index) => {
      const scale = quantised.kernelScales[Math.floor(index / size)] ?? Number.NaN;
      return !(Math.abs(weight - scale * (quantised.kernel[index] ?? 0)) <= scale * 0.501);
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
