/** Files of weights alone name no architecture: what they hold is taken in its order. */

import { SurfwatchError } from '../../errors.ts';
import type { Graph, GraphLayer, Weights } from './graph.ts';
import type { Hdf5 } from './hdf5.ts';
import type { Tensor } from './tensor.ts';
import { byRole } from './weight-roles.ts';

export interface NamedWeights {
  readonly name: string;
  readonly weights: Weights;
}

/** Each kind of layer in the order of the network. */
export interface WeightList {
  readonly convolutions: readonly NamedWeights[];
  readonly depthwise: readonly NamedWeights[];
  readonly norms: readonly NamedWeights[];
}

/** @throws SurfwatchError `import-unsuitable` where nothing in it is a convolution */
export function listWeights(hdf5: Hdf5, origin: string): WeightList {
  const list = hdf5.attributes.has('@layer_names') ? named(hdf5) : numbered(hdf5);
  if (list.convolutions.length > 0) return list;
  const some = [...hdf5.tensors.keys()].slice(0, 3).join(', ');
  throw new SurfwatchError(
    'import-unsuitable',
    `${origin} holds no weights of convolutions${some === '' ? '' : ` (it holds ${some} …)`}`,
  );
}

/** Keras 2: the root lists its layers in order, and each its variables by name. */
function named(hdf5: Hdf5): WeightList {
  const names = [hdf5.attributes.get('@layer_names') ?? []].flat();
  const layers = names.map(name => ({
    name,
    weights: byRole([...hdf5.tensors].filter(([path]) => path.startsWith(`${name}/`))),
  }));
  const kernels = layers.filter(({ weights }) => weights.kernel?.shape.length === 4);
  return {
    // A depthwise kernel has one output for each of its channels.
    convolutions: kernels.filter(({ weights }) => weights.kernel?.shape[3] !== 1),
    depthwise: kernels.filter(({ weights }) => weights.kernel?.shape[3] === 1),
    norms: layers.filter(({ weights }) => weights.moving_variance !== undefined),
  };
}

/** Keras 3: `layers/conv2d`, `layers/conv2d_1`, … each with `vars/0`, `vars/1`. */
function numbered(hdf5: Hdf5): WeightList {
  const groups = new Map<string, Map<number, Tensor>>();
  for (const [path, tensor] of hdf5.tensors) {
    const match = /(?:^|\/)([a-z0-9_]+)\/vars\/(\d+)$/.exec(path);
    if (match?.[1] === undefined) continue;
    const variables = groups.get(match[1]) ?? new Map<number, Tensor>();
    groups.set(match[1], variables.set(Number(match[2]), tensor));
  }
  const inOrder = (kind: string, roles: readonly string[]) =>
    [...groups]
      .filter(([name]) => new RegExp(`^${kind}(?:_\\d+)?$`).test(name))
      .sort(([a], [b]) => numberOf(a, kind) - numberOf(b, kind))
      .map(([name, variables]) => {
        const found = roles.flatMap((role, index) => {
          const tensor = variables.get(index);
          return tensor === undefined ? [] : [[role, tensor] as const];
        });
        return { name, weights: Object.fromEntries(found) };
      });
  return {
    convolutions: inOrder('conv2d', ['kernel', 'bias']),
    depthwise: inOrder('depthwise_conv2d', ['kernel', 'bias']),
    norms: inOrder('batch_normalization', ['gamma', 'beta', 'moving_mean', 'moving_variance']),
  };
}

function numberOf(name: string, kind: string): number {
  return Number(name.slice(kind.length + 1) || 0);
}

export type ReadModel =
  | {
      readonly kind: 'model';
      readonly graph: Graph;
      readonly weightsOf: (layer: GraphLayer) => Weights;
      /** JSON that the file carries besides, where it does. */
      readonly metadata: string | undefined;
    }
  | { readonly kind: 'weights'; readonly list: WeightList };
