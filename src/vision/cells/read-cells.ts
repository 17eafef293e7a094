/** Leads a picture through the network once, from pixels to the vector and the scores of every cell. */
import type { RawPicture } from '../decode.ts';
import { type Maps, MOST_NUMBERS, type RunStage, runInBands } from './bands.ts';
import { BAND_MARGIN, type Span } from './detail.ts';
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
 * The same of a part of the picture's height alone; beyond it the cells are as if nothing were there.
 *
 * @param span shares of the height, at multiples of {@link GRAIN} pixels
 */
export async function readSpan(
  engine: CellEngine,
  picture: RawPicture,
  head: CellHead,
  { from, to }: Span,
): Promise<Cells> {
  if (from === 0 && to === 1) return readCells(engine, picture, head);
  const { width, height, rgb } = picture;
  const top = Math.max(0, Math.round(from * height) - BAND_MARGIN);
  const bottom = Math.min(height, Math.round(to * height) + BAND_MARGIN);
  const band = { width, height: bottom - top, rgb: rgb.subarray(top * width * 3, bottom * width * 3) };
  const read = await readCells(engine, band, head);
  const { columns } = read;
  const rows = height / CELL;
  const [first, last] = [Math.round((from * height) / CELL), Math.round((to * height) / CELL)];
  const place = (values: Float32Array, width: number, rest: number) => {
    const whole = new Float32Array(rows * columns * width).fill(rest);
    const start = (first - top / CELL) * columns * width;
    whole.set(values.subarray(start, start + (last - first) * columns * width), first * columns * width);
    return whole;
  };
  return {
    columns,
    rows,
    vectors: place(read.vectors, head.width, 0),
    logits: place(read.logits, head.outputs, UNREAD),
  };
}
