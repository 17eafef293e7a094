import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backbone } from '../../src/vision/backbone.ts';
import { type BackboneBundle, loadBackboneBundle } from '../../src/vision/bundle.ts';
import { type Maps, planBands, runInBands } from '../../src/vision/cells/bands.ts';
import type { CellEngine, CellHead } from '../../src/vision/cells/engine.ts';
import { createPassMemory } from '../../src/vision/cells/pass-memory.ts';
import { readCells, readPart } from '../../src/vision/cells/read-cells.ts';
import { planStages, type Stage } from '../../src/vision/cells/stages.ts';
import { createBackbone } from '../../src/vision/engines/create.ts';
import { openOnnxSession } from '../../src/vision/engines/onnx.ts';
import { openInt8Cells } from '../../src/vision/engines/onnx-cells-int8.ts';
import { fc } from '../support/fast-check.ts';
import { cosine, largestDifference, randomPixels, SHIPPED_BACKBONE } from './support.ts';

let bundle: BackboneBundle;
let onnx: Backbone;
let int8: Backbone;

beforeAll(async () => {
  bundle = await loadBackboneBundle(SHIPPED_BACKBONE);
  ({ backbone: onnx } = await createBackbone(bundle, { engine: 'onnx', threads: 1 }));
  const eightBits = { engine: 'onnx', threads: 1, precision: 'int8' } as const;
  ({ backbone: int8 } = await createBackbone(bundle, eightBits, undefined, 'frames'));
});

afterAll(async () => {
  await onnx.close();
  await int8.close();
});

function headOf(width: number): CellHead {
  const pseudo = (length: number, step: number) =>
    Float32Array.from({ length }, (_, index) => Math.sin(index * step) / 8);
  return {
    width,
    hidden: 8,
    outputs: 3,
    hiddenKernel: pseudo(8 * width, 0.7),
    hiddenBias: pseudo(8, 0.3),
    outputKernel: pseudo(3 * 8, 1.1),
    outputBias: pseudo(3, 0.9),
  };
}

/** Broad shapes and noise: what is far away must matter as little as on a real picture, not less. */
function drawn(width: number, height: number) {
  const noise = randomPixels(width * height * 3, 11);
  const rgb = noise.map((value, index) => {
    const [row, column] = [Math.floor(index / 3 / width), Math.floor(index / 3) % width];
    return Math.round(96 + 64 * Math.sin(row / 17) + 48 * Math.cos(column / 23) + value / 8);
  });
  return { width, height, rgb };
}

describe('the stages of a backbone', () => {
  it('are all its layers in order, and none needs what a stage before the last one made', () => {
    const stages = planStages(bundle.manifest.layers);
    expect(stages.flatMap(({ layers }) => layers)).toEqual(bundle.manifest.layers);
    expect(stages.map(({ stride }) => stride)).toEqual([4, 2, 2, 2]);
    for (const [index, { layers }] of stages.entries()) {
      const known = new Set([stages[index - 1]?.layers.at(-1)?.name, ...layers.map(({ name }) => name)]);
      for (const { residualFrom } of layers) {
        if (residualFrom !== undefined) expect(known).toContain(residualFrom);
      }
    }
  });
});

describe('bands', () => {
  const STAGE: Stage = { layers: [], stride: 4, channels: 2, margin: 8, numbers: 10 };

  it('cover each row once, and reach their margin beyond their ends where there is any', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 100, max: 100_000 }),
        (rowsOfFour, width, most) => {
          const height = 4 * rowsOfFour;
          const bands = planBands(STAGE, height, width, most);
          let next = 0;
          for (const { from, to, marginAbove, rows } of bands) {
            expect(from + marginAbove).toBe(next);
            expect(marginAbove).toBe(Math.min(next, 8));
            next += rows;
            expect(to).toBe(Math.min(height, next + 8));
            expect(rows % 4 === 0).toBe(true);
          }
          expect(next).toBe(height);
        },
      ),
    );
  });

  it.each(['planes', 'rows'] as const)('put together what a stage makes of each, in %s', async order => {
    const rows: Maps = {
      channels: 2,
      height: 48,
      width: 12,
      data: Float32Array.from({ length: 1152 }, (_, i) => i),
      order,
    };
    // Every fourth row and column, as a stride leaves them.
    const everyFourth = async (input: Maps): Promise<Maps> => {
      const { channels, height, width, data } = input;
      const [row, column] =
        order === 'planes'
          ? [(index: number) => Math.floor(index / width) % height, (index: number) => index % width]
          : [
              (index: number) => Math.floor(index / width / channels),
              (index: number) => Math.floor(index / channels) % width,
            ];
      return {
        ...input,
        height: height / 4,
        width: width / 4,
        data: data.filter((_, index) => row(index) % 4 === 0 && column(index) % 4 === 0),
      };
    };
    const whole = await everyFourth(rows);
    expect(planBands(STAGE, 48, 12, 2_800).length).toBeGreaterThan(3);
    expect(await runInBands(STAGE, rows, everyFourth, createPassMemory().floats, 2_800)).toEqual(whole);
  });
});

