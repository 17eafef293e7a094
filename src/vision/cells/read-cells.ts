/** Leads a picture through the network once, from pixels to the vector and the scores of every cell. */
import type { Rectangle } from '../../base/geometry.ts';
import type { RawPicture } from '../decode.ts';
import { type Maps, MOST_NUMBERS, type RunStage, runInBands } from './bands.ts';
import { PART_MARGIN } from './detail.ts';
import { CELL, type CellEngine, type CellHead, type Cells } from './engine.ts';

/**
 * @param picture width and height are multiples of {@link GRAIN}
 * @param mostNumbers that a band may hold, for tests
 */
export function readCells(
  engine: CellEngine,
  picture: RawPicture,
  head: CellHead,
  mostNumbers: number = MOST_NUMBERS[engine.gives],
): Promise<Cells> {
  const { stages, memory } = engine;
  return memory.inTurn(async () => {
    const { width, height, rgb } = picture;
    let input: Maps = { channels: 3, height, width, data: rgb, order: 'rows' };
    for (const [index, stage] of stages.slice(0, -1).entries()) {
      // A stage reads what the one before it wrote, and writes elsewhere.
      const take = (name: string, length: number) => memory[engine.gives](`${name} ${index % 2}`, length);
      const run: RunStage = (band, data) => engine.run(index, band, data);
      input = await runInBands(stage, input, run, take, mostNumbers);
    }
    return engine.finish(input, head);
  });
}

/** The logit of what was not looked at: nothing is there. */
const UNREAD = -30;

/**
 * The same of a part of the picture alone; beyond it the cells are as if nothing were there.
 *
 * @param part shares of the width and height, at multiples of {@link GRAIN} pixels
 */
export async function readPart(
  engine: CellEngine,
  picture: RawPicture,
  head: CellHead,
  part: Rectangle,
): Promise<Cells> {
  const { width, height } = picture;
  const [left, right] = [Math.round(part.x * width), Math.round((part.x + part.w) * width)];
  const [top, bottom] = [Math.round(part.y * height), Math.round((part.y + part.h) * height)];
  if (right - left === width && bottom - top === height) return readCells(engine, picture, head);
  const [x, y] = [Math.max(0, left - PART_MARGIN), Math.max(0, top - PART_MARGIN)];
  const [w, h] = [Math.min(width, right + PART_MARGIN) - x, Math.min(height, bottom + PART_MARGIN) - y];
  const read = await readCells(engine, cut(picture, { x, y, w, h }), head);
  const [columns, rows] = [width / CELL, height / CELL];
  const place = (values: Float32Array, each: number, rest: number) => {
    const whole = new Float32Array(rows * columns * each).fill(rest);
    for (let row = top / CELL; row < bottom / CELL; row++) {
      const from = ((row - y / CELL) * read.columns + (left - x) / CELL) * each;
      whole.set(
        values.subarray(from, from + ((right - left) / CELL) * each),
        (row * columns + left / CELL) * each,
      );
    }
    return whole;
  };
  return {
    columns,
    rows,
    vectors: place(read.vectors, head.width, 0),
    logits: place(read.logits, head.outputs, UNREAD),
  };
}

/** @param area in pixels; rows of full width are not copied */
function cut({ width, rgb }: RawPicture, { x, y, w, h }: Rectangle): RawPicture {
  const rows = rgb.subarray(y * width * 3, (y + h) * width * 3);
  if (w === width) return { width, height: h, rgb: rows };
  const part = new Uint8Array(w * h * 3);
  for (let row = 0; row < h; row++) {
    const from = (row * width + x) * 3;
    part.set(rows.subarray(from, from + w * 3), row * w * 3);
  }
  return { width: w, height: h, rgb: part };
}
