import { describe, expect, it } from 'vitest';
import { createTfjsTrainer } from '../../../scripts/bench-retrain/tfjs-trainer.ts';
import { plainMultiply } from '../../../src/activity/matrix-kernel.ts';
import { createRandom } from '../../../src/base/random.ts';
import {
  createHeadTrainer,
  type FittedHead,
  type HeadBatch,
} from '../../../src/learning/fit/head-trainer.ts';
import { loadWholeTensorflow } from '../../support/whole-tensorflow.ts';

const [WIDTH, HIDDEN, OUTPUTS, ROWS] = [21, 6, 3, 7];

function toy(seed: number): { start: FittedHead; batch: HeadBatch } {
  const random = createRandom(seed);
  const values = (length: number) => Float32Array.from({ length }, () => random.between(-1, 1));
  const bits = (length: number) => Float32Array.from({ length }, () => (random.next() < 0.6 ? 1 : 0));
  return {
    start: {
      hiddenKernel: values(HIDDEN * WIDTH),
      hiddenBias: values(HIDDEN),
      outputKernel: values(OUTPUTS * HIDDEN),
      outputBias: values(OUTPUTS),
    },
    batch: {
      rows: ROWS,
      inputs: values(ROWS * WIDTH),
      targets: bits(ROWS * OUTPUTS),
      mask: bits(ROWS * OUTPUTS),
      kept: bits(ROWS * HIDDEN).map(bit => bit * 1.5),
    },
  };
}

const numbers = (weights: FittedHead) =>
  [weights.hiddenKernel, weights.hiddenBias, weights.outputKernel, weights.outputBias].flatMap(part => [
    ...part,
  ]);

describe('createHeadTrainer', () => {
  it('takes the same steps as TensorFlow.js', async () => {
    const tf = await loadWholeTensorflow();
    const { start, batch } = toy(1);
    const own = createHeadTrainer(start, ROWS);
    const other = createTfjsTrainer(tf, start);
    for (let step = 0; step < 5; step++) {
      expect(own.step(batch, 0.01, 0.1)).toBeCloseTo(other.step(batch, 0.01, 0.1), 4);
    }
    const [ours, theirs] = [numbers(own.weights()), numbers(await other.weights())];
    const far = ours.filter((value, index) => Math.abs(value - (theirs[index] as number)) > 1e-4);
    expect(far).toEqual([]);
    other.dispose();
  });

  it('takes the same steps without SIMD', () => {
    const { start, batch } = toy(2);
    const own = createHeadTrainer(start, ROWS);
    const plain = createHeadTrainer(start, ROWS, plainMultiply);
    for (let step = 0; step < 3; step++) expect(own.step(batch, 0.01, 0)).toBe(plain.step(batch, 0.01, 0));
    expect(numbers(own.weights())).toEqual(numbers(plain.weights()));
  });

  it('scores as many rows as there are, more than a batch', () => {
    const { start, batch } = toy(3);
    const own = createHeadTrainer(start, 2);
    const whole = createHeadTrainer(start, ROWS);
    expect(own.logits(batch.inputs, ROWS)).toEqual(whole.logits(batch.inputs, ROWS));
  });

  it('learns nothing from what is not known', () => {
    const { start, batch } = toy(4);
    const own = createHeadTrainer(start, ROWS);
    expect(own.step({ ...batch, mask: new Float32Array(ROWS * OUTPUTS) }, 0.01, 0)).toBe(0);
    expect(numbers(own.weights())).toEqual(numbers(start));
  });
});
