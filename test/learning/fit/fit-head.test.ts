import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { drawByWeight, type FitSource, fitHead } from '../../../src/learning/fit/fit-head.ts';
import { createHeadTrainer, startWeights } from '../../../src/learning/fit/head-trainer.ts';

const SHAPE = { width: 4, hidden: 8, outputs: 2 };
const OPTIONS = { epochs: 6, batch: 8, learningRate: 0.05, dropout: 0, patience: 0 };

const trainer = () => createHeadTrainer(startWeights(SHAPE, createRandom(1)), OPTIONS.batch);

/** Rows whose first number says which of two things they show; of the second output nothing is known. */
function source(flipped = false): FitSource {
  const signs = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 1 : -1));
  const rows = {
    inputs: Float32Array.from(signs.flatMap(sign => [sign, 0.5, -0.5, 1])),
    targets: Uint8Array.from(signs.flatMap(sign => [sign === 1 ? (flipped ? 0 : 1) : flipped ? 1 : 0, 1])),
    mask: Uint8Array.from(signs.flatMap(() => [1, 0])),
  };
  return { rows, draw: drawByWeight(new Float64Array(40).fill(1)) };
}

/** Logits of the first output, of what is 1 and of what is −1. */
function firstLogits(fitted: ReturnType<typeof trainer>): [number, number] {
  const logits = fitted.logits(Float32Array.of(1, 0.5, -0.5, 1, -1, 0.5, -0.5, 1), 2);
  return [logits[0] as number, logits[2] as number];
}

describe('fitHead', () => {
  it('fits to what is known, and leaves alone what is not', async () => {
    const fitted = trainer();
    const { outputKernel, outputBias } = fitted.weights();
    await fitHead(fitted, source(), 20, OPTIONS, createRandom(2));
    const [positive, negative] = firstLogits(fitted);
    expect(positive).toBeGreaterThan(2);
    expect(negative).toBeLessThan(-2);
    const after = fitted.weights();
    expect(after.outputKernel.slice(8)).toEqual(outputKernel.slice(8));
    expect(after.outputBias[1]).toBe(outputBias[1]);
  });

  it('goes on with other rows after any epoch but the last', async () => {
    const asked: number[] = [];
    const fitted = trainer();
    const next = (epoch: number) => {
      asked.push(epoch);
      return epoch === 2 ? source(true) : null;
    };
    await fitHead(fitted, source(), 20, { ...OPTIONS, schedule: 'constant' }, createRandom(2), { next });
    expect(asked).toEqual([1, 2, 3, 4, 5]);
    const [positive, negative] = firstLogits(fitted);
    expect(positive).toBeLessThan(negative);
  });

  it('stays near its start the harder it is pulled to it', async () => {
    const moved = async (pull: number) => {
      const fitted = trainer();
      const start = fitted.weights().hiddenKernel;
      const { weights } = await fitHead(fitted, source(), 20, { ...OPTIONS, pull }, createRandom(2));
      return weights.hiddenKernel.reduce(
        (sum, value, at) => sum + Math.abs(value - (start[at] as number)),
        0,
      );
    };
    expect(await moved(5)).toBeLessThan((await moved(0)) * 0.7);
  });

  it('refuses to fit for no epoch', async () => {
    await expect(fitHead(trainer(), source(), 1, { ...OPTIONS, epochs: 0 }, createRandom(1))).rejects.toThrow(
      RangeError,
    );
  });
});
