/** Runs a stage over a picture in bands of rows, and puts their outputs together as if it had run over the whole. */
import type { Numbers, TakeNumbers } from './pass-memory.ts';
import type { Stage } from './stages.ts';

/** Feature maps of one picture, or its pixels: 3 channels, uint8, row by row. */
export interface Maps {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Numbers;
  readonly order: MapOrder;
}

/** `planes`: [channels, height, width]. `rows`: [height, width, channels], so that a band is one piece of memory. */
export type MapOrder = 'planes' | 'rows';

/** A band: its rows of the input, and those of them that are margin above. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly marginAbove: number;
  /** Rows of the input without margins. */
  readonly rows: number;
}

/** Numbers that one band may hold: with more it is slower too, as they leave the caches. */
export const MOST_NUMBERS = { floats: 3_000_000, bytes: 6_000_000 } as const;

/**
 * @param height rows of the input, a multiple of the stage's stride
 * @param width positions in a row
 */
export function planBands(
  { stride, margin, numbers }: Stage,
  height: number,
  width: number,
  mostNumbers: number,
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

/** Runs a stage over a band; its output goes to `data`, from the start. */
export type RunStage = (band: Maps, data: Numbers) => Promise<Maps>;

/** @param take gives memory by name; what is returned lies in it, and `input` must not lie under the same names */
export async function runInBands(
  stage: Stage,
  input: Maps,
  run: RunStage,
  take: TakeNumbers,
  mostNumbers: number,
): Promise<Maps> {
  const { stride, channels } = stage;
  const [height, width] = [input.height / stride, input.width / stride];
  const bands = planBands(stage, input.height, input.width, mostNumbers);
  const all = take('whole', channels * height * width);
  if (bands.length === 1) return run(input, all);
  const mostRows = Math.max(...bands.map(({ from, to }) => to - from));
  const output = take('part', (channels * mostRows * width) / stride);
  let whole: Maps | undefined;
  let row = 0;
  for (const band of bands) {
    const part = await run(rowsOf(input, band, take), output);
    whole ??= { ...part, height, data: all };
    copyRows(part, band.marginAbove / stride, band.rows / stride, whole, row);
    row += band.rows / stride;
  }
  return whole as Maps;
}

function rowsOf(input: Maps, { from, to }: Band, take: TakeNumbers): Maps {
  const { channels, width } = input;
  const height = to - from;
  if (input.order === 'rows') {
    const each = width * channels;
    return { ...input, height, data: input.data.subarray(from * each, to * each) };
  }
  const part = { ...input, height, data: take('rows', channels * height * width) };
  copyRows(input, from, height, part, 0);
  return part;
}

function copyRows(source: Maps, from: number, rows: number, target: Maps, to: number): void {
  const { channels, width } = source;
  const [planes, each] = source.order === 'rows' ? [1, width * channels] : [channels, width];
  for (let plane = 0; plane < planes; plane++) {
    const start = (plane * source.height + from) * each;
    target.data.set(source.data.subarray(start, start + rows * each), (plane * target.height + to) * each);
  }
}
