/** Rows of a picture that never came, as decoders fill them. */
import { COLUMNS, ROWS, type Thumbnail } from './thumbnail.ts';

// JPEG coding of an even area, and of a repeated row.
const EVEN_LEVELS = 6;
const REPEATED_LEVELS = 0.2;

/** Share of the picture, 0..1, from the bottom up, that is filled with grey or green, or repeats one row. */
export function missingShare(picture: Thumbnail): number {
  return Math.max(fromBottom(picture, isFilled), fromBottom(picture, isRepeated)) / ROWS;
}

function fromBottom(picture: Thumbnail, is: (picture: Thumbnail, start: number) => boolean): number {
  let rows = 0;
  while (rows < ROWS - 1 && is(picture, (ROWS - 1 - rows) * COLUMNS)) rows++;
  return rows;
}

/** The levels of an empty YUV picture are (0, 135, 0), of one without signal (128, 128, 128). */
function isFilled({ grey, green, warm }: Thumbnail, start: number): boolean {
  let [least, most, sum, greenSum, colour] = [255, 0, 0, 0, 0];
  for (let point = start; point < start + COLUMNS; point++) {
    const luma = grey[point] as number;
    least = Math.min(least, luma);
    most = Math.max(most, luma);
    sum += luma;
    greenSum += green[point] as number;
    colour += Math.abs(green[point] as number) + Math.abs(warm[point] as number);
  }
  if (most - least > EVEN_LEVELS) return false;
  return (Math.abs(sum / COLUMNS - 128) <= EVEN_LEVELS && colour / COLUMNS < 8) || greenSum / COLUMNS > 60;
}

function isRepeated({ grey }: Thumbnail, start: number): boolean {
  let [change, sum, squares] = [0, 0, 0];
  for (let point = start; point < start + COLUMNS; point++) {
    const luma = grey[point] as number;
    change += Math.abs(luma - (grey[point - COLUMNS] as number));
    sum += luma;
    squares += luma * luma;
  }
  const variance = squares / COLUMNS - (sum / COLUMNS) ** 2;
  return change / COLUMNS < REPEATED_LEVELS && variance > 16;
}
