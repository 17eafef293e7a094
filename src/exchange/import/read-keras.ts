/** Reads Keras files: `.keras`, whole models in HDF5, and weights alone. */
import { SurfwatchError } from '../../errors.ts';
import { unzip } from './files.ts';
import { flattenModel, type GraphLayer, type Weights } from './graph.ts';
import { type Hdf5, readHdf5 } from './hdf5.ts';
import { parseModelConfig } from './keras-config.ts';
import { objectIn } from './labels.ts';
import type { ReadModel } from './weight-list.ts';
import { listWeights } from './weight-list.ts';
import { byRole, rolesOf } from './weight-roles.ts';

/** @throws SurfwatchError `import-unreadable`, `import-unsuitable` */
export async function readKerasArchive(bytes: Uint8Array, origin: string): Promise<ReadModel> {
  const entries = unzip(bytes, origin);
  const config = textOf(entries['config.json']);
  const weights = entries['model.weights.h5'];
  if (config === undefined || weights === undefined) {
    const missing = config === undefined ? 'config.json' : 'model.weights.h5';
    throw new SurfwatchError('import-unreadable', `${origin} is no Keras file: it has no ${missing}`);
  }
  const hdf5 = await readHdf5(weights, `${origin}: model.weights.h5`);
  return {
    kind: 'model',
    graph: flattenModel(parseModelConfig(config, origin), origin),
    weightsOf: layer => numberedWeights(hdf5, layer),
    metadata: JSON.stringify(objectIn(textOf(entries['metadata.json'])).surfwatch),
  };
}

/** @throws SurfwatchError `import-unreadable`, `import-unsuitable` */
export async function readKerasHdf5(bytes: Uint8Array, origin: string): Promise<ReadModel> {
  const hdf5 = await readHdf5(bytes, origin);
  const config = hdf5.attributes.get('@model_config');
  if (typeof config !== 'string') return { kind: 'weights', list: listWeights(hdf5, origin) };
  const metadata = hdf5.attributes.get('@surfwatch');
  return {
    kind: 'model',
    graph: flattenModel(parseModelConfig(config, origin), origin),
    weightsOf: layer => namedWeights(hdf5, layer),
    metadata: typeof metadata === 'string' ? metadata : undefined,
  };
}

/** Keras 3 numbers a layer's variables; Keras 2.12 to 2.15 kept them under another name. */
function numberedWeights(hdf5: Hdf5, layer: GraphLayer): Weights {
  const stores = [layer.store, layer.store.replace(/(^|\/)layers\//g, '$1_layer_checkpoint_dependencies/')];
  const entries = rolesOf(layer).flatMap((role, index) => {
    const tensor = stores.map(store => hdf5.tensors.get(`${store}/vars/${index}`)).find(Boolean);
    return tensor === undefined ? [] : [[role, tensor] as const];
  });
  return Object.fromEntries(entries);
}

/** `model_weights/<outermost layer>/…/<layer>/kernel:0`. */
function namedWeights(hdf5: Hdf5, layer: GraphLayer): Weights {
  const outermost = `model_weights/${layer.id.split('/', 1)[0]}/`;
  return byRole(
    [...hdf5.tensors].filter(([path]) => path.startsWith(outermost) && path.split('/').at(-2) === layer.name),
  );
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
