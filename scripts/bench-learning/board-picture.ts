/** A picture as a board would have kept it: its tiles, their embeddings, and what a person would say of it. */
import type { Rectangle, Zone } from '../../src/vision/zone.ts';

export interface BoardPicture {
  readonly id: string;
  /** The folder it is from, and the group within it, which says where it was taken. */
  readonly source: string;
  readonly group: string;
  /** Activities in it; empty: none. */
  readonly labels: readonly string[];
  readonly tiles: readonly { readonly zone: string; readonly rectangle: Rectangle }[];
  /** [tiles, width] */
  readonly embeddings: Float32Array;
}

/** A photo fills its picture: one tile. */
export const PHOTO_ZONES: readonly Zone[] = [
  { name: 'photo', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 1, rows: 1, overlap: 0 } },
];

/**
 * A camera has three zones side by side, as riders are in nearly every frame, but not everywhere. Their tiles are as
 * large as those of the daemon's grid for the whole frame.
 */
export const CAMERA_ZONES: readonly Zone[] = ['left', 'middle', 'right'].map((name, index) => ({
  name,
  x: index / 3,
  y: 0,
  w: 1 / 3,
  h: 1,
  tiles: { columns: 2, rows: 2, overlap: 0.1 },
}));
