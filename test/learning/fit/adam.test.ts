import { describe, expect, it } from 'vitest';
import { adamStep, cosineRate, startAdam } from '../../../src/learning/fit/adam.ts';

describe('adamStep', () => {
  const STILL = { step: 1, rate: 0.1, pull: 0, towards: null };

  it('goes as far as the rate at first, against the gradient, however steep it is', () => {
    const adam = startAdam(Float32Array.of(1, 1, 1));
    adamStep(adam, Float32Array.of(5, -0.01, 0), STILL);
    for (const [index, expected] of [0.9, 1.1, 1].entries()) {
      expect(adam.values[index]).toBeCloseTo(expected, 4);
    }
  });

  it('draws to zero, or to where it is told, by a share of the way', () => {
    const still = Float32Array.of(0);
    const zero = startAdam(Float32Array.of(2));
    adamStep(zero, still, { ...STILL, pull: 0.25 });
    expect(zero.values[0]).toBeCloseTo(1.5, 6);
    const other = startAdam(Float32Array.of(2));
    adamStep(other, still, { ...STILL, pull: 0.25, towards: Float32Array.of(4) });
    expect(other.values[0]).toBeCloseTo(2.5, 6);
  });

  it('goes on from its state as if it had not stopped', () => {
    const gradients = [1, -0.5, 0.2, 0.8].map(slope => Float32Array.of(slope));
    const run = startAdam(Float32Array.of(1));
    let resumed = startAdam(Float32Array.of(1));
    for (const [index, gradient] of gradients.entries()) {
      const step = { ...STILL, step: index + 1 };
      adamStep(run, gradient, step);
      resumed = structuredClone(resumed);
      adamStep(resumed, gradient, step);
    }
    expect(resumed).toEqual(run);
  });
});

describe('cosineRate', () => {
  it('falls from the highest to zero', () => {
    expect([0, 0.5, 1].map(done => cosineRate(0.2, done))).toEqual([0.2, expect.closeTo(0.1, 9), 0]);
  });
});
