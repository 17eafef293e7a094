/** The tuned part of the backbone in TensorFlow.js: uploaded, computed with gradients, and read back. */
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { type BackboneBundle, type BackboneLayer, layerWeights } from '../../vision/bundle.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { convolve } from './convolve.ts';
import type { Cut } from './cut.ts';

/** Tensors by name: `<layer>/kernel` and `<layer>/bias`, and those of the head that is tuned along. */
export type Tensors = Readonly<Record<string, Tensor>>;
export type Variables = Readonly<Record<string, Variable>>;

/** The same as plain numbers. */
export type Weights = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>
>;

export function upload(tf: Tensorflow, weights: Weights): Variables {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { shape, values }]) => [
      name,
      tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...shape]))),
    ]),
  );
}

export async function readTensors(tensors: Tensors): Promise<Weights> {
  const read = async ([name, tensor]: [string, Tensor]) => {
    const values = Float32Array.from(await tensor.data<'float32'>());
    return [name, { shape: tensor.shape, values }] as const;
  };
  return Object.fromEntries(await Promise.all(Object.entries(tensors).map(read)));
}

/** The weights of the tuned layers, kernels as TensorFlow wants them: [height, width, in, out]. */
export function uploadLayers(tf: Tensorflow, bundle: BackboneBundle, cut: Cut): Variables {
  const variables: Record<string, Variable> = {};
  for (const layer of cut.layers) {
    const { shape, kernel, bias } = layerWeights(bundle, layer);
    variables[`${layer.name}/kernel`] = tf.tidy(() =>
      tf.variable(tf.tensor4d(kernel.slice(), [...shape]).transpose(toTensorflow(layer))),
    );
    variables[`${layer.name}/bias`] = tf.tidy(() => tf.variable(tf.tensor1d(bias.slice())));
  }
  return variables;
}

/** All weights of the bundle, those of the tuned layers replaced by these values; the others bit for bit the same. */
export async function readLayers(bundle: BackboneBundle, cut: Cut, values: Tensors): Promise<Float32Array> {
  const weights = Float32Array.from(bundle.weights);
  const read = async (tensor: Tensor) => Float32Array.from(await tensor.data<'float32'>());
  for (const layer of cut.layers) {
    const kernel = (values[`${layer.name}/kernel`] as Tensor).transpose(fromTensorflow(layer));
    weights.set(await read(kernel), layer.weight);
    kernel.dispose();
    weights.set(await read(values[`${layer.name}/bias`] as Tensor), layer.bias);
  }
  return weights;
}

/** From [out, in, height, width], as stored; [height, width, channels, 1] for a depthwise kernel. */
function toTensorflow(layer: BackboneLayer): number[] {
  return layer.op === 'depthwise_conv' ? [2, 3, 0, 1] : [2, 3, 1, 0];
}

function fromTensorflow(layer: BackboneLayer): number[] {
  return layer.op === 'depthwise_conv' ? [2, 3, 0, 1] : [3, 2, 0, 1];
}

/**
 * From feature maps to embeddings, with gradients.
 *
 * @param features [n, side, side, channels]: what the frozen part gives
 * @returns [n, width]
 */
export function embedFeatures(tf: Tensorflow, cut: Cut, values: Tensors, features: Tensor4D): Tensor2D {
  const outputs = new Map<string, Tensor4D>([[cut.through, features]]);
  let x = features;
  for (const layer of cut.layers) {
    const kernel = values[`${layer.name}/kernel`] as Tensor4D;
    x = convolve(tf, layer, x, kernel, values[`${layer.name}/bias`] as Tensor1D);
    if (layer.residualFrom !== undefined) x = x.add(outputs.get(layer.residualFrom) as Tensor4D);
    outputs.set(layer.name, x);
  }
  return x.mean([1, 2]);
}
