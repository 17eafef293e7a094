/** How much detail there is, by scale. */
import { COLUMNS, ROWS } from './thumbnail.ts';

/** Root mean square of the Laplacian. */
export function laplacian(grey: Float32Array, columns = COLUMNS, rows = ROWS): number {
  let sum = 0;
  for (let row = 1; row < rows - 1; row++) {
    for (let point = row * columns + 1; point < (row + 1) * columns - 1; point++) {
      const beside = (grey[point - 1] as number) + (grey[point + 1] as number);
      const above = (grey[point - columns] as number) + (grey[point + columns] as number);
      sum += (4 * (grey[point] as number) - beside - above) ** 2;
    }
  }
  return Math.sqrt(sum / ((rows - 2) * (columns - 2)));
}

/**
 * Detail of the thumbnail over that of the thumbnail at half its size. Natural pictures have about as much at every
 * scale (Field 1987); out of focus the finest goes first.
 */
export function finenessOf(grey: Float32Array, sharpness: number): number {
  const half = new Float32Array((COLUMNS * ROWS) / 4);
  let to = 0;
  for (let row = 0; row < ROWS; row += 2) {
    for (let point = row * COLUMNS; point < (row + 1) * COLUMNS; point += 2) {
      const upper = (grey[point] as number) + (grey[point + 1] as number);
      half[to++] = (upper + (grey[point + COLUMNS] as number) + (grey[point + COLUMNS + 1] as number)) / 4;
    }
  }
  // The half level keeps a black picture from being called sharp or soft by its noise.
  return sharpness / (laplacian(half, COLUMNS / 2, ROWS / 2) + 0.5);
}
