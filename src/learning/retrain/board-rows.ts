/** The board's frames in the columns of the head to come, each label combination and each frame weighing its part. */
import {
  activityLogits,
  type BoardCell,
  type CellLabels,
  labelCells,
  riderChance,
  rowsOfFrames,
} from './board-samples.ts';
import type { Meant } from './choose-meant.ts';
import type { BoardFrame } from './types.ts';

/** Rows to fit to; see `FitRows`. */
export interface WeightedRows extends Pick<CellLabels, 'targets' | 'mask'> {
  readonly inputs: Float32Array;
  /** [count]: how often each is drawn, any scale. */
  readonly weights: Float64Array;
}

export interface BoardRowOptions {
  /** What a frame that is labelled as a whole weighs of one whose riders somebody pointed at, 0..1. */
  readonly wholeFrames: number;
  /** How many times more a cell without a rider weighs that the head takes for one. */
  readonly hardNegatives: number;
  /** Probability, 0..1, from which a cell counts as a rider. */
  readonly rider: number;
  /** Who is meant in frames that are labelled as a whole. */
  readonly meant?: Meant;
}

/**
 * @param inputs [cells, width], after the head's input transform
 * @param logits [cells, outputs] by the head that chooses the cells, calibrated; NaN in a column it has no output for
 */
export function boardRows(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  activities: readonly string[],
  inputs: Float32Array,
  logits: Float32Array,
  options: BoardRowOptions,
): WeightedRows {
  const { targets, mask, pointed } = labelCells(frames, cells, activities, logits, options.meant?.notMeant);
  return {
    inputs,
    targets,
    mask,
    weights: weightsOf(frames, cells, activities, { targets, mask, pointed }, logits, options),
  };
}

/**
 * Fraction of a frame's weight given to its riders, if some were pointed at and if one was chosen; the rest
 * is background.
 */
const OF_POINTED = 0.6;
const OF_CHOSEN = 0.5;
/** Weight of a frame in which it is not clear who is meant, relative to one in which it is. */
const OF_UNSURE = 0.5;
/** Weight of a rider that the head does not see at all. */
const LEAST_CLARITY = 0.01;

/** Sums to 1: by the square root of the number of frames of each label combination, as samplingWeights has it. */
function weightsOf(
  frames: readonly BoardFrame[],
  cells: readonly BoardCell[],
  activities: readonly string[],
  { targets, mask, pointed }: CellLabels,
  logits: Float32Array,
  { wholeFrames, hardNegatives, rider, meant }: BoardRowOptions,
): Float64Array {
  const outputs = logits.length / Math.max(1, cells.length);
  const kinds = new Map<string, number>();
  const kindOf = ({ labels }: BoardFrame) => [...labels].sort().join('+');
  for (const frame of frames) kinds.set(kindOf(frame), (kinds.get(kindOf(frame)) ?? 0) + 1);
  // Where nobody pointed at anybody there is nothing surer.
  const whole = frames.some(({ pointing }) => pointing !== undefined) ? wholeFrames : 1;
  const weights = new Float64Array(cells.length);
  const part = (row: number, from: Float32Array) => activityLogits(from, row, outputs, activities);
  for (const rows of rowsOfFrames(cells)) {
    const frame = frames[(cells[rows[0] as number] as BoardCell).frame] as BoardFrame;
    const isWhole = frame.pointing === undefined && frame.labels.length > 0;
    const sure = !isWhole ? 1 : meant?.unsure.has(frame) === true ? whole * OF_UNSURE : whole;
    const own = sure / Math.sqrt(kinds.get(kindOf(frame)) as number);
    const known = rows.filter(row => part(row, mask).some(each => each > 0));
    const positive = known.filter(row => part(row, targets).some(target => target > 0));
    const negative = known.filter(row => !positive.includes(row));
    const clarity = positive.map(row => Math.sqrt(riderChance(part(row, logits))) + LEAST_CLARITY);
    // A point may be beside its rider, or at one that nobody could see: the clearer ones weigh more.
    const ofAll = clarity.reduce((total, each) => total + each, 0);
    const hardness = negative.map(row => (riderChance(part(row, logits)) >= rider ? hardNegatives : 1));
    const sum = hardness.reduce((total, each) => total + each, 0);
    const some = positive.some(row => pointed.has(row)) ? OF_POINTED : OF_CHOSEN;
    const shareOfPositive = positive.length === 0 ? 0 : negative.length === 0 ? 1 : some;
    for (const [index, row] of positive.entries()) {
      weights[row] = (own * shareOfPositive * (clarity[index] as number)) / ofAll;
    }
    for (const [index, row] of negative.entries()) {
      weights[row] = (own * (1 - shareOfPositive) * (hardness[index] as number)) / sum;
    }
  }
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map(weight => weight / Math.max(Number.MIN_VALUE, all));
}
