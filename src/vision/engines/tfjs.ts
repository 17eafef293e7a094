/** The forward pass in TensorFlow.js, by hand on its fused kernels: half the time of its layers API. */
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Backbone } from '../backbone.ts';
import { type BackboneBundle, type BackboneLayer, layerWeights } from '../bundle.ts';
import { embedInChunks } from './chunks.ts';
import { loadTensorflow, type Tensorflow, type TensorflowEngine } from './tensorflow.ts';
import { openTfjsCells } from './tfjs-cells.ts';

/** A run of one tile leaves a part of the time to overhead; more than two take memory without being faster. */
const CHUNK = 2;

/** @throws SurfwatchError `engine-unavailable` */
export async function createTfjsBackbone(
  bundle: BackboneBundle,
  engine: TensorflowEngine,
): Promise<Backbone> {
  const tf = await loadTensorflow(engine);
  const { manifest } = bundle;
  const layers = manifest.layers.map(layer => uploadLayer(tf, bundle, layer));
  const { size, scale, offset } = manifest.input;
  const cells = openTfjsCells(tf, bundle, (stage, input, before) => {
    const names = new Set(stage.layers.map(({ name }) => name));
    const own = layers.filter(({ layer }) => names.has(layer.name));
    return outputsOf(tf, own, input, before);
  });
  return {
    engine,
    runtime: `tfjs ${tf.version_core} ${tf.getBackend()}`,
    precision: 'fp32',
    manifest,
    embed: (pixels, count) =>
      embedInChunks(pixels, count, manifest.width, CHUNK, async (part, tiles) => {
        const embeddings = tf.tidy(() => {
          const bytes = tf.tensor4d(part, [tiles, size, size, 3], 'int32');
          return forward(tf, layers, tf.add(tf.mul(tf.cast(bytes, 'float32'), scale), offset));
        });
        const data = await embeddings.data<'float32'>();
        embeddings.dispose();
        return data;
      }),
    cells,
    async close() {
      cells?.close();
      for (const layer of layers) tf.dispose([layer.filter, layer.bias]);
    },
  };
}

interface UploadedLayer {
  readonly layer: BackboneLayer;
  readonly filter: Tensor4D;
  readonly bias: Tensor1D;
}

function uploadLayer(tf: Tensorflow, bundle: BackboneBundle, layer: BackboneLayer): UploadedLayer {
  const { shape, kernel, bias } = layerWeights(bundle, layer);
  const filter = tf.tidy(() => {
    const stored = tf.tensor4d(kernel, [...shape]);
    // TensorFlow wants [height, width, in, out], and [height, width, in, multiplier] for depthwise.
    return tf.transpose(stored, layer.op === 'depthwise_conv' ? [2, 3, 0, 1] : [2, 3, 1, 0]);
  });
  return { layer, filter, bias: tf.tensor1d(bias) };
}

function forward(tf: Tensorflow, layers: readonly UploadedLayer[], input: Tensor4D) {
  const last = layers.at(-1)?.layer.name ?? '';
  return tf.mean(outputsOf(tf, layers, input).get(last) as Tensor4D, [1, 2]);
}

/** @param before the layer that `input` is the output of */
function outputsOf(tf: Tensorflow, layers: readonly UploadedLayer[], input: Tensor4D, before?: string) {
  const outputs = new Map<string, Tensor4D>();
  if (before !== undefined) outputs.set(before, input);
  let x = input;
  for (const { layer, filter, bias } of layers) {
    const common = { x, filter, strides: layer.stride, pad: 'same' as const, bias } as const;
    const activation = layer.activation;
    x =
      layer.op === 'depthwise_conv'
        ? tf.fused.depthwiseConv2d({ ...common, activation })
        : tf.fused.conv2d({ ...common, activation });
    if (layer.residualFrom !== undefined) x = tf.add(x, outputs.get(layer.residualFrom) ?? 0);
    outputs.set(layer.name, x);
  }
  return outputs;
}
