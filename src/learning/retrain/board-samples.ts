/** Labelled frames of the board as rows to fit to: which tile a label is about, and what is not known of the others. */
import type { Rectangle } from '../../vision/zone.ts';
import type { FitRows } from './fit-rows.ts';
import type { BoardFrame } from './types.ts';

/** A tile of a frame that may be learnt from. */
export interface BoardTile {
  /** Index of the frame. */
  readonly frame: number;
  /** Index of the tile in it. */
  readonly tile: number;
  /** Whether the tile holds the most of the part of the frame that the label is about: it may show the activity. */
  readonly candidate: boolean;
}

/** The tiles that meet the part of the frame which the label is about; all where it is about the whole. */
export function tilesToLearn(frames: readonly BoardFrame[]): BoardTile[] {
  return frames.flatMap(({ tiles, rectangle }, frame) => {
    const shared = tiles.map(tile => (rectangle === undefined ? 1 : overlap(tile.rectangle, rectangle)));
    const most = Math.max(...shared, 0);
    return shared.flatMap((area, tile) =>
      area > 0 ? [{ frame, tile, candidate: area >= most * NEARLY_ALL }] : [],
    );
  });
}

/** Of what the best tile has of the marked part. */
const NEARLY_ALL = 0.8;

function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

/**
 * Labels of a frame as labels of its tiles, in the manner of multiple-instance learning (Andrews, Tsochantaridis and
 * Hofmann 2003, mi-SVM): an activity of the frame is in the tile that most likely shows it and unknown in the others; an
 * activity that is not in the frame is in no tile.
 *
 * @param logits [tiles, activities] by the head that chooses, of the very tiles; NaN in a column it has no output for
 * @returns `targets` and `mask`, both [tiles, activities]
 */
export function labelTiles(
  frames: readonly BoardFrame[],
  tiles: readonly BoardTile[],
  activities: readonly string[],
  logits: Float32Array,
): Pick<FitRows, 'targets' | 'mask'> {
  const width = activities.length;
  const targets = new Float32Array(tiles.length * width);
  const mask = new Float32Array(tiles.length * width).fill(1);
  for (const rows of rowsOfFrames(tiles)) {
    const { labels } = frames[(tiles[rows[0] as number] as BoardTile).frame] as BoardFrame;
    for (const [column, activity] of activities.entries()) {
      if (!labels.includes(activity)) continue;
      const candidates = rows.filter(row => tiles[row]?.candidate);
      const score = (row: number) => scoreFor(logits.subarray(row * width, (row + 1) * width), column);
      const best = candidates.reduce((most, row) => (score(row) > score(most) ? row : most));
      for (const row of rows) mask[row * width + column] = row === best ? 1 : 0;
      targets[best * width + column] = 1;
    }
  }
  return { targets, mask };
}

/** A new activity is looked for where any activity is found. */
function scoreFor(logits: Float32Array, column: number): number {
  const own = logits[column] as number;
  if (!Number.isNaN(own)) return own;
  return Math.max(...logits.filter(logit => !Number.isNaN(logit)));
}

/** The rows of each frame, in order. */
export function rowsOfFrames(tiles: readonly BoardTile[]): number[][] {
  const rows = new Map<number, number[]>();
  for (const [row, { frame }] of tiles.entries()) {
    const known = rows.get(frame);
    if (known === undefined) rows.set(frame, [row]);
    else known.push(row);
  }
  return [...rows.values()];
}

/** Embeddings of these tiles, side by side. */
export function embeddingsOf(
  frames: readonly BoardFrame[],
  tiles: readonly BoardTile[],
  width: number,
): Float32Array {
  const all = new Float32Array(tiles.length * width);
  for (const [row, { frame, tile }] of tiles.entries()) {
    all.set((frames[frame] as BoardFrame).embeddings.subarray(tile * width, (tile + 1) * width), row * width);
  }
  return all;
}
