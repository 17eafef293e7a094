/** Labelled frames of the board as rows to fit to: which cell a label is about, and what is not known of the others. */
import { cellsAbout } from '../archive/about.ts';
import { isNear, shows } from '../archive/points.ts';
import type { Pointing } from '../archive/types.ts';
import type { BoardFrame } from './types.ts';

/** A cell of a frame that may be learnt from. */
export interface BoardCell {
  /** Index of the frame. */
  readonly frame: number;
  /** Index of the cell in it. */
  readonly cell: number;
}

/** All that were kept; where a label is about a part of its frame, those of that part. */
export function cellsToLearn(frames: readonly BoardFrame[]): BoardCell[] {
  return frames.flatMap(({ cells, rectangle }, frame) =>
    cellsAbout(cells, rectangle).map(cell => ({ frame, cell })),
  );
}

/** What labels say of cells. */
export interface CellLabels {
  /** [cells, outputs]: 1 where a cell shows that. */
  readonly targets: Float32Array;
  /** [cells, outputs]: 0 where it is not known, else 1. */
  readonly mask: Float32Array;
  /** Rows that show a rider somebody pointed at: surer than those that were chosen of a whole frame. */
  readonly pointed: ReadonlySet<number>;
}

/**
 * Labels of a frame as labels of its cells, in the manner of multiple-instance learning (Andrews, Tsochantaridis and
 * Hofmann 2003, mi-SVM): an activity is in the cell that most likely shows it, of all cells of the frame or, where a rider
 * was pointed at, of those at that place, one at every size. In the others of them it is unknown; an activity that is not
 * in the frame is in no cell. Of a frame with points that are not all riders, nothing is known of the cells elsewhere.
 * Labels say nothing of background outputs, which come last.
 *
 * @param logits [cells, outputs] by the head that chooses, calibrated; NaN in a column it has no output for
 * @param notMeant rows that a label of a whole frame is not about, whatever the head says; see `chooseMeant`
 */
export function labelCells(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  activities: readonly string[],
  logits: Float32Array,
  notMeant: ReadonlySet<number> = new Set(),
): CellLabels {
  const outputs = logits.length / Math.max(1, cells.length);
  const targets = new Float32Array(logits.length);
  const mask = Float32Array.from(logits, (_, index) => (index % outputs < activities.length ? 1 : 0));
  const pointed = new Set<number>();
  const likeliestOf = (rows: readonly number[], column: number) => {
    const score = (row: number) => scoreFor(activityLogits(logits, row, outputs, activities), column);
    return rows.reduce<number | null>(
      (most, row) => (most === null || score(row) > score(most) ? row : most),
      null,
    );
  };
  for (const rows of rowsOfFrames(cells)) {
    const frame = frames[(cells[rows[0] as number] as BoardCell).frame] as BoardFrame;
    const { labels, pointing } = frame;
    if (pointing !== undefined) {
      const { open, riders } = rowsOfPoints(rows, row => placeOf(frames, cells, row), pointing);
      for (const row of open) mask.fill(0, row * outputs, row * outputs + activities.length);
      for (const { activity, at } of riders) {
        const column = activities.indexOf(activity);
        const best = column === -1 ? null : likeliestOf(at, column);
        if (best === null) continue;
        pointed.add(best);
        mask.fill(1, best * outputs, best * outputs + activities.length);
        targets[best * outputs + column] = 1;
      }
      continue;
    }
    const candidates = rows.filter(row => !notMeant.has(row));
    for (const [column, activity] of activities.entries()) {
      if (!labels.includes(activity)) continue;
      const best = likeliestOf(candidates, column);
      for (const row of rows) mask[row * outputs + column] = row === best ? 1 : 0;
      if (best !== null) targets[best * outputs + column] = 1;
    }
  }
  return { targets, mask, pointed };
}

type Placed = BoardFrame['cells'][number];

export function placeOf(frames: readonly BoardFrame[], cells: readonly BoardCell[], row: number): Placed {
  const { frame, cell } = cells[row] as BoardCell;
  return (frames[frame] as BoardFrame).cells[cell] as Placed;
}

/**
 * @returns `open`: rows of which nothing is known; `riders`: of each rider the rows that show it; all others show nobody
 */
export function rowsOfPoints(
  rows: readonly number[],
  at: (row: number) => Placed,
  { riders, nobody, complete }: Pointing,
): { readonly open: number[]; readonly riders: { readonly activity: string; readonly at: number[] }[] } {
  const isNobody = (row: number) =>
    !riders.some(rider => isNear(at(row), rider)) &&
    (complete || nobody.some(point => shows(at(row), point)));
  return {
    open: rows.filter(row => !isNobody(row)),
    riders: riders.map(rider => ({
      activity: rider.activity,
      at: rows.filter(row => shows(at(row), rider)),
    })),
  };
}

/** Probability of a rider of any activity: at one place they exclude each other. */
export function riderChance(logits: Float32Array): number {
  let sum = 0;
  for (const logit of logits) if (!Number.isNaN(logit)) sum += 1 / (1 + Math.exp(-logit));
  return Math.min(1, sum);
}

export function activityLogits(
  logits: Float32Array,
  row: number,
  outputs: number,
  { length }: readonly string[],
): Float32Array {
  return logits.subarray(row * outputs, row * outputs + length);
}

/** A new activity is looked for where any rider is found. */
function scoreFor(logits: Float32Array, column: number): number {
  const own = logits[column] as number;
  return Number.isNaN(own) ? riderChance(logits) : own;
}

/** The rows of each frame, in order. */
export function rowsOfFrames(cells: readonly BoardCell[]): number[][] {
  const rows = new Map<number, number[]>();
  for (const [row, { frame }] of cells.entries()) {
    const known = rows.get(frame);
    if (known === undefined) rows.set(frame, [row]);
    else known.push(row);
  }
  return [...rows.values()];
}

/** Embeddings of these cells, side by side. */
export function embeddingsOf(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  width: number,
): Float32Array {
  const all = new Float32Array(cells.length * width);
  for (const [row, { frame, cell }] of cells.entries()) {
    all.set((frames[frame] as BoardFrame).embeddings.subarray(cell * width, (cell + 1) * width), row * width);
  }
  return all;
}
