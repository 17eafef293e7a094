/** Which of a frame's cells a point is about: at every size a rider there could have. */
import type { Point, Rectangle } from '../../base/geometry.ts';

interface Placed {
  readonly rectangle: Rectangle;
}

/** A kept cell's rectangle is three cells wide and high. Within one of its middle lies a rider that it shows. */
const SHOWN = 2 / 3;
/** As in training on boxes: nearer than so many cells to its middle a rider may be seen in part, and says neither yes nor no. */
const NEAR_CELLS = 2.5;

/** Whether a cell shows what is at a point. */
export function shows({ rectangle }: Placed, point: Point): boolean {
  return offset(rectangle, point) <= SHOWN;
}

/** Whether a cell may show something of what is at a point. */
export function isNear({ rectangle }: Placed, point: Point): boolean {
  return offset(rectangle, point) <= NEAR_CELLS / 1.5;
}

/** The points that none of the cells show. */
export function notShown<P extends Point>(cells: readonly Placed[], points: readonly P[]): P[] {
  return points.filter(point => !cells.some(cell => shows(cell, point)));
}

/** From the middle to a point, as a share of half the sides: 1 at the edge. A side cut off by the frame's edge is made whole. */
function offset({ x, y, w, h }: Rectangle, point: Point): number {
  return Math.max(along(point.x, x, w), along(point.y, y, h));
}

function along(at: number, start: number, length: number): number {
  const middle = start + length / 2;
  const away = Math.abs(at - middle) / (length / 2);
  // What was cut off leaves the middle too far inside: towards the edge everything is within the cell.
  const isTowardsEdge = (start === 0 && at < middle) || (start + length > 1 - EDGE && at > middle);
  return isTowardsEdge ? Math.min(away, SHOWN) : away;
}

/** Leeway for rounding. */
const EDGE = 1e-4;
