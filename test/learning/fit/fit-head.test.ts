import { beforeAll, describe, expect, it } from 'vitest';
import { headLogits } from '../../../src/activity/head.ts';
import { type FitOptions, fitHead } from '../../../src/learning/fit/fit-head.ts';
import type { FittedHead } from '../../../src/learning/fit/head-model.ts';
import { loadTensorflow, type Tensorflow } from '../../../src/vision/engines/tensorflow.ts';
import { balancedSamples, FIT, randomHead, separableSet } from '../support.ts';

let tf: Tensorflow;
beforeAll(async () => {
  tf = await loadTensorflow('wasm');
});

describe('fitHead', () => {
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
    const { weights: head, epoch } = await fitHead(tf, set, FIT, {
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
    const first = await fitHead(tf, set, options);
    expect(await fitHead(tf, set, options)).toEqual(first);
    const other = await fitHead(tf, set, { ...options, seed: 6 });
    expect(other.weights.hiddenKernel).not.toEqual(first.weights.hiddenKernel);
  });

  it('learns with dropout too, and leaves no tensor behind', async () => {
    const { numTensors } = tf.memory();
    expect(accuracy((await fitHead(tf, set, { ...FIT, dropout: 0.1 })).weights)).toBeGreaterThan(0.95);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('follows the gradient that tfjs derives by itself', async () => {
    const options = { ...FIT, epochs: 1, batch: 160, learningRate: 1e-3 };
    const { weights: start } = await fitHead(tf, set, { ...options, learningRate: 0 });
    const { weights: moved } = await fitHead(tf, set, options);
    const steps = moved.hiddenKernel.map((value, index) => value - (start.hiddenKernel[index] as number));
    // Adam's first step has the size of the learning rate wherever there is a gradient, against its sign.
    const x = tf.tensor2d(set.embeddings, [set.samples.length, set.width]);
    const y = tf.tensor2d(set.samples.map(({ labels }) => [...labels]));
    const loss = (kernel: import('@tensorflow/tfjs').Tensor) => {
      const hidden = x.matMul(kernel.as2D(FIT.hidden, set.width), false, true).add(start.hiddenBias).relu();
      const logits = hidden
        .matMul(tf.tensor2d(start.outputKernel, [3, FIT.hidden]), false, true)
        .add(start.outputBias);
      return tf.losses.sigmoidCrossEntropy(y, logits.as2D(set.samples.length, 3)).asScalar();
    };
    const gradient = tf.grad(loss)(tf.tensor1d(start.hiddenKernel)).dataSync();
    // The batch is drawn, so that only clear directions are sure.
    const clear = [...gradient.keys()].filter(index => Math.abs(gradient[index] as number) > 0.02);
    expect(clear.length).toBeGreaterThan(20);
    const against = clear.filter(index => (steps[index] as number) * (gradient[index] as number) < 0);
    expect(against.length / clear.length).toBeGreaterThan(0.95);
  });

  it('keeps the epoch with the lowest held-back loss and stops when it does not fall any more', async () => {
    const losses = [3, 1, 2, 2, 0];
    const seen: FittedHead[] = [];
    const fit = await fitHead(
      tf,
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
    const options: FitOptions = { ...FIT, sampling: 'plain', batch: 4, epochs: 1, learningRate: 0 };
    const loss = async (seed: number) => {
      const losses: number[] = [];
      await fitHead(
        tf,
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

  it('shrinks kernels with weight decay, and draws logits together with label smoothing', async () => {
    const size = (values: Float32Array) => values.reduce((sum, value) => sum + Math.abs(value), 0);
    const { weights: free } = await fitHead(tf, set, FIT);
    const { weights: decayed } = await fitHead(tf, set, { ...FIT, weightDecay: 0.5 });
    expect(size(decayed.hiddenKernel)).toBeLessThan(size(free.hiddenKernel) * 0.9);
    const { weights: smoothed } = await fitHead(tf, set, { ...FIT, labelSmoothing: 0.2 });
    const spread = (weights: FittedHead) => {
      const head = { ...randomHead(0, { hidden: FIT.hidden }), ...weights };
      return size(headLogits(head, set.embeddings, set.samples.length));
    };
    expect(spread(smoothed)).toBeLessThan(spread(free));
    expect(accuracy(smoothed)).toBeGreaterThan(0.98);
  });
});
