/** The tiles of labelled frames that their labels are likely about, to compare others with. */
import type { ScoredTile } from '../../../activity/classifier.ts';
import type { Rectangle } from '../../../vision/zone.ts';

/** A labelled frame with the scores of its tiles. */
export interface LabelledTilesOf {
  readonly id: string;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  /** Activities in the frame; empty: none. */
  readonly labels: readonly string[];
  /** Part of the frame that the labels are about. */
  readonly rectangle?: Rectangle;
  readonly tiles: readonly ScoredTile[];
  /** [tiles, width] */
  readonly embeddings: Float32Array;
}

export interface LabelledTile {
  readonly frame: string;
  readonly takenAt: number;
  /** The activity that the tile stands for; empty: none. */
  readonly labels: readonly string[];
  readonly zone: string;
  readonly rectangle: Rectangle;
}

export interface LabelledTiles {
  readonly tiles: readonly LabelledTile[];
  /** [tiles, width], row i of tile i. */
  readonly matrix: Float32Array;
  readonly width: number;
}

/** Tiles taken of a frame in which there is nothing: those that came nearest to an activity. */
const TILES_OF_NONE = 3;

/**
 * Of each activity in a label the tile that most likely shows it; of `none` the tiles that were most likely to be
 * mistaken. Frames whose embeddings are of another width are left out.
 */
export function labelledTiles(frames: readonly LabelledTilesOf[], width: number): LabelledTiles {
  const chosen = frames
    .filter(({ embeddings, tiles }) => embeddings.length === tiles.length * width)
    .flatMap(frame => tilesOf(frame).map(({ row, labels }) => ({ frame, row, labels })));
  const matrix = new Float32Array(chosen.length * width);
  for (const [index, { frame, row }] of chosen.entries()) {
    matrix.set(frame.embeddings.subarray(row * width, (row + 1) * width), index * width);
  }
  return {
    tiles: chosen.map(({ frame, row, labels }) => {
      const { zone, rectangle } = frame.tiles[row] as ScoredTile;
      return { frame: frame.id, takenAt: frame.takenAt, labels, zone, rectangle };
    }),
    matrix,
    width,
  };
}

function tilesOf({
  tiles,
  labels,
  rectangle,
}: LabelledTilesOf): { row: number; labels: readonly string[] }[] {
  const rows = [...tiles.keys()].filter(
    row => rectangle === undefined || meet((tiles[row] as ScoredTile).rectangle, rectangle),
  );
  const by = (score: (tile: ScoredTile) => number) =>
    rows.toSorted((a, b) => score(tiles[b] as ScoredTile) - score(tiles[a] as ScoredTile));
  if (labels.length === 0) {
    const likeliest = by(({ scores }) => Math.max(0, ...Object.values(scores)));
    return likeliest.slice(0, TILES_OF_NONE).map(row => ({ row, labels: [] }));
  }
  return labels.flatMap(label => {
    const [row] = by(({ scores }) => scores[label] ?? 0);
    return row === undefined ? [] : [{ row, labels: [label] }];
  });
}

function meet(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
