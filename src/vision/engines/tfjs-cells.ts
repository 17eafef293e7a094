/** The pass over a whole frame in TensorFlow.js: the layers that embed tiles too, and the projection and head after them. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { type BackboneBundle, cellWeights } from '../bundle.ts';
import type { Maps } from '../cells/bands.ts';
import type { CellEngine } from '../cells/engine.ts';
import { createPassMemory } from '../cells/pass-memory.ts';
import { planStages, type Stage } from '../cells/stages.ts';
import type { Tensorflow } from './tensorflow.ts';

/** Runs layers from the output of the one before them. @returns the output of each by name */
export type RunLayers = (stage: Stage, input: Tensor4D, before: string | undefined) => Map<string, Tensor4D>;

/** @returns null where the backbone has no projection for cells */
export function openTfjsCells(
  tf: Tensorflow,
  bundle: BackboneBundle,
  runLayers: RunLayers,
): (CellEngine & { close(): void }) | null {
  const weights = cellWeights(bundle);
  if (weights === null) return null;
  const stages = planStages(bundle.manifest.layers);
  const { scale, offset } = bundle.manifest.input;
  const kernels = weights.kernels.map((kernel, at) =>
    tf.tidy(() => tf.transpose(tf.tensor2d(kernel, [weights.width, weights.inputs[at] as number]))),
  );
  const bias = tf.tensor1d(weights.bias);
  const upload = (input: Maps): Tensor4D =>
    input.order === 'rows'
      ? tf.add(tf.mul(tf.tensor4d(input.data, [1, input.height, input.width, 3], 'float32'), scale), offset)
      : tf.transpose(tf.tensor4d(input.data, [1, input.channels, input.height, input.width]), [0, 2, 3, 1]);
  const layersOf = (index: number, input: Maps) =>
    runLayers(stages[index] as Stage, upload(input), stages[index - 1]?.layers.at(-1)?.name);
  /** [positions, width] */
  const project = (outputs: Map<string, Tensor4D>, at: 0 | 1): Tensor4D => {
    const map = outputs.get(weights.of[at]) as Tensor4D;
    const [, height, width, channels] = map.shape;
    const soft = tf.div(map, tf.add(tf.abs(map), 1));
    const vectors = tf.matMul(tf.reshape(soft, [height * width, channels]), kernels[at] as Tensor);
    return tf.reshape(vectors, [1, height, width, weights.width]);
  };
  return {
    stages,
    memory: createPassMemory(),
    gives: 'floats',
    async run(index, input, data) {
      const output = tf.tidy(() => {
        const last = stages[index]?.layers.at(-1)?.name ?? '';
        return tf.transpose(layersOf(index, input).get(last) as Tensor4D, [0, 3, 1, 2]);
      });
      const [, channels, height, width] = output.shape;
      data.set(await output.data<'float32'>());
      output.dispose();
      return { channels, height, width, data: data.subarray(0, channels * height * width), order: 'planes' };
    },
    async finish(input, head) {
      const [vectors, logits] = tf.tidy(() => {
        const outputs = layersOf(stages.length - 1, input);
        const near = project(outputs, 0);
        const [, rows, columns] = near.shape;
        const far = tf.image.resizeNearestNeighbor(project(outputs, 1), [rows, columns]);
        const cells = tf.add<Tensor4D>(tf.add(near, far), bias);
        const each = tf.reshape(cells, [rows * columns, weights.width]);
        const hiddenKernel = tf.tensor2d(head.hiddenKernel, [head.hidden, head.width]);
        const units = tf.relu(
          tf.add(tf.matMul(each, hiddenKernel, false, true), tf.tensor1d(head.hiddenBias)),
        );
        const outputKernel = tf.tensor2d(head.outputKernel, [head.outputs, head.hidden]);
        const scores = tf.add(tf.matMul(units, outputKernel, false, true), tf.tensor1d(head.outputBias));
        return [cells, scores] as const;
      });
      const [, rows, columns] = vectors.shape;
      const found = {
        rows,
        columns,
        vectors: await vectors.data<'float32'>(),
        logits: await logits.data<'float32'>(),
      };
      tf.dispose([vectors, logits]);
      return found;
    },
    close() {
      tf.dispose([...kernels, bias]);
    },
  };
}
