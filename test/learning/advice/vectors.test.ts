import { describe, expect, it } from 'vitest';
import { nearest, normalisedRows } from '../../../src/learning/advice/likeness/vectors.ts';
import { fc } from '../../support/fast-check.ts';

const width = 5;
const number = fc.float({ min: -4, max: 4, noNaN: true });
const row = fc.array(number, { minLength: width, maxLength: width });

function cosine(a: readonly number[], b: readonly number[]): number {
  const length = (v: readonly number[]) => Math.hypot(...v);
  const product = a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
  return length(a) * length(b) === 0 ? 0 : product / (length(a) * length(b));
}

describe('nearest', () => {
  it('finds what comparing all with all finds', () => {
    fc.assert(
      fc.property(
        row,
        fc.array(row, { maxLength: 12 }),
        fc.integer({ min: 0, max: 15 }),
        (query, rows, k) => {
          const found = nearest(Float32Array.from(query), Float32Array.from(rows.flat()), k);
          const all = rows.map(other => cosine(query, other)).sort((a, b) => b - a);
          expect(found).toHaveLength(Math.min(k, rows.length));
          for (const [place, neighbour] of found.entries()) {
            expect(neighbour.similarity).toBeCloseTo(all[place] as number, 4);
            expect(neighbour.similarity).toBeCloseTo(cosine(query, rows[neighbour.row] as number[]), 4);
          }
          expect(new Set(found.map(one => one.row)).size).toBe(found.length);
        },
      ),
    );
  });

  it('gives the first of equal rows first', () => {
    const matrix = Float32Array.from([1, 0, 2, 0, 0, 1]);
    expect(nearest(Float32Array.from([1, 0]), matrix, 2)).toEqual([
      { row: 0, similarity: 1 },
      { row: 1, similarity: 1 },
    ]);
  });
});

describe('normalisedRows', () => {
  it('gives every row length 1 but leaves rows of zeros alone', () => {
    const rows = normalisedRows(Float32Array.from([3, 4, 0, 0]), 2);
    expect([...rows].map(value => Number(value.toFixed(5)))).toEqual([0.6, 0.8, 0, 0]);
  });
});
