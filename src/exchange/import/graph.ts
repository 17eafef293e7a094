/** The layers of a Keras model one after the other, whatever models they were nested in. */

import { SurfwatchError } from '../../errors.ts';
import { constantsOf, type LayerConfig, layersOf, namesOf } from './keras-config.ts';
import type { Tensor } from './tensor.ts';

export interface GraphLayer {
  /** Names of the models it lies in and its own, joined by `/`. */
  readonly id: string;
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The layers whose outputs it is given. */
  readonly inputs: readonly string[];
  /** Numbers it is given besides: of `x / 127.5`. */
  readonly constants: readonly number[];
  /** Where Keras 3 keeps its variables in `model.weights.h5`: `layers/functional/layers/conv2d_3`. */
  readonly store: string;
}

export interface Graph {
  /** Each after those it is given. The first is the input. */
  readonly layers: readonly GraphLayer[];
  /** The layer whose output is the model's. */
  readonly output: string;
}

/** A layer's weights by name: kernel, bias, gamma, beta, moving_mean, moving_variance. */
export type Weights = Readonly<Record<string, Tensor>>;

/**
 * @param root the model's `class_name` and `config`
 * @param origin of the file, for messages
 * @throws SurfwatchError `import-unsuitable` where the layers are no plain graph of one input and one output
 */
export function flattenModel(root: LayerConfig, origin: string): Graph {
  const layers: GraphLayer[] = [];
  const output = flatten(root, { prefix: '', store: '', input: undefined }, layers, origin);
  return { layers, output };
}

interface Place {
  /** Ids of what lies in it begin with this. */
  readonly prefix: string;
  readonly store: string;
  /** What a model inside another is given. */
  readonly input: string | undefined;
}

/** @returns the id of the layer that gives the model's output */
function flatten(model: LayerConfig, place: Place, layers: GraphLayer[], origin: string): string {
  const inner = layersOf(model);
  const isSequence = model.class_name === 'Sequential';
  const counts = new Map<string, number>();
  const outputs = new Map<string, string>();
  let last = place.input;
  for (const layer of inner) {
    const name = String(layer.config.name ?? layer.name ?? layer.class_name);
    const id = place.prefix + name;
    const kind = snakeCase(layer.class_name);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const store = `${place.store}layers/${kind}${count === 0 ? '' : `_${count}`}`;
    const refuse = (why: string) => new SurfwatchError('import-unsuitable', `${origin}: layer ${id} ${why}`);
    if (layer.class_name === 'InputLayer' && place.input !== undefined) {
      outputs.set(name, place.input);
      continue;
    }
    const nodes = layer.inbound_nodes ?? [];
    if (nodes.length > 1) throw refuse('is used more than once');
    const inputs = isSequence
      ? last === undefined
        ? []
        : [last]
      : namesOf(nodes[0]).map(from => {
          const known = outputs.get(from);
          if (known === undefined) throw refuse(`is given ${from}, which is no earlier layer`);
          return known;
        });
    if (isSequence && last === undefined && layer.class_name !== 'InputLayer' && !isModel(layer)) {
      // Older files begin without an input layer: the first one says what it is given.
      const shape = layer.config.batch_input_shape ?? layer.config.batch_shape;
      inputs.push(`${place.prefix}input`);
      layers.push({
        ...emptyInput(`${place.prefix}input`),
        config: shape === undefined ? {} : { batch_shape: shape },
      });
    }
    if (isModel(layer)) {
      if (inputs.length > 1) throw refuse('is a model with several inputs');
      const inside = { prefix: `${id}/`, store: `${store}/`, input: inputs[0] };
      last = flatten(layer, inside, layers, origin);
    } else {
      const { class_name: className, config } = layer;
      layers.push({ id, name, className, config, inputs, constants: constantsOf(nodes[0]), store });
      last = id;
    }
    outputs.set(name, last);
  }
  const named = isSequence ? [] : namesOf(model.config.output_layers);
  if (named.length > 1) {
    throw new SurfwatchError(
      'import-unsuitable',
      `${origin}: the model has ${named.length} outputs, not one`,
    );
  }
  const output = named[0] === undefined ? last : outputs.get(named[0]);
  if (output === undefined) {
    throw new SurfwatchError('import-unsuitable', `${origin}: the model has no layers`);
  }
  return output;
}

function isModel(layer: LayerConfig): boolean {
  return layersOf(layer).length > 0;
}

function emptyInput(id: string): GraphLayer {
  return { id, name: id, className: 'InputLayer', config: {}, inputs: [], constants: [], store: '' };
}

/** As Keras 3 turns class names into the names of groups (keras.src.utils.naming.to_snake_case). */
function snakeCase(name: string): string {
  return name
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
