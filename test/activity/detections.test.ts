import { describe, expect, it } from 'vitest';
import { chancesOf, findDetections, type LevelScores } from '../../src/activity/detections.ts';
import { likeliest, presenceScores } from '../../src/activity/presence-score.ts';
import { fc } from '../support/fast-check.ts';

const HEAD = {
  activities: ['surfing', 'kitesurfing'],
  background: ['person'],
  calibration: [
    { slope: 1, intercept: 0 },
    { slope: 1, intercept: 0 },
  ],
};
const EMPTY = -9;

/** A level on which riders of the first activity stand out: [column, row, logit]. */
function level(
  columns: number,
  rows: number,
  riders: readonly (readonly [number, number, number])[],
): LevelScores {
  const logits = new Float32Array(columns * rows * 3).fill(EMPTY);
  for (const [column, row, logit] of riders) logits[(row * columns + column) * 3] = logit;
  return { columns, rows, logits };
}

describe('findDetections', () => {
  it('finds each rider once, where it is, strongest first', () => {
    const found = findDetections(
      [
        level(20, 12, [
          [4, 3, 2],
          [4, 4, 1],
          [15, 9, 3],
        ]),
      ],
      HEAD,
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({
      x: expect.closeTo(15.5 / 20, 2),
      y: expect.closeTo(9.5 / 12, 2),
      level: 0,
    });
    expect(found[0]?.score).toBeCloseTo(0.953, 2);
    expect(found[0]?.cell).toBe(9 * 20 + 15);
    // Between the two cells that see it.
    expect(found[1]?.y).toBeGreaterThan(3.6 / 12);
    expect(found[1]?.y).toBeLessThan(4.4 / 12);
  });

  it('takes what two levels show for one rider, of a size between theirs', () => {
    const both = findDetections([level(40, 24, [[20, 12, 2]]), level(20, 12, [[10, 6, 2]])], HEAD);
    const fine = findDetections([level(40, 24, [[20, 12, 2]]), level(20, 12, [])], HEAD);
    expect(both).toHaveLength(1);
    expect(fine).toHaveLength(1);
    expect(both[0]?.size).toBeGreaterThan((fine[0]?.size ?? 0) * 1.2);
    expect(both[0]?.size).toBeLessThan((fine[0]?.size ?? 0) * 1.8);
  });

  it('tells riders apart that look like one large one from afar, unless they are parts of one', () => {
    const riders = (logit: number) =>
      level(40, 24, [
        [18, 12, logit],
        [21, 12, logit],
      ]);
    const group = level(20, 12, [[9, 6, 4]]);
    expect(findDetections([riders(3), group], HEAD)).toHaveLength(2);
    expect(findDetections([riders(1), group], HEAD)[0]?.level).toBe(1);
  });

  it('lies where the finest level shows it, and is as sure as the level that shows it best', () => {
    const fine = level(40, 24, [[20, 12, 0]]);
    const coarse = level(20, 12, [[10, 6, 1]]);
    const [alone] = findDetections([fine, level(20, 12, [])], HEAD);
    const found = findDetections([fine, coarse], HEAD);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ x: alone?.x, y: alone?.y, level: 1, cell: 6 * 20 + 10 });
    expect(found[0]?.score).toBeCloseTo(1 / (1 + Math.exp(-1)), 3);
    expect(found[0]?.scores.surfing).toBeCloseTo(1 / (1 + Math.exp(-1)), 3);
  });

  it('adds up the activities of a cell, as nobody does two at once, and leaves out the background', () => {
    const one = level(2, 2, []);
    one.logits.set([0, 0, 9], 0);
    expect(chancesOf(one, HEAD)[0]).toBeCloseTo(1);
    expect(findDetections([one], HEAD)[0]?.scores).toEqual({ surfing: 0.5, kitesurfing: 0.5 });
  });

  it('gives places in the frame, whatever a level holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 2, max: 12 }),
        fc.infiniteStream(fc.double({ min: -12, max: 12, noNaN: true })),
        (columns, rows, stream) => {
          const logits = Float32Array.from(
            { length: columns * rows * 3 },
            () => stream.next().value as number,
          );
          const found = findDetections([{ columns, rows, logits }], HEAD);
          for (const { x, y, size, score, cell } of found) {
            for (const share of [x, y, size, score]) {
              expect(share).toBeGreaterThanOrEqual(0);
              expect(share).toBeLessThanOrEqual(1);
            }
            expect(cell).toBeLessThan(columns * rows);
          }
          expect(found.map(({ score }) => score)).toEqual(
            found.map(({ score }) => score).sort((a, b) => b - a),
          );
        },
      ),
    );
  });
});

describe('presenceScores', () => {
  const SENSE = { slope: 1, intercept: 0 };
  const of = (...surfing: number[]) =>
    surfing.map(score => ({ scores: { surfing: score, kitesurfing: 0.01 } }));

  it('rises with how sure the surest rider is', () => {
    const share = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(fc.array(share, { maxLength: 8 }), share, (riders, another) => {
        const before = presenceScores(of(...riders), HEAD.activities, SENSE).surfing as number;
        const after = presenceScores(of(...riders, another), HEAD.activities, SENSE).surfing as number;
        expect(after).toBeGreaterThanOrEqual(before - 1e-12);
      }),
    );
    expect(presenceScores(of(0.5), HEAD.activities, SENSE).surfing).toBeCloseTo(0.51, 2);
    expect(presenceScores([], HEAD.activities, SENSE)).toEqual({
      surfing: expect.closeTo(0.001, 3),
      kitesurfing: expect.closeTo(0.001, 3),
    });
  });

  it('takes a rider for what it most likely does: a dozen surfers are no kitesurfer', () => {
    const surfers = Array.from({ length: 12 }, () => ({ scores: { surfing: 0.6, kitesurfing: 0.3 } }));
    const scores = presenceScores(surfers, HEAD.activities, SENSE);
    expect(scores.surfing).toBeCloseTo(0.9);
    expect(scores.kitesurfing).toBeLessThan(0.01);
    expect(likeliest({ surfing: 0.6, kitesurfing: 0.3 })).toEqual({
      activity: 'surfing',
      score: expect.closeTo(0.9),
    });
  });
});
