import { describe, expect, it } from 'vitest';
import { withHardNegatives } from '../../../src/learning/fit/hard-negatives.ts';
import { samplingWeights } from '../../../src/learning/fit/weights.ts';
import { sampleOf } from '../support.ts';

describe('withHardNegatives', () => {
  // One hidden unit that sees the first number; above 1 it takes it for a rider.
  const head = {
    hiddenKernel: Float32Array.from([1, 0, 0, 0]),
    hiddenBias: Float32Array.from([0]),
    outputKernel: Float32Array.from([1]),
    outputBias: Float32Array.from([-1]),
  };
  const none = { labels: [0], file: 'frame.jpg' };
  const samples = [
    sampleOf({ ...none, part: '0' }),
    sampleOf({ ...none, part: '1' }),
    sampleOf({ labels: [1], file: 'frame.jpg', part: '2' }),
    sampleOf({ ...none, file: 'photo.jpg', part: '' }),
  ];
  const embeddings = Float32Array.from([5, 0, 0, 0, 0.5, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0]);
  const set = { samples, embeddings, width: 4 };

  it('lets only tiles without a rider weigh more in which the head sees one', () => {
    const plain = samplingWeights(samples);
    const mined = withHardNegatives(head, set, 4);
    expect([...mined].map((weight, row) => weight / (plain[row] as number))).toEqual([4, 1, 1, 1]);
  });
});
