/** Writes the model for TensorFlow.js: a layers model, which others can train on. */

import { float32ToFloat16 } from '../../vision/float16.ts';
import type { Tensor } from '../import/tensor.ts';
import { legacyConfig } from './keras-config.ts';
import { kerasMetadata, kerasNetwork } from './keras-network.ts';
import type { ExportFiles, ExportModel } from './model.ts';

/** Files of this size at most are fetched side by side and kept by browsers' caches. */
const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * `model.json` for `tf.loadLayersModel`, its weights in `group1-shard*.bin`, and `metadata.json` with labels, thresholds
 * and preprocessing, which the model carries too (`userDefinedMetadata`).
 *
 * @throws SurfwatchError `export-unsupported`
 */
export async function exportTfjs(model: ExportModel): Promise<ExportFiles> {
  const layers = kerasNetwork(model);
  const backbone = new Set(model.layers.map(layer => layer.name.replaceAll('/', '_')));
  const parts: Uint8Array[] = [];
  const specs: object[] = [];
  for (const { name, weights } of layers) {
    // Numbers that a bundle keeps in half precision lose nothing by it here.
    const half = model.backbone.manifest.weights.dtype === 'float16' && backbone.has(name);
    for (const [variable, tensor] of weights) {
      const quantization = half ? { quantization: { dtype: 'float16', original_dtype: 'float32' } } : {};
      specs.push({ name: `${name}/${variable}`, shape: tensor.shape, dtype: 'float32', ...quantization });
      parts.push(half ? float32ToFloat16(tensor.values) : bytesOf(tensor));
    }
  }
  const bytes = Buffer.concat(parts);
  const count = Math.ceil(bytes.length / SHARD_BYTES);
  const shards = Array.from({ length: count }, (_, index) => [
    `group1-shard${index + 1}of${count}.bin`,
    bytes.subarray(index * SHARD_BYTES, (index + 1) * SHARD_BYTES),
  ]);
  const metadata = kerasMetadata(model);
  const json = {
    format: 'layers-model',
    generatedBy: `surfwatch ${model.version}`,
    convertedBy: null,
    modelTopology: {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: legacyConfig(layers, 'surfwatch'),
    },
    weightsManifest: [{ paths: shards.map(([path]) => path), weights: specs }],
    userDefinedMetadata: metadata,
  };
  return {
    'model.json': `${JSON.stringify(json)}\n`,
    'metadata.json': `${JSON.stringify(metadata, null, 1)}\n`,
    ...(Object.fromEntries(shards) as Record<string, Uint8Array>),
  };
}

function bytesOf({ values }: Tensor): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
