/** Labelled frames of the board as rows to fit to: which cell a label is about, and what is not known of the others. */
import type { Rectangle } from '../../vision/zone.ts';
import { cellsAbout } from '../archive/about.ts';
import type { FitRows } from './fit-rows.ts';
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

/**
 * Labels of a frame as labels of its cells, in the manner of multiple-instance learning (Andrews, Tsochantaridis and
 * Hofmann 2003, mi-SVM): an activity of the frame is in the cell that most likely shows it and unknown in the others; an
 * activity that is not in the frame is in no cell. Labels say nothing of background outputs, which come last.
 *
 * @param logits [cells, outputs] by the head that chooses, calibrated; NaN in a column it has no output for
 * @param alarms rows that show no rider, whatever the head says; see {@link falseAlarms}
 * @returns `targets` and `mask`, both [cells, outputs]
 */
export function labelCells(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  activities: readonly string[],
  logits: Float32Array,
  alarms: ReadonlySet<number> = new Set(),
): Pick<FitRows, 'targets' | 'mask'> {
  const outputs = logits.length / Math.max(1, cells.length);
  const targets = new Float32Array(logits.length);
  const mask = Float32Array.from(logits, (_, index) => (index % outputs < activities.length ? 1 : 0));
  for (const rows of rowsOfFrames(cells)) {
    const { labels } = frames[(cells[rows[0] as number] as BoardCell).frame] as BoardFrame;
    const candidates = rows.filter(row => !alarms.has(row));
    for (const [column, activity] of activities.entries()) {
      if (!labels.includes(activity)) continue;
      const score = (row: number) => scoreFor(activityLogits(logits, row, outputs, activities), column);
      const best = candidates.reduce<number | null>(
        (most, row) => (most === null || score(row) > score(most) ? row : most),
        null,
      );
      for (const row of rows) mask[row * outputs + column] = row === best ? 1 : 0;
      if (best !== null) targets[best * outputs + column] = 1;
    }
  }
  return { targets, mask };
}

/**
 * Rows at places where the head takes something for a rider in a frame of this camera that was labelled none: a buoy or a
 * rock, which must not become what riders are learnt from.
 *
 * @param logits as {@link labelCells} takes them, of a head that has not been told yet
 * @param rider probability, 0..1, from which a cell counts as a rider
 */
export function falseAlarms(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  activities: readonly string[],
  logits: Float32Array,
  rider: number,
): Set<number> {
  const outputs = logits.length / Math.max(1, cells.length);
  const own = cells.flatMap(({ frame, cell }, row) => {
    const { labels, elsewhere, cells: places } = frames[frame] as BoardFrame;
    if (elsewhere === true) return [];
    const { rectangle } = places[cell] as BoardFrame['cells'][number];
    return [{ row, rectangle, isNone: labels.length === 0 }];
  });
  const alarms = own.filter(
    ({ row, isNone }) => isNone && riderChance(activityLogits(logits, row, outputs, activities)) >= rider,
  );
  const isAlarm = ({ rectangle, isNone }: (typeof own)[number]) =>
    !isNone && alarms.some(alarm => isSamePlace(alarm.rectangle, rectangle));
  return new Set(own.filter(isAlarm).map(({ row }) => row));
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

/** Of the side of the larger: nearer lie neighbouring cells, of which one or the other is the strongest. */
const SAME_PLACE = 0.4;
/** Of what one size shows as one cell, the next shows twice as large. */
const SAME_SIZE = 2.5;

function isSamePlace(a: Rectangle, b: Rectangle): boolean {
  const [w, h] = [Math.max(a.w, b.w), Math.max(a.h, b.h)];
  if (w > SAME_SIZE * Math.min(a.w, b.w)) return false;
  const dx = Math.abs(a.x + a.w / 2 - b.x - b.w / 2);
  const dy = Math.abs(a.y + a.h / 2 - b.y - b.h / 2);
  return dx < SAME_PLACE * w && dy < SAME_PLACE * h;
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