describe('the cells of a frame', () => {
  it.each(['fp32', 'int8'] as const)(
    'are the same however the frame is cut into bands, in %s',
    async precision => {
      const engine = (precision === 'fp32' ? onnx : int8).cells as CellEngine;
      const head = headOf(bundle.manifest.cells?.width ?? 0);
      const frame = drawn(352, 416);
      const whole = await readCells(engine, frame, head, Number.MAX_SAFE_INTEGER);
      expect([whole.columns, whole.rows]).toEqual([22, 26]);
      expect(whole.logits.some(logit => Math.abs(logit) > 0.05)).toBe(true);
      for (const most of [400_000, 1_500_000]) {
        const banded = await readCells(engine, frame, head, most);
        expect(largestDifference(banded.vectors, whole.vectors)).toBeLessThan(1e-4);
        expect(largestDifference(banded.logits, whole.logits)).toBeLessThan(1e-4);
      }
    },
  );

  it('are nearly the same where a part of the frame is read alone, and empty beyond it', async () => {
    const engine = onnx.cells as CellEngine;
    const head = headOf(bundle.manifest.cells?.width ?? 0);
    const frame = drawn(640, 768);
    const whole = await readCells(engine, frame, head);
    const part = await readPart(engine, frame, head, { x: 7 / 20, y: 8 / 24, w: 6 / 20, h: 8 / 24 });
    expect([part.columns, part.rows]).toEqual([whole.columns, whole.rows]);
    const inside = { left: 14, right: 26, top: 16, bottom: 32 };
    for (let cell = 0; cell < part.rows * part.columns; cell++) {
      const [column, row] = [cell % part.columns, Math.floor(cell / part.columns)];
      const isRead =
        column >= inside.left && column < inside.right && row >= inside.top && row < inside.bottom;
      const [found, wanted] = [part, whole].map(({ logits }) =>
        logits.subarray(cell * head.outputs, (cell + 1) * head.outputs),
      ) as [Float32Array, Float32Array];
      if (isRead) expect(largestDifference(found, wanted)).toBeLessThan(0.1);
      else expect(found.every(logit => logit < -20)).toBe(true);
      const vector = part.vectors.subarray(cell * head.width, (cell + 1) * head.width);
      expect(vector.some(value => value !== 0)).toBe(isRead);
    }
  });

  it('are nearly the same in eight bits, so that one head serves both', async () => {
    const head = headOf(bundle.manifest.cells?.width ?? 0);
    const frame = drawn(256, 192);
    const reference = await readCells(onnx.cells as CellEngine, frame, head);
    const found = await readCells(int8.cells as CellEngine, frame, head);
    expect([found.rows, found.columns]).toEqual([reference.rows, reference.columns]);
    expect(cosine(found.vectors, reference.vectors)).toBeGreaterThan(0.99);
    expect(cosine(found.vectors, reference.vectors)).toBeLessThan(1);
  });

  it('are as near with the bytes of either architecture', async () => {
    const head = headOf(bundle.manifest.cells?.width ?? 0);
    // Wide enough for several bands.
    const frame = drawn(1024, 576);
    const { vectors: reference } = await readCells(onnx.cells as CellEngine, frame, head);
    const [unsigned, signed] = (await Promise.all(
      (['uint8', 'int8'] as const).map(async bytes => {
        const cells = openInt8Cells(bundle, Tensor, graph => openOnnxSession(graph, 1), bytes);
        const { vectors } = await readCells(cells as CellEngine, frame, head);
        await cells?.close();
        return vectors;
      }),
    )) as [Float32Array, Float32Array];
    // Their kernels round differently.
    expect(cosine(signed, unsigned)).toBeGreaterThan(0.998);
    expect(cosine(signed, reference)).toBeGreaterThan(cosine(unsigned, reference) - 0.001);
  });

  it('are the same on each engine', async () => {
    const head = headOf(bundle.manifest.cells?.width ?? 0);
    const frame = drawn(256, 192);
    const reference = await readCells(onnx.cells as CellEngine, frame, head);
    const { backbone } = await createBackbone(bundle, { engine: 'wasm', threads: 1 });
    const found = await readCells(backbone.cells as CellEngine, frame, head);
    await backbone.close();
    expect(found.rows).toBe(reference.rows);
    expect(largestDifference(found.vectors, reference.vectors)).toBeLessThan(1e-3);
    expect(largestDifference(found.logits, reference.logits)).toBeLessThan(1e-3);
  });
});
