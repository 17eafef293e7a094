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
