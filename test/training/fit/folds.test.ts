import { describe, expect, it } from 'vitest';
import { foldsOf } from '../../../src/training/fit/folds.ts';
import { balancedSamples, sampleOf } from '../../learning/support.ts';
import { fc } from '../../support/fast-check.ts';

describe('foldsOf', () => {
  const samples = fc.array(
    fc
      .record({
        group: fc.integer({ min: 0, max: 12 }),
        kind: fc.integer({ min: 0, max: 3 }),
        augmented: fc.boolean(),
      })
      .map(({ group, kind, augmented }) =>
        sampleOf({ group: `g${group}`, labels: [0, 1, 2].map(index => Number(index === kind)), augmented }),
      ),
    { maxLength: 80 },
  );

  it('puts each group into one fold', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 2, max: 6 }), fc.nat(), (list, count, seed) => {
        const folds = foldsOf(list, count, seed);
        expect(folds).toHaveLength(count);
        const groups = new Set(list.filter(({ augmented }) => !augmented).map(({ group }) => group));
        expect(folds.flatMap(fold => [...fold]).sort()).toEqual([...groups].sort());
        expect(foldsOf(list, count, seed)).toEqual(folds);
      }),
    );
  });

  it('gives every fold its share of every class', () => {
    const list = balancedSamples(40);
    for (const fold of foldsOf(list, 5, 37)) {
      for (const kind of [0, 1, 2]) {
        const own = list.filter(({ group, labels }) => fold.has(group) && labels[kind] === 1);
        expect(own).toHaveLength(8);
      }
    }
  });

  it('places groups otherwise for another seed', () => {
    const list = balancedSamples(40);
    expect(foldsOf(list, 5, 1)).not.toEqual(foldsOf(list, 5, 2));
  });
});
