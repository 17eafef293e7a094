/** Writes the model for Keras: `.keras` (Keras 3), or `.h5`, which Keras 2 reads too. */
import { zipSync } from 'fflate';
import type { Tensor } from '../import/tensor.ts';
import { kerasConfig, legacyConfig } from './keras-config.ts';
import { writeHdf5 } from './keras-hdf5.ts';
import { type KerasLayer, kerasMetadata, kerasNetwork } from './keras-network.ts';
import type { ExportFiles, ExportModel } from './model.ts';

/** The version whose layout is written. */
const KERAS_VERSION = '3.0.0';

/**
 * A zip archive of `config.json`, `model.weights.h5` and `metadata.json`, in which the key `surfwatch` holds labels,
 * thresholds and preprocessing.
 *
 * @throws SurfwatchError `export-unsupported`
 */
export async function exportKeras(model: ExportModel): Promise<ExportFiles> {
  const layers = kerasNetwork(model);
  const weights = await writeHdf5({ tensors: numberedWeights(layers), groups: new Map([['vars', {}]]) });
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const metadata = {
    keras_version: KERAS_VERSION,
    date_saved: model.head.manifest.createdAt.slice(0, 19).replace('T', '@'),
    surfwatch: kerasMetadata(model),
  };
  const archive = zipSync(
    {
      'metadata.json': json(metadata),
      'config.json': json(kerasConfig(layers, 'surfwatch')),
      'model.weights.h5': weights,
    },
    { level: 0, mtime: model.head.manifest.createdAt },
  );
  return { 'model.keras': archive };
}

/** `layers/conv2d_3/vars/0`: layers of a kind are counted. */
function numberedWeights(layers: readonly KerasLayer[]): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  const counts = new Map<string, number>();
  for (const { className, weights } of layers) {
    const kind = STORES[className];
    if (kind === undefined) continue;
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const store = `layers/${kind}${count === 0 ? '' : `_${count}`}/vars`;
    for (const [index, [, tensor]] of weights.entries()) tensors.set(`${store}/${index}`, tensor);
  }
  return tensors;
}

/** Names of classes with weights, as Keras 3 counts them. */
const STORES: Readonly<Record<string, string>> = {
  Conv2D: 'conv2d',
  DepthwiseConv2D: 'depthwise_conv2d',
  Dense: 'dense',
};

/**
 * A whole model in HDF5; its attribute `surfwatch` holds labels, thresholds and preprocessing as JSON.
 *
 * @throws SurfwatchError `export-unsupported`
 */
export async function exportKerasHdf5(model: ExportModel): Promise<ExportFiles> {
  const layers = kerasNetwork(model);
  const tensors = new Map<string, Tensor>();
  const versions = { keras_version: '2.15.0', backend: 'tensorflow' };
  const groups = new Map<string, Record<string, string | readonly string[]>>([
    [
      '',
      {
        ...versions,
        model_config: JSON.stringify(legacyConfig(layers, 'surfwatch')),
        surfwatch: JSON.stringify(kerasMetadata(model)),
      },
    ],
    ['model_weights', { ...versions, layer_names: layers.map(({ name }) => name) }],
  ]);
  for (const { name, weights } of layers) {
    const variables = weights.map(([variable]) => `${name}/${variable}:0`);
    groups.set(`model_weights/${name}`, { weight_names: variables });
    for (const [index, [, tensor]] of weights.entries()) {
      tensors.set(`model_weights/${name}/${variables[index]}`, tensor);
    }
  }
  return { 'model.h5': await writeHdf5({ tensors, groups }) };
}
