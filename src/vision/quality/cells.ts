/** The thumbnail in cells of 8 × 8 points. */
import { COLUMNS, ROWS } from './thumbnail.ts';

const SIDE = 8;
const CELL_COLUMNS = COLUMNS / SIDE;
const CELL_ROWS = ROWS / SIDE;
export const CELLS = CELL_COLUMNS * CELL_ROWS;

/** Index of the cell of each point. */
export const CELL_OF = Uint8Array.from({ length: COLUMNS * ROWS }, (_, point) => {
  const row = Math.floor(point / COLUMNS / SIDE);
  return row * CELL_COLUMNS + Math.floor((point % COLUMNS) / SIDE);
});

/** Logarithm of each cell's mean absolute Laplacian plus a level, which stands for noise. */
export function detailOfCells(grey: Float32Array): Float32Array {
  const sums = new Float32Array(CELLS);
  for (let row = 1; row < ROWS - 1; row++) {
    for (let point = row * COLUMNS + 1; point < (row + 1) * COLUMNS - 1; point++) {
      const beside = (grey[point - 1] as number) + (grey[point + 1] as number);
      const above = (grey[point - COLUMNS] as number) + (grey[point + COLUMNS] as number);
      const cell = CELL_OF[point] as number;
      sums[cell] = (sums[cell] as number) + Math.abs(4 * (grey[point] as number) - beside - above);
    }
  }
  return sums.map(sum => Math.log(1 + sum / SIDE ** 2));
}

/**
 * How far each cell is from its usual detail, less what its row and the picture have in common: sea state, light and
 * tide change whole rows, a drop a few cells.
 */
export function deviations(detail: Float32Array, usual: Float32Array): Float32Array {
  const differences = detail.map((value, cell) => value - (usual[cell] as number));
  const whole = median(differences);
  const result = new Float32Array(CELLS);
  for (let row = 0; row < CELL_ROWS; row++) {
    const start = row * CELL_COLUMNS;
    const common = (median(differences.slice(start, start + CELL_COLUMNS)) + whole) / 2;
    for (let cell = start; cell < start + CELL_COLUMNS; cell++)
      result[cell] = (differences[cell] as number) - common;
  }
  return result;
}

function median(values: Float32Array): number {
  return values.toSorted()[values.length >> 1] ?? 0;
}

/**
 * How much of each cell are edges that stood still lately but did not before: of drops and threads, not of waves.
 *
 * @param usual [2, 72, 128] mean edges of hours
 * @param lately the same of the last minutes
 */
export function newEdges(usual: Float32Array, lately: Float32Array): Float32Array {
  const sums = new Float32Array(CELLS);
  const points = COLUMNS * ROWS;
  for (let point = 0; point < points; point++) {
    const [x, y] = [lately[point] as number, lately[points + point] as number];
    const [oldX, oldY] = [usual[point] as number, usual[points + point] as number];
    const gain = x * x + y * y - oldX * oldX - oldY * oldY;
    const cell = CELL_OF[point] as number;
    if (gain > 0) sums[cell] = (sums[cell] as number) + gain;
  }
  return sums.map(sum => sum / SIDE ** 2);
}
