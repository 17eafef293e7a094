/** The board's frames in the columns of the head to come, each label combination and each frame weighing its part. */
import { activityLogits, type BoardCell, labelCells, riderChance, rowsOfFrames } from './board-samples.ts';
import { type Columns, type FitRows, outputsNamed } from './fit-rows.ts';
import type { BoardFrame } from './types.ts';

export interface BoardRowOptions {
  /** How many times more a cell without a rider weighs that the head takes for one. */
  readonly hardNegatives: number;
  /** Probability, 0..1, from which a cell counts as a rider. */
  readonly rider: number;
  /** See `labelCells`. */
  readonly alarms?: ReadonlySet<number>;
}

/**
 * @param inputs [cells, width], after the head's input transform
 * @param logits [cells, outputs] by the head that chooses the cells, calibrated; NaN in a column it has no output for
 */
export function boardRows(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  columns: Columns,
  inputs: Float32Array,
  logits: Float32Array,
  options: BoardRowOptions,
): FitRows {
  const { activities } = columns;
  const labelled = labelCells(frames, cells, activities, logits, options.alarms);
  return {
    count: cells.length,
    width: inputs.length / Math.max(1, cells.length),
    outputs: outputsNamed(columns),
    inputs,
    ...labelled,
    weights: weightsOf(frames, cells, activities, labelled.targets, logits, options),
  };
}

/** Sums to 1: by the square root of the number of frames of each label combination, as samplingWeights has it. */
function weightsOf(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  activities: readonly string[],
  targets: Float32Array,
  logits: Float32Array,
  { hardNegatives, rider }: BoardRowOptions,
): Float64Array {
  const outputs = logits.length / Math.max(1, cells.length);
  const kinds = new Map<string, number>();
  const kindOf = ({ labels }: BoardFrame) => [...labels].sort().join('+');
  for (const frame of frames) kinds.set(kindOf(frame), (kinds.get(kindOf(frame)) ?? 0) + 1);
  const all = [...kinds.values()].reduce((sum, count) => sum + Math.sqrt(count), 0);
  const weights = new Float64Array(cells.length);
  for (const rows of rowsOfFrames(cells)) {
    const frame = frames[(cells[rows[0] as number] as BoardCell).frame] as BoardFrame;
    const own = 1 / Math.sqrt(kinds.get(kindOf(frame)) as number) / all;
    const part = (row: number, from: Float32Array) => activityLogits(from, row, outputs, activities);
    const positive = rows.filter(row => part(row, targets).some(target => target > 0));
    const negative = rows.filter(row => !positive.includes(row));
    const hardness = negative.map(row => (riderChance(part(row, logits)) >= rider ? hardNegatives : 1));
    const sum = hardness.reduce((total, each) => total + each, 0);
    const shareOfPositive = positive.length === 0 ? 0 : negative.length === 0 ? 1 : 0.5;
    for (const row of positive) weights[row] = (own * shareOfPositive) / positive.length;
    for (const [index, row] of negative.entries()) {
      weights[row] = (own * (1 - shareOfPositive) * (hardness[index] as number)) / sum;
    }
  }
  return weights;
}
