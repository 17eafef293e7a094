import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { createHeadTrainer } from '../../../src/learning/fit/head-trainer.ts';
import { baseOfRows } from '../../../src/training/riders/base.ts';
import type { Material } from '../../../src/training/riders/data/material.ts';
import { chooseCells } from '../../../src/training/riders/fit/choose-cells.ts';
import { FIT_DEFAULTS, fitCells } from '../../../src/training/riders/fit/fit-cells.ts';
import { type CellRows, collectRows, kindOfRow } from '../../../src/training/riders/fit/rows.ts';
import { outputsOf } from '../../../src/training/riders/outputs.ts';

const OUTPUTS = outputsOf(['surfing', 'windsurfing'], ['person', 'land']);
const SIZE = OUTPUTS.all.length;
const WIDTH = 16;
/** One in so many toy rows shows each thing. */
const KINDS = ['surfing', 'windsurfing', 'person', 'land', 'none', 'none', 'none', 'hidden'] as const;

/** Rows whose number `k` is high where output `k` is; of hidden ones, which look like surfing, nobody knows. */
function toyRows(count: number, seed: number): CellRows {
  const random = createRandom(seed);
  const collector = collectRows(WIDTH, OUTPUTS);
  for (let index = 0; index < count; index++) {
    const kind = KINDS[index % KINDS.length] as (typeof KINDS)[number];
    const at = OUTPUTS.all.indexOf(kind === 'hidden' ? 'surfing' : kind);
    const vector = Float32Array.from(
      { length: WIDTH },
      (_, number) => random.between(-0.5, 0.5) + (number === at ? 1.5 : 0),
    );
    collector.add({
      vector,
      targets: Uint8Array.from({ length: SIZE }, (_, output) => (kind !== 'hidden' && output === at ? 1 : 0)),
      mask: new Uint8Array(SIZE).fill(kind === 'hidden' ? 0 : 1),
      fold: index % 3,
      picture: index % 5,
      crop: Math.floor(index / 8),
    });
  }
  return collector.rows();
}

describe('rows', () => {
  it('are what they were made of, beyond what one chunk holds', () => {
    const rows = toyRows(9000, 1);
    expect(rows.count).toBe(9000);
    expect(rows.vectors).toHaveLength(9000 * WIDTH);
    const kind = (row: number) => kindOfRow(rows, row);
    expect(kind(8193)).toEqual({ positive: 1, none: false });
    expect(kind(8194)).toEqual({ positive: 2, none: true });
    expect(kind(8196)).toEqual({ positive: null, none: true });
    expect(kind(8199)).toEqual({ positive: null, none: false });
    expect(rows.folds[8999]).toBe(8999 % 3);
  });
});

describe('fitting cells', () => {
  const fit = { ...FIT_DEFAULTS, epochs: 5, steps: 40, batch: 64, hidden: 16, learningRate: 0.02, seed: 1 };

  it('learns what is known, and nothing of what is not', async () => {
    const rows = toyRows(2400, 2);
    const all = [...Array(rows.count).keys()];
    const epochs = await fitCells(
      rows,
      all.filter(row => rows.folds[row] !== 0),
      all.filter(row => rows.folds[row] === 0),
      fit,
    );
    expect(epochs).toHaveLength(5);
    expect(epochs.at(-1)?.heldLoss ?? 1).toBeLessThan(0.5 * (epochs[0]?.heldLoss ?? 0));
    const { weights } = epochs.at(-1) as (typeof epochs)[number];
    const logits = createHeadTrainer(weights, 256).logits(rows.vectors, rows.count);
    let right = 0;
    let known = 0;
    for (let at = 0; at < logits.length; at++) {
      if (rows.mask[at] !== 1) continue;
      known += 1;
      if (rows.targets[at] === ((logits[at] as number) > 0 ? 1 : 0)) right += 1;
    }
    expect(right / known).toBeGreaterThan(0.97);
    // Masked rows look like surfing: taught as nothing, they would have pulled it down.
    const hidden = all.filter(row => row % KINDS.length === 7);
    const called = hidden.filter(row => (logits[row * SIZE] as number) > 0).length;
    expect(called / hidden.length).toBeGreaterThan(0.9);
  });

  it('gives the same weights for the same seed', async () => {
    const rows = toyRows(400, 3);
    const all = [...Array(rows.count).keys()];
    const short = { ...fit, epochs: 1, steps: 10 };
    const [one, two] = [await fitCells(rows, all, [], short), await fitCells(rows, all, [], short)];
    expect(two).toEqual(one);
    expect(one[0]?.heldLoss).toBeNull();
  });
});

describe('choosing cells', () => {
  it('keeps what shows something, and the negatives that look most like riders', () => {
    const columns = 16;
    const targets = new Uint8Array(columns * columns * SIZE);
    const mask = new Uint8Array(columns * columns * SIZE).fill(1);
    const logits = new Float32Array(columns * columns * SIZE).fill(-5);
    targets[20 * SIZE] = 1;
    targets[30 * SIZE + 2] = 1;
    for (const cell of [100, 101, 102]) logits[cell * SIZE + 1] = 4;
    for (let output = 0; output < SIZE; output++) mask[200 * SIZE + output] = 0;
    logits[200 * SIZE] = 9;
    const crop = { columns, rows: columns, targets, mask };
    const { cells, worst } = chooseCells(crop, OUTPUTS, logits, createRandom(1));
    expect(cells).toEqual(expect.arrayContaining([20, 30, 100, 101, 102]));
    expect(cells).not.toContain(200);
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.length).toBeLessThan(40);
    expect(worst).toBeGreaterThan(0.95);
    const blind = chooseCells(crop, OUTPUTS, null, createRandom(1));
    expect(blind.cells).toEqual(expect.arrayContaining([20, 30]));
    expect(blind.worst).toBe(0);
  });
});

describe('the base set of a board', () => {
  it('has only cells of which all is known, and the reserved cameras as held', () => {
    const rows = toyRows(800, 4);
    const material = Array.from(
      { length: 5 },
      (_, camera): Material => ({
        path: `${camera}.jpg`,
        source: 'cams',
        camera: `cam${camera}`,
        kind: 'frame',
        marks: [],
        shows: [],
        complete: { riders: true, kites: true, people: true },
        areas: [],
      }),
    );
    const base = baseOfRows(rows, material, new Set(['cam2']), 'ab'.repeat(32), 1);
    expect(base.activities).toEqual(OUTPUTS.all);
    expect(base.set.samples).toHaveLength(700);
    expect(base.set.embeddings).toHaveLength(700 * WIDTH);
    expect(base.held).toEqual(new Set(['cam2']));
    expect(base.set.samples.some(({ group }) => group === 'cam2')).toBe(true);
  });
});
