import { describe, expect, it } from 'vitest';
import { headLogits } from '../../../src/activity/head.ts';
import type { FittedHead } from '../../../src/learning/fit/head-trainer.ts';
import { fitSet, type SetFitOptions } from '../../../src/training/fit/fit-set.ts';
import { balancedSamples, randomHead, separableSet } from '../../learning/support.ts';
import { FIT } from './support.ts';

describe('fitSet', () => {
  const set = separableSet(balancedSamples(40));

  /** Share of all labels that the sign of the logit tells. */
  function accuracy(head: FittedHead, of = set): number {
    const bundle = { ...randomHead(0, { hidden: FIT.hidden }), ...head };
    const logits = headLogits(bundle, of.embeddings, of.samples.length);
    const labels = of.samples.flatMap(sample => sample.labels);
    return (
      labels.filter((label, index) => (logits[index] as number) > 0 === (label === 1)).length / labels.length
    );
  }

  it('learns what a line can tell apart', async () => {
    const losses: number[] = [];
    const { weights: head, epoch } = await fitSet(set, FIT, {
      onEpoch: ({ loss }) => {
        losses.push(loss);
        return null;
      },
    });
    expect(epoch).toBe(FIT.epochs);
    expect(losses).toHaveLength(FIT.epochs);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 4);
    expect(accuracy(head)).toBeGreaterThan(0.99);
    expect(accuracy(head, separableSet(balancedSamples(20), 2))).toBeGreaterThan(0.98);
  });

  it('gives the same head for the same seed, and another for another', async () => {
    const options = { ...FIT, epochs: 2, dropout: 0.3 };
    const first = await fitSet(set, options);
    expect(await fitSet(set, options)).toEqual(first);
    const other = await fitSet(set, { ...options, seed: 6 });
    expect(other.weights.hiddenKernel).not.toEqual(first.weights.hiddenKernel);
  });

  it('learns with dropout too', async () => {
    expect(accuracy((await fitSet(set, { ...FIT, dropout: 0.1 })).weights)).toBeGreaterThan(0.95);
  });

  it('keeps the epoch with the lowest held-out loss and stops when it does not fall any more', async () => {
    const losses = [3, 1, 2, 2, 0];
    const seen: FittedHead[] = [];
    const fit = await fitSet(
      set,
      { ...FIT, patience: 2 },
      {
        onEpoch: ({ weights, epoch }) => {
          seen.push(weights);
          return losses[epoch - 1] as number;
        },
      },
    );
    expect(seen).toHaveLength(4);
    expect(fit).toEqual({ epoch: 2, weights: seen[1] });
  });

  it('takes each sample once an epoch where the sampling is plain', async () => {
    // One sample of each kind: with whole batches an epoch is one step over all, whatever the seed.
    const four = separableSet(balancedSamples(1));
    const options: SetFitOptions = { ...FIT, sampling: 'plain', batch: 4, epochs: 1, learningRate: 0 };
    const loss = async (seed: number) => {
      const losses: number[] = [];
      await fitSet(
        four,
        { ...options, seed: 5, epochs: seed },
        {
          onEpoch: each => {
            losses.push(each.loss);
            return null;
          },
        },
      );
      return losses;
    };
    const [first, ...others] = await loss(3);
    for (const other of others) expect(other).toBeCloseTo(first as number, 5);
  });
});
