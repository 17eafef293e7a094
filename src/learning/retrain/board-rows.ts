/** The board's frames in the columns of the head to come, each label combination and each frame weighing its part. */
import { type BoardTile, labelTiles, rowsOfFrames } from './board-samples.ts';
import type { FitRows } from './fit-rows.ts';
import type { BoardFrame } from './types.ts';

/**
 * @param inputs [tiles, width], after the head's input transform
 * @param logits [tiles, activities] by the head that chooses the tiles; NaN in a column it has no output for
 * @param hardNegatives how many times more a tile without a rider weighs that the head takes for one
 */
export function boardRows(
  frames: readonly BoardFrame[],
  tiles: readonly BoardTile[],
  activities: readonly string[],
  inputs: Float32Array,
  logits: Float32Array,
  hardNegatives: number,
): FitRows {
  const labelled = labelTiles(frames, tiles, activities, logits);
  return {
    count: tiles.length,
    width: inputs.length / Math.max(1, tiles.length),
    activities,
    inputs,
    ...labelled,
    weights: weightsOf(frames, tiles, activities.length, labelled.targets, logits, hardNegatives),
  };
}

/** Sums to 1: by the square root of the number of frames of each label combination, as samplingWeights has it. */
function weightsOf(
  frames: readonly BoardFrame[],
  tiles: readonly BoardTile[],
  width: number,
  targets: Float32Array,
  logits: Float32Array,
  hardNegatives: number,
): Float64Array {
  const kinds = new Map<string, number>();
  const kindOf = ({ labels }: BoardFrame) => [...labels].sort().join('+');
  for (const frame of frames) kinds.set(kindOf(frame), (kinds.get(kindOf(frame)) ?? 0) + 1);
  const all = [...kinds.values()].reduce((sum, count) => sum + Math.sqrt(count), 0);
  const weights = new Float64Array(tiles.length);
  for (const rows of rowsOfFrames(tiles)) {
    const frame = frames[(tiles[rows[0] as number] as BoardTile).frame] as BoardFrame;
    const own = 1 / Math.sqrt(kinds.get(kindOf(frame)) as number) / all;
    const part = (row: number, from: Float32Array) => from.subarray(row * width, (row + 1) * width);
    const positive = rows.filter(row => part(row, targets).some(target => target > 0));
    const negative = rows.filter(row => !positive.includes(row));
    const hardness = negative.map(row => (part(row, logits).some(logit => logit > 0) ? hardNegatives : 1));
    const sum = hardness.reduce((total, each) => total + each, 0);
    const shareOfPositive = positive.length === 0 ? 0 : negative.length === 0 ? 1 : 0.5;
    for (const row of positive) weights[row] = (own * shareOfPositive) / positive.length;
    for (const [index, row] of negative.entries()) {
      weights[row] = (own * (1 - shareOfPositive) * (hardness[index] as number)) / sum;
    }
  }
  return weights;
}
