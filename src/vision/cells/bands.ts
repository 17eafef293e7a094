/** Runs a stage over a picture in bands of rows, and puts their outputs together as if it had run over the whole. */
import type { PassMemory } from './pass-memory.ts';
import type { Stage } from './stages.ts';

/** Feature maps of one picture: [channels, height, width] float32. */
export interface Planes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** RGB bytes, row by row: [height, width, 3]. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

export type StageInput = Pixels | Planes;

/** A band: its rows of the input, and those of them that are margin above. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly marginAbove: number;
  /** Rows of the input without margins. */
  readonly rows: number;
}

/** Numbers that one band may hold, 12 MB of float32: with more it is slower too, as they leave the caches. */
const MOST_NUMBERS = 3_000_000;

/**
 * @param height rows of the input, a multiple of the stage's stride
 * @param width positions in a row
 */
export function planBands(
  { stride, margin, numbers }: Stage,
  height: number,
  width: number,
  mostNumbers = MOST_NUMBERS,
): Band[] {
  const most = Math.floor(mostNumbers / (numbers * width));
  if (height <= most) return [{ from: 0, to: height, marginAbove: 0, rows: height }];
  const count = Math.ceil(height / Math.max(stride, most - 2 * margin));
  const each = Math.ceil(height / count / stride) * stride;
  const bands: Band[] = [];
  for (let start = 0; start < height; start += each) {
    const end = Math.min(height, start + each);
    const from = Math.max(0, start - margin);
    bands.push({ from, to: Math.min(height, end + margin), marginAbove: start - from, rows: end - start });
  }
  return bands;
}

export type RunStage = (band: StageInput, data: Float32Array) => Promise<Planes>;

/** @param take gives memory by name; what is returned lies in it, and `input` must not lie under the same names */
export async function runInBands(
  stage: Stage,
  input: StageInput,
  run: RunStage,
  take: PassMemory['take'],
  mostNumbers?: number,
): Promise<Planes> {
  const { stride, channels } = stage;
  const [height, width] = [input.height / stride, input.width / stride];
  const bands = planBands(stage, input.height, input.width, mostNumbers);
  const all = take('whole', channels * height * width);
  if (bands.length === 1) return run(input, all);
  const whole = { channels, height, width, data: all };
  const mostRows = Math.max(...bands.map(({ from, to }) => to - from));
  const output = take('part', (channels * mostRows * width) / stride);
  let row = 0;
  for (const band of bands) {
    const part = await run(rowsOf(input, band, take), output);
    copyRows(part, band.marginAbove / stride, band.rows / stride, whole, row);
    row += band.rows / stride;
  }
  return whole;
}

function rowsOf(input: StageInput, { from, to }: Band, take: PassMemory['take']): StageInput {
  const { width } = input;
  const height = to - from;
  if ('rgb' in input) return { width, height, rgb: input.rgb.subarray(from * width * 3, to * width * 3) };
  const { channels } = input;
  const part = { channels, height, width, data: take('rows', channels * height * width) };
  copyRows(input, from, height, part, 0);
  return part;
}

function copyRows(source: Planes, from: number, rows: number, target: Planes, to: number): void {
  const { width } = source;
  for (let channel = 0; channel < source.channels; channel++) {
    const start = (channel * source.height + from) * width;
    target.data.set(
      source.data.subarray(start, start + rows * width),
      (channel * target.height + to) * width,
    );
  }
}
