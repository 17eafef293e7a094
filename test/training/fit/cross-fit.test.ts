import { describe, expect, it } from 'vitest';
import type { FittedHead } from '../../../src/learning/fit/head-trainer.ts';
import { selectRows } from '../../../src/learning/fit/sample.ts';
import { scoredBy } from '../../../src/learning/fit/scored-set.ts';
import { scoreByOthers } from '../../../src/training/fit/cross-fit.ts';
import { fitSet } from '../../../src/training/fit/fit-set.ts';
import { foldsOf } from '../../../src/training/fit/folds.ts';
import { balancedSamples, randomHead, separableSet } from '../../learning/support.ts';
import { FIT } from './support.ts';

describe('scoreByOthers', () => {
  const { manifest } = randomHead(1, { hidden: FIT.hidden });
  const bundleOf = (weights: FittedHead) => ({ ...weights, manifest });
  const set = separableSet(balancedSamples(12));

  it('scores each fold by a head that is fitted to all others', async () => {
    const [one, other] = foldsOf(set.samples, 3, 1) as [Set<string>, Set<string>];
    const shares: number[] = [];
    const options = { ...FIT, batch: 1, epochs: 2 };
    const scored = await scoreByOthers(set, [one, other], {
      ...options,
      bundleOf,
      onProgress: done => shares.push(done),
    });
    const expected = await Promise.all(
      [one, other].map(async fold => {
        const outside = selectRows(set, ({ group }) => !fold.has(group));
        const { weights } = await fitSet(outside, options);
        return scoredBy(
          bundleOf(weights),
          selectRows(set, ({ group }) => fold.has(group)),
        );
      }),
    );
    expect(scored.samples).toEqual(expected.flatMap(({ samples }) => samples));
    expect([...scored.logits]).toEqual(expected.flatMap(({ logits }) => [...logits]));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('scores nothing without folds', async () => {
    const scored = await scoreByOthers(set, [], { ...FIT, bundleOf, onProgress: () => undefined });
    expect(scored.samples).toEqual([]);
    expect(scored.logits).toHaveLength(0);
  });
});
