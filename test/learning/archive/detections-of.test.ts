import { describe, expect, it } from 'vitest';
import type { KeptCell } from '../../../src/activity/kept-cells.ts';
import { detectionsOf } from '../../../src/learning/archive/detections-of.ts';

const RIDER = 0.5;

function cell(x: number, surfing: number, change: Partial<KeptCell> = {}): KeptCell {
  const scores = { surfing, kitesurfing: 0.1 };
  return { zone: 'beach', rectangle: { x, y: 0.4, w: 0.1, h: 0.2 }, scores, ...change };
}

describe('detectionsOf', () => {
  it('numbers from one what counted as a rider, strongest first', () => {
    const found = detectionsOf([cell(0.1, 0.6), cell(0.3, 0.2), cell(0.5, 0.85)], RIDER);
    expect(found.map(({ number, cell }) => [number, cell])).toEqual([
      [1, 2],
      [2, 0],
    ]);
    expect(found[0]).toMatchObject({ activity: 'surfing', score: 0.95, y: 0.5 });
    expect(found[0]?.x).toBeCloseTo(0.55);
  });

  it('counts of several that are as strong the one that was kept first', () => {
    expect(detectionsOf([cell(0.1, 0.7), cell(0.3, 0.7)], RIDER).map(({ cell }) => cell)).toEqual([0, 1]);
  });

  it('gives no number to what lies in no zone, nor to a cell that is only kept for a label', () => {
    const cells = [cell(0.1, 0.9, { zone: '' }), cell(0.3, 0.9, { pointed: true }), cell(0.5, 0.6)];
    expect(detectionsOf(cells, RIDER).map(({ number, cell }) => [number, cell])).toEqual([[1, 2]]);
  });
});
