import { describe, expect, it } from 'vitest';
import { heldBackGroups } from '../../../src/learning/fit/split.ts';
import { balancedWeights, samplingWeights } from '../../../src/learning/fit/weights.ts';
import { fc } from '../../support/fast-check.ts';
import { sampleOf } from '../support.ts';

const samples = fc.array(
  fc
    .record({
      labels: fc.constantFrom([1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0], [1, 0, 1]),
      group: fc.integer({ min: 0, max: 30 }).map(String),
      source: fc.constantFrom('photos', 'cam'),
      augmented: fc.boolean(),
    })
    .map(sampleOf),
  { minLength: 1, maxLength: 200 },
);

describe('heldBackGroups', () => {
  it('holds back groups of its samples, the same for the same seed', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 0, max: 1e6 }), (list, seed) => {
        const held = heldBackGroups(list, 0.2, seed);
        const groups = new Set(list.map(({ group }) => group));
        expect([...held].every(group => groups.has(group))).toBe(true);
        expect(heldBackGroups([...list].reverse(), 0.2, seed)).toEqual(held);
      }),
    );
  });

  it('holds back about the share of every class', () => {
    const kinds = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 0],
    ];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), seed => {
        // 40 groups of 1 to 5 pictures of each class.
        const list = kinds.flatMap((labels, kind) =>
          Array.from({ length: 120 }, (_, index) =>
            sampleOf({ labels, group: `${kind}-${(index * 7) % 40}` }),
          ),
        );
        const held = heldBackGroups(list, 0.2, seed);
        for (const [kind] of kinds.entries()) {
          const share =
            list.filter(({ group }) => held.has(group) && group.startsWith(`${kind}-`)).length / 120;
          expect(share).toBeGreaterThan(0.17);
          expect(share).toBeLessThan(0.23);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('takes other groups for another seed', () => {
    const list = Array.from({ length: 100 }, (_, index) => sampleOf({ group: String(index) }));
    const first = heldBackGroups(list, 0.2, 1);
    expect(first.size).toBe(20);
    expect(heldBackGroups(list, 0.2, 2)).not.toEqual(first);
  });

  it('counts no augmented view', () => {
    const list = Array.from({ length: 10 }, (_, index) => sampleOf({ group: String(index) }));
    const views = list.flatMap(sample => Array.from({ length: 9 }, () => ({ ...sample, augmented: true })));
    expect(heldBackGroups([...list, ...views], 0.3, 5)).toEqual(heldBackGroups(list, 0.3, 5));
  });
});

describe('samplingWeights', () => {
  it('sum to 1, a source having a share by the square root of its number of groups', () => {
    fc.assert(
      fc.property(samples, list => {
        const weights = samplingWeights(list);
        const sources = [...new Set(list.map(({ source }) => source))];
        const variety = (name: string) =>
          Math.sqrt(new Set(list.filter(({ source }) => source === name).map(({ group }) => group)).size);
        const total = sources.reduce((sum, name) => sum + variety(name), 0);
        for (const name of sources) {
          const own = list.reduce(
            (sum, { source }, i) => sum + (source === name ? (weights[i] as number) : 0),
            0,
          );
          expect(own).toBeCloseTo(variety(name) / total, 9);
        }
        expect(weights.every(weight => weight > 0)).toBe(true);
      }),
    );
  });

  it('weigh a class by the square root of its number', () => {
    const list = [
      ...Array.from({ length: 16 }, () => sampleOf()),
      ...Array.from({ length: 4 }, () => sampleOf({ labels: [0, 1, 0] })),
    ];
    const weights = samplingWeights(list);
    const often = weights.subarray(0, 16).reduce((sum, weight) => sum + weight, 0);
    expect(often).toBeCloseTo(4 / 6, 9);
  });
});

describe('balancedWeights', () => {
  const list = (part: string) => [
    ...Array.from({ length: 16 }, () => sampleOf({ part })),
    ...Array.from({ length: 4 }, () => sampleOf({ part, labels: [0, 1, 0] })),
  ];
  const often = (weights: Float64Array) => weights.subarray(0, 16).reduce((sum, weight) => sum + weight, 0);

  it('weigh all classes of photos alike, and those of tiles by the square root of their number', () => {
    expect(often(balancedWeights(list('')))).toBeCloseTo(1 / 2, 9);
    expect(often(balancedWeights(list('0')))).toBeCloseTo(4 / 6, 9);
  });

  it('leave sources the shares they have', () => {
    const both = [
      ...list(''),
      ...Array.from({ length: 5 }, (_, group) => sampleOf({ source: 'other', group: String(group) })),
    ];
    const share = (weights: Float64Array) => weights.subarray(20).reduce((sum, weight) => sum + weight, 0);
    expect(share(balancedWeights(both))).toBeCloseTo(share(samplingWeights(both)), 9);
  });
});
