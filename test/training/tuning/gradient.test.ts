import type { Tensor, Variable } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { startWeights } from '../../../src/learning/fit/head-trainer.ts';
import { cutBefore } from '../../../src/training/tuning/cut.ts';
import { headWeights } from '../../../src/training/tuning/head.ts';
import { embedFeatures, readLayers, upload, uploadLayers } from '../../../src/training/tuning/network.ts';
import { lossOf } from '../../../src/training/tuning/tune.ts';
import { MAP } from '../../../src/training/tuning/update.ts';
import type { Tensorflow } from '../../../src/vision/engines/tensorflow.ts';
import { largestDifference, referenceEmbedding } from '../../vision/support.ts';
import { ACTIVITIES, drawnViews, smallBundle, tuningOptions, tuningTensorflow } from './support.ts';

const bundle = smallBundle();
// All but the first convolution, so that every kind of layer and the residual sum are among them.
const cut = cutBefore(bundle.manifest, 4);
let tf: Tensorflow;
beforeAll(async () => {
  tf = await tuningTensorflow();
});

/** The loss of two random maps with a teacher, and the variables it depends on. */
function someLoss() {
  const random = createRandom(5);
  const values = (length: number) => Float32Array.from({ length }, () => random.between(0, 3));
  const shape = { width: 12, hidden: 8, outputs: ACTIVITIES.length };
  const head = () => upload(tf, headWeights(startWeights(shape, random)));
  const variables: Record<string, Variable> = {
    ...uploadLayers(tf, bundle, cut),
    ...head(),
    [MAP]: tf.variable(tf.eye(12)),
  };
  const teacherHead = head();
  const batch = {
    features: tf.tensor4d(values(2 * 8 * 8 * 8), [2, 8, 8, 8]),
    labels: tf.tensor2d([1, 0, 0, 1], [2, 2]),
    teacher: tf.tensor2d(values(24), [2, 12]),
  };
  const teacher = { bundle, soft: 0.4, temperature: 2, distance: 0.3 };
  const options = tuningOptions('', { unfreeze: 4, teacher });
  return {
    variables,
    loss: () => lossOf({ tf, cut, options }, { values: variables, teacherHead }, batch, null),
  };
}

describe('the tuned part', () => {
  it('computes what the network does', () => {
    const views = drawnViews(1);
    const whole = uploadLayers(tf, bundle, { ...cut, layers: bundle.manifest.layers });
    for (const { pixels } of views) {
      const scaled = tf.tensor4d(
        Float32Array.from(pixels, value => value / 127.5 - 1),
        [1, 8, 8, 3],
      );
      const all = { ...cut, layers: bundle.manifest.layers };
      const embedding = embedFeatures(tf, all, whole, scaled).dataSync();
      expect(largestDifference(embedding, referenceEmbedding(bundle, pixels))).toBeLessThan(1e-4);
    }
  });

  it('is read back as it was', async () => {
    expect(await readLayers(bundle, cut, uploadLayers(tf, bundle, cut))).toEqual(bundle.weights);
  });

  it.each([
    'block1/expand/kernel',
    'block1/depthwise/kernel',
    'block1/project/bias',
    'block2/depthwise/kernel',
    'conv_last/kernel',
    'head/hiddenKernel',
    MAP,
  ])('has the gradient that finite differences give: %s', name => {
    const { variables, loss } = someLoss();
    const variable = variables[name] as Variable;
    const { grads } = tf.variableGrads(loss, [variable]);
    const gradient = (grads[variable.name] as Tensor).dataSync();
    const start = variable.dataSync().slice();
    const lossAt = (index: number, change: number) => {
      const moved = start.slice();
      moved[index] = (moved[index] as number) + change;
      variable.assign(tf.tensor(moved, variable.shape));
      return loss().dataSync()[0] as number;
    };
    // The three of the largest gradient: of the others the difference drowns in rounding.
    const order = [...gradient.keys()].sort(
      (a, b) => Math.abs(gradient[b] as number) - Math.abs(gradient[a] as number),
    );
    for (const index of order.slice(0, 3)) {
      const difference = (lossAt(index, 2e-3) - lossAt(index, -2e-3)) / 4e-3;
      expect(Math.abs(difference / (gradient[index] as number) - 1)).toBeLessThan(0.03);
    }
  });
});
