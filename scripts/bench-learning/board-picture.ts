/** A picture as a board would have kept it: its cells, their embeddings, and what a person would say of it. */
import { cornersOf, type Rectangle, type Zone } from '../../src/vision/zone.ts';

export interface BoardPicture {
  readonly id: string;
  /** The folder it is from, and the group within it, which says where it was taken. */
  readonly source: string;
  readonly group: string;
  /** Activities in it; empty: none. */
  readonly labels: readonly string[];
  readonly cells: readonly { readonly zone: string; readonly rectangle: Rectangle }[];
  /** [cells, width] */
  readonly embeddings: Float32Array;
}

/** A camera has three zones side by side, as riders are in nearly every frame, but not everywhere: each is a picture. */
export const CAMERA_ZONES: readonly Zone[] = ['left', 'middle', 'right'].map((name, index) => ({
  name,
  points: cornersOf({ x: index / 3, y: 0, w: 1 / 3, h: 1 }),
}));
