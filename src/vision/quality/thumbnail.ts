/** The small picture that quality is judged by. */
import type { RawPicture } from '../decode.ts';

export const COLUMNS = 128;
export const ROWS = 72;

/** All of [72, 128], row by row. */
export interface Thumbnail {
  /** Luma (Rec. 601), 0..255, the mean of four pixels a point. */
  readonly grey: Float32Array;
  /** Luma of one pixel a point, sensor noise and all. */
  readonly signature: Uint8Array;
  /** Green less the mean of red and blue, -255..255, of one pixel a point: below 0 it tends to magenta. */
  readonly green: Int16Array;
  /** Red less blue, -255..255, of one pixel a point. */
  readonly warm: Int16Array;
}

/** Costs the same for a picture of any size. */
export function thumbnailOf({ rgb, width, height }: RawPicture): Thumbnail {
  const grey = new Float32Array(COLUMNS * ROWS);
  const signature = new Uint8Array(COLUMNS * ROWS);
  const green = new Int16Array(COLUMNS * ROWS);
  const warm = new Int16Array(COLUMNS * ROWS);
  const luma = (at: number) =>
    0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);
  let point = 0;
  for (let row = 0; row < ROWS; row++) {
    const upper = Math.floor(((row + 0.25) * height) / ROWS) * width;
    const lower = Math.floor(((row + 0.75) * height) / ROWS) * width;
    for (let column = 0; column < COLUMNS; column++) {
      const left = Math.floor(((column + 0.25) * width) / COLUMNS);
      const right = Math.floor(((column + 0.75) * width) / COLUMNS);
      const at = (upper + left) * 3;
      const first = luma(at);
      const others = luma((upper + right) * 3) + luma((lower + left) * 3) + luma((lower + right) * 3);
      const [red, blue] = [rgb[at] as number, rgb[at + 2] as number];
      green[point] = (rgb[at + 1] as number) - (red + blue) / 2;
      warm[point] = red - blue;
      signature[point] = first;
      grey[point++] = (first + others) / 4;
    }
  }
  return { grey, signature, green, warm };
}
