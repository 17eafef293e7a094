import { describe, expect, it } from 'vitest';
import { type Found, isNear, matchRiders, type Truth } from '../../src/commands/rider-matching.ts';

const NOTHING: Truth = { riders: [], kites: [], ignored: [] };

function rider(x: number, y: number, activity = 'surfing') {
  return { activity, box: { x: x - 0.01, y: y - 0.02, w: 0.02, h: 0.04 } };
}

function found(x: number, y: number, score: number): Found {
  return { x, y, score, scores: { surfing: score } };
}

describe('isNear', () => {
  const box = { x: 0.4, y: 0.4, w: 0.1, h: 0.2 };

  it('widens a box by half of its size at each side', () => {
    expect(isNear({ x: 0.351, y: 0.5 }, box)).toBe(true);
    expect(isNear({ x: 0.349, y: 0.5 }, box)).toBe(false);
    expect(isNear({ x: 0.45, y: 0.699 }, box)).toBe(true);
    expect(isNear({ x: 0.45, y: 0.701 }, box)).toBe(false);
  });
});

describe('matchRiders', () => {
  it('gives a rider to one detection, the stronger; the other is wrong', () => {
    const [weak, strong] = [found(0.5, 0.5, 0.6), found(0.505, 0.5, 0.9)];
    const { matches, missed, wrong } = matchRiders([weak, strong], { ...NOTHING, riders: [rider(0.5, 0.5)] });
    expect(matches.map(({ detection }) => detection)).toEqual([strong]);
    expect([missed, wrong]).toEqual([[], [weak]]);
  });

  it('gives a detection the nearest rider that is free', () => {
    const [left, right] = [rider(0.5, 0.5), rider(0.515, 0.5)];
    const [a, b] = [found(0.513, 0.5, 0.9), found(0.51, 0.5, 0.8)];
    const { matches } = matchRiders([a, b], { ...NOTHING, riders: [left, right] });
    expect(matches).toEqual([
      { rider: right, detection: a },
      { rider: left, detection: b },
    ]);
  });

  it('counts nothing on kites and in ignored areas, but a rider in them', () => {
    const truth: Truth = {
      riders: [rider(0.3, 0.3)],
      kites: [{ x: 0.7, y: 0.1, w: 0.05, h: 0.05 }],
      ignored: [{ x: 0.2, y: 0.2, w: 0.2, h: 0.2 }],
    };
    const [kite, inside, surfer, stray] = [
      found(0.72, 0.12, 0.9),
      found(0.21, 0.21, 0.9),
      found(0.3, 0.3, 0.8),
      found(0.9, 0.9, 0.7),
    ];
    const { matches, missed, wrong } = matchRiders([kite, inside, surfer, stray], truth);
    expect(matches.map(({ detection }) => detection)).toEqual([surfer]);
    expect([missed, wrong]).toEqual([[], [stray]]);
  });

  it('names riders that nothing was found at', () => {
    const truth = { ...NOTHING, riders: [rider(0.1, 0.1), rider(0.9, 0.9)] };
    expect(matchRiders([found(0.1, 0.1, 0.9)], truth).missed).toEqual([truth.riders[1]]);
  });
});
