import { describe, expect, it } from 'vitest';
import type { Rectangle } from '../../../src/base/geometry.ts';
import { isNear, notShown, shows } from '../../../src/learning/archive/points.ts';
import { fc } from '../../support/fast-check.ts';

/** The rectangle of a cell, of a level of so many: three cells wide and high, cut off at the edges of the frame. */
function cellAt(column: number, row: number, columns = 20, rows = 10): { readonly rectangle: Rectangle } {
  const [left, top] = [Math.max(0, (column - 1) / columns), Math.max(0, (row - 1) / rows)];
  const [right, bottom] = [Math.min(1, (column + 2) / columns), Math.min(1, (row + 2) / rows)];
  return { rectangle: { x: left, y: top, w: right - left, h: bottom - top } };
}

describe('shows', () => {
  it('holds for every point within its cell, wherever in the frame it is', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        fc.integer({ min: 3, max: 200 }),
        fc.integer({ min: 3, max: 100 }),
        (x, y, columns, rows) => {
          const [column, row] = [
            Math.min(columns - 1, Math.floor(x * columns)),
            Math.min(rows - 1, Math.floor(y * rows)),
          ];
          expect(shows(cellAt(column, row, columns, rows), { x, y })).toBe(true);
        },
      ),
    );
  });

  it('reaches to the middle of the next cell, and no further', () => {
    expect(shows(cellAt(5, 5), { x: 6.4 / 20, y: 0.55 })).toBe(true);
    expect(shows(cellAt(5, 5), { x: 6.6 / 20, y: 0.55 })).toBe(false);
    expect(shows(cellAt(5, 5), { x: 5.5 / 20, y: 0.75 })).toBe(false);
  });
});

describe('isNear', () => {
  it('reaches two and a half cells', () => {
    expect(isNear(cellAt(5, 5), { x: 7.9 / 20, y: 0.55 })).toBe(true);
    expect(isNear(cellAt(5, 5), { x: 8.1 / 20, y: 0.55 })).toBe(false);
  });
});

describe('notShown', () => {
  it('names the points that no cell shows', () => {
    const [here, there] = [
      { x: 0.275, y: 0.55 },
      { x: 0.9, y: 0.9 },
    ];
    expect(notShown([cellAt(5, 5)], [here, there])).toEqual([there]);
  });
});
