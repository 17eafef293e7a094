/** The cells of labelled frames that their labels are likely about, to compare others with. */
import type { KeptCell } from '../../../activity/kept-cells.ts';
import { likeliest } from '../../../activity/presence-score.ts';
import type { Rectangle } from '../../../base/geometry.ts';
import { cellsAbout } from '../../archive/about.ts';
import { isNear, shows } from '../../archive/points.ts';
import type { Pointing } from '../../archive/types.ts';

/** A labelled frame with the scores of its cells. */
export interface LabelledCellsOf {
  readonly id: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  /** Activities in the frame; empty: none. */
  readonly labels: readonly string[];
  /** Part of the frame that the labels are about. */
  readonly rectangle?: Rectangle;
  /** Who exactly is meant, where it was said. */
  readonly pointing?: Pointing;
  readonly cells: readonly KeptCell[];
  /** [cells, width] */
  readonly embeddings: Float32Array;
}

export interface LabelledCell {
  readonly frame: string;
  readonly takenAt: number;
  /** The activity that the cell stands for; empty: none. */
  readonly labels: readonly string[];
  readonly zone: string;
  readonly rectangle: Rectangle;
}

export interface LabelledCells {
  readonly cells: readonly LabelledCell[];
  /** [cells, width], row i of cell i. */
  readonly matrix: Float32Array;
  readonly width: number;
}

/** Cells taken of a frame in which there is nothing: those that came nearest to an activity. */
const CELLS_OF_NONE = 3;

/**
 * For each rider that was pointed at, else for each activity in a label, the cell that most likely shows it; for `none`, and for a frame in
 * which everybody is listed, the cells that were most likely to be mistaken. Frames whose embeddings are of another width are left out.
 */
export function labelledCells(frames: readonly LabelledCellsOf[], width: number): LabelledCells {
  const chosen = frames
    .filter(({ embeddings, cells }) => embeddings.length === cells.length * width)
    .flatMap(frame => cellsOf(frame).map(({ row, labels }) => ({ frame, row, labels })));
  const matrix = new Float32Array(chosen.length * width);
  for (const [index, { frame, row }] of chosen.entries()) {
    matrix.set(frame.embeddings.subarray(row * width, (row + 1) * width), index * width);
  }
  return {
    cells: chosen.map(({ frame, row, labels }) => {
      const { zone, rectangle } = frame.cells[row] as KeptCell;
      return { frame: frame.id, takenAt: frame.takenAt, labels, zone, rectangle };
    }),
    matrix,
    width,
  };
}

function cellsOf({
  cells,
  labels,
  rectangle,
  pointing,
}: LabelledCellsOf): { row: number; labels: readonly string[] }[] {
  const riding = ({ scores }: KeptCell) => likeliest(scores).score;
  const strongest = (rows: readonly number[], score: (cell: KeptCell) => number) =>
    rows.toSorted((a, b) => score(cells[b] as KeptCell) - score(cells[a] as KeptCell));
  const ofNone = (rows: readonly number[]) =>
    strongest(rows, riding)
      .slice(0, CELLS_OF_NONE)
      .map(row => ({ row, labels: [] }));
  // An activity that no head knows yet is where anybody rides.
  const ofActivity = (rows: readonly number[], label: string) =>
    strongest(rows, cell => cell.scores[label] ?? riding(cell))
      .slice(0, 1)
      .map(row => ({ row, labels: [label] }));
  const rows = cellsAbout(cells, rectangle);
  const rowsWhere = (isWanted: (cell: KeptCell) => boolean) =>
    rows.filter(row => isWanted(cells[row] as KeptCell));
  if (pointing !== undefined) {
    const { riders, complete } = pointing;
    const others = rowsWhere(cell => !riders.some(rider => isNear(cell, rider)));
    return [
      ...riders.flatMap(rider =>
        ofActivity(
          rowsWhere(cell => shows(cell, rider)),
          rider.activity,
        ),
      ),
      ...(complete ? ofNone(others) : []),
    ];
  }
  return labels.length === 0 ? ofNone(rows) : labels.flatMap(label => ofActivity(rows, label));
}
