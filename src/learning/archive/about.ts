/** Which of a frame's cells a label is about. */
import type { Rectangle } from '../../base/geometry.ts';

/** Share of what the best cell covers of the marked part. */
const NEARLY_ALL = 0.8;

/**
 * All cells, or where the label is about a part of the frame, those whose middle lies in it; in a part so small that it
 * holds no middle, those that have the most of it.
 *
 * @returns indices, in order
 */
export function cellsAbout(
  cells: readonly { readonly rectangle: Rectangle }[],
  part: Rectangle | undefined,
): number[] {
  const all = [...cells.keys()];
  if (part === undefined) return all;
  const at = (index: number) => (cells[index] as { rectangle: Rectangle }).rectangle;
  const inside = all.filter(index => holdsMiddle(part, at(index)));
  if (inside.length > 0) return inside;
  const most = Math.max(...all.map(index => overlap(at(index), part)), 0);
  return most === 0 ? [] : all.filter(index => overlap(at(index), part) >= most * NEARLY_ALL);
}

function holdsMiddle(part: Rectangle, { x, y, w, h }: Rectangle): boolean {
  const [left, top] = [x + w / 2 - part.x, y + h / 2 - part.y];
  return left >= 0 && left <= part.w && top >= 0 && top <= part.h;
}

function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
