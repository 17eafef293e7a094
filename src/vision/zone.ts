/** A rectangle of the picture, each number a share of the frame's width or height (0..1), as in `boxes.json`. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** How a zone is covered by square crops. 1 × 1 takes the zone as one picture, squeezed to a square. */
export interface TileGrid {
  readonly columns: number;
  readonly rows: number;
  /** Share of a tile's side that neighbours have in common at least, 0..0.9. */
  readonly overlap: number;
}

/** A part of the beach that is judged by itself. */
export interface Zone extends Rectangle {
  /** `a-z 0-9 -` only: it becomes part of a topic. */
  readonly name: string;
  readonly tiles: TileGrid;
}
