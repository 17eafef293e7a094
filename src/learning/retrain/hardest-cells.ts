/** Which cells are learnt from where there are thousands of frames: most show the same background. */
import { isNear } from '../archive/points.ts';
import { type BoardCell, placeOf, rowsOfFrames } from './board-samples.ts';
import type { BoardFrame } from './types.ts';

/** Fraction of the remaining cells of a frame that look least like a rider: they must stay background. */
const CALM = 1 / 4;

/**
 * As many of each frame: what lies near a point, then what looks most like a rider, who may be meant or mistaken, and some
 * of the rest, evenly spread.
 *
 * @param chancesIn of each cell of a frame the probability of a rider, 0..1
 * @param most cells of all frames together; more only where points ask for them
 */
export function hardestCells(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  chancesIn: (frame: BoardFrame) => ArrayLike<number>,
  most: number,
): readonly BoardCell[] {
  if (cells.length <= most) return cells;
  const room = Math.max(1, Math.floor(most / frames.length));
  const kept = new Set<number>();
  for (const rows of rowsOfFrames(cells)) {
    const frame = frames[(cells[rows[0] as number] as BoardCell).frame] as BoardFrame;
    const chances = chancesIn(frame);
    const chance = (row: number) => chances[(cells[row] as BoardCell).cell] as number;
    const points = [...(frame.pointing?.riders ?? []), ...(frame.pointing?.nobody ?? [])];
    const isPointed = (row: number) => points.some(point => isNear(placeOf(frames, cells, row), point));
    const pointed = rows.filter(isPointed);
    const others = rows.filter(row => !pointed.includes(row)).sort((a, b) => chance(b) - chance(a));
    const left = Math.max(0, room - pointed.length);
    const hard = Math.ceil(left * (1 - CALM));
    for (const row of [...pointed, ...others.slice(0, hard), ...spread(others.slice(hard), left - hard)])
      kept.add(row);
  }
  return cells.filter((_, row) => kept.has(row));
}

/** At most so many, evenly spread over the list. */
export function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
