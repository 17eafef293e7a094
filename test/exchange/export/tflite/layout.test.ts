import { expect, test } from 'vitest';
import { kernelLayout, reorderKernel } from '../../../../src/exchange/export/tflite/layout.ts';
import { tinyModel } from '../support.ts';

const { layers } = tinyModel(8, 1);

test.each(layers.map(layer => [layer.name, layer] as const))(
  '%s: every weight is at its place',
  (_, layer) => {
    const { shape, axis } = kernelLayout(layer);
    const reordered = reorderKernel(layer, layer.kernel, new Float32Array(layer.kernel.length));
    const [, height, width, last] = shape as [number, number, number, number];
    expect(shape[axis]).toBe(layer.out);
    expect(shape.reduce((product, size) => product * size, 1)).toBe(layer.kernel.length);
    const [out, inputs, rows, columns] = layer.shape;
    for (let o = 0; o < out; o++)
      for (let i = 0; i < inputs; i++)
        for (let y = 0; y < rows; y++)
          for (let x = 0; x < columns; x++) {
            const place = layer.op === 'conv' ? [o, y, x, i] : [0, y, x, o];
            const [first, second, third, fourth] = place as [number, number, number, number];
            const at = ((first * height + second) * width + third) * last + fourth;
            expect(reordered[at]).toBe(layer.kernel[((o * inputs + i) * rows + y) * columns + x]);
          }
  },
);
