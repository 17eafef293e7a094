/** Places and parts of a picture. */

/** A rectangle of the picture, each number a share of the frame's width or height (0..1), as in `boxes.json`. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A place in the frame, as shares of its width and height. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
