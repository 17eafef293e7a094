/** Files of a MobileNetV2 with random weights, as Keras and TensorFlow.js write them. */
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { createRandom, type Random } from '../../../src/base/random.ts';
import { writeHdf5 } from '../../../src/exchange/export/keras-hdf5.ts';
import { openModelFiles } from '../../../src/exchange/import/files.ts';
import { type ImportOptions, importModel } from '../../../src/exchange/import/import-model.ts';
import { mobileNetV2Layers } from '../../../src/exchange/import/mobilenet-v2.ts';
import type { Tensor } from '../../../src/exchange/import/tensor.ts';

/** Imports a model as the command does where it is given nothing else. @param models the folder that it goes to */
export async function importInto(models: string, path: string, change: Partial<ImportOptions> = {}) {
  return importModel(await openModelFiles(path), {
    models,
    heads: join(models, 'heads'),
    labels: undefined,
    background: [],
    scaling: undefined,
    output: undefined,
    backboneId: undefined,
    licence: undefined,
    command: 'surfwatch import',
    now: new Date('2026-06-01T09:00:00Z'),
    ...change,
  });
}

type Named = Record<string, Tensor>;

/** A layer of Keras with its weights. */
export interface TestLayer {
  className: string;
  name: string;
  config: Record<string, unknown>;
  /** Names of the layers it is given; the one before it where nothing is said. */
  inputs?: string[];
  weights: Named;
}

/** Official names: Conv1, expanded_conv_depthwise, block_1_expand, …, Conv_1. */
function officialName(name: string): string {
  if (name === 'conv1') return 'Conv1';
  if (name === 'conv_last') return 'Conv_1';
  return name.replace('block0/', 'expanded_conv_').replace(/^block(\d+)\//, 'block_$1_');
}

function officialNorm(name: string): string {
  return name === 'Conv1' ? 'bn_Conv1' : name === 'Conv_1' ? 'Conv_1_bn' : `${name}_BN`;
}

/** The layers of keras.applications.MobileNetV2 without its top, each with random weights that keep numbers near 1. */
export function officialLayers(alpha: number, seed: number): TestLayer[] {
  const random = createRandom(seed);
  const layers: TestLayer[] = [];
  let before = 'input_1';
  const push = (layer: TestLayer) => {
    layers.push(layer);
    before = layer.name;
  };
  for (const planned of mobileNetV2Layers(alpha)) {
    const { op, kernel, stride, in: inputs, out, activation, residualFrom } = planned;
    const name = officialName(planned.name);
    const shape = op === 'conv' ? [kernel, kernel, inputs, out] : [kernel, kernel, out, 1];
    const spread = Math.sqrt(6 / (kernel * kernel * (op === 'conv' ? inputs : 1)));
    const config = { kernel_size: [kernel, kernel], strides: [stride, stride], use_bias: false };
    const pads = stride === 2 && kernel === 3;
    if (pads) {
      const padding = [
        [0, 1],
        [0, 1],
      ];
      push({ className: 'ZeroPadding2D', name: `${name}_pad`, config: { padding }, weights: {} });
    }
    push({
      className: op === 'conv' ? 'Conv2D' : 'DepthwiseConv2D',
      name,
      config: {
        ...config,
        ...(op === 'conv' ? { filters: out } : { depth_multiplier: 1 }),
        padding: pads ? 'valid' : 'same',
      },
      weights: { [op === 'conv' ? 'kernel' : 'depthwise_kernel']: tensor(random, shape, -spread, spread) },
    });
    const norm = officialNorm(name);
    push({
      className: 'BatchNormalization',
      name: norm,
      config: { epsilon: 0.001, momentum: 0.999 },
      weights: {
        gamma: tensor(random, [out], 0.5, 1.5),
        beta: tensor(random, [out], -0.3, 0.5),
        moving_mean: tensor(random, [out], -0.3, 0.3),
        moving_variance: tensor(random, [out], 0.5, 2),
      },
    });
    if (activation === 'relu6') {
      push({ className: 'ReLU', name: `${name}_relu`, config: { max_value: 6 }, weights: {} });
    }
    if (residualFrom !== undefined) {
      // What is added is the sum of the block before, where that has one.
      const block = officialName(residualFrom).replace('_project', '');
      const sum = layers.some(layer => layer.name === `${block}_add`)
        ? `${block}_add`
        : `${block}_project_BN`;
      push({
        className: 'Add',
        name: name.replace('project', 'add'),
        config: {},
        inputs: [sum, before],
        weights: {},
      });
    }
  }
  return layers;
}

function tensor(random: Random, shape: number[], from: number, to: number): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, values: Float32Array.from({ length }, () => random.between(from, to)) };
}

export function dense(name: string, sizes: [number, number], activation: string, seed: number): TestLayer {
  const random = createRandom(seed);
  const [inputs, units] = sizes;
  const spread = 3 / Math.sqrt(inputs);
  return {
    className: 'Dense',
    name,
    config: { units, activation, use_bias: true },
    weights: {
      kernel: tensor(random, [inputs, units], -spread, spread),
      bias: tensor(random, [units], -0.5, 0.5),
    },
  };
}

export function layer(className: string, name: string, config: Record<string, unknown> = {}): TestLayer {
  return { className, name, config, weights: {} };
}

/** The weights alone, as `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_*_no_top.h5` holds them. */
export function legacyWeights(layers: readonly TestLayer[]): Promise<Uint8Array> {
  const tensors = new Map<string, Tensor>();
  const groups = new Map<string, Record<string, string | string[]>>([
    ['', { layer_names: layers.map(({ name }) => name), backend: 'tensorflow' }],
  ]);
  for (const { name, weights } of layers) {
    const names = Object.keys(weights).map(variable => `${name}/${variable}:0`);
    groups.set(name, { weight_names: names });
    for (const [index, value] of Object.values(weights).entries()) {
      tensors.set(`${name}/${names[index]}`, value);
    }
  }
  return writeHdf5({ tensors, groups });
}

/** The weights alone as Keras 3 keeps them: layers of a kind are counted. */
export function numberedWeights(layers: readonly TestLayer[], prefix = 'layers'): Promise<Uint8Array> {
  const stores: Record<string, string> = {
    Conv2D: 'conv2d',
    DepthwiseConv2D: 'depthwise_conv2d',
    BatchNormalization: 'batch_normalization',
    Dense: 'dense',
  };
  const counts = new Map<string, number>();
  const tensors = new Map<string, Tensor>();
  for (const { className, weights } of layers) {
    const kind = stores[className];
    if (kind === undefined) continue;
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    for (const [index, value] of Object.values(weights).entries()) {
      tensors.set(`${prefix}/${kind}${count === 0 ? '' : `_${count}`}/vars/${index}`, value);
    }
  }
  return writeHdf5({ tensors, groups: new Map() });
}

/** A model of layers that follow one another, with the joints that `inputs` say. */
export function functional(
  name: string,
  size: number,
  layers: readonly TestLayer[],
): Record<string, unknown> {
  const input = { name: 'input_1', batch_input_shape: [null, size, size, 3], dtype: 'float32' };
  return {
    class_name: 'Functional',
    name,
    config: {
      name,
      layers: [
        { class_name: 'InputLayer', name: 'input_1', config: input, inbound_nodes: [] },
        ...layers.map((entry, index) => ({
          class_name: entry.className,
          name: entry.name,
          config: { name: entry.name, ...entry.config },
          inbound_nodes: [
            (entry.inputs ?? [layers[index - 1]?.name ?? 'input_1']).map(from => [from, 0, 0, {}]),
          ],
        })),
      ],
      input_layers: [['input_1', 0, 0]],
      output_layers: [[layers.at(-1)?.name, 0, 0]],
    },
  };
}

export function sequential(
  name: string,
  layers: readonly Record<string, unknown>[],
): Record<string, unknown> {
  return { class_name: 'Sequential', name, config: { name, layers } };
}

/** A layer as a member of a sequence. */
export function member({ className, name, config }: TestLayer): Record<string, unknown> {
  return { class_name: className, name, config: { name, ...config } };
}

/** A layers model of TensorFlow.js: `model.json` and one shard. */
export function tfjsFiles(
  model: Record<string, unknown>,
  layers: readonly TestLayer[],
): Record<string, Buffer> {
  const entries = layers.flatMap(({ name, weights }) =>
    Object.entries(weights).map(([variable, value]) => ({ name: `${name}/${variable}`, value })),
  );
  const json = {
    format: 'layers-model',
    modelTopology: { ...model, keras_version: 'tfjs-layers 4.22.0', backend: 'tensor_flow.js' },
    weightsManifest: [
      {
        paths: ['./weights.bin'],
        weights: entries.map(({ name, value }) => ({ name, shape: value.shape, dtype: 'float32' })),
      },
    ],
  };
  const bytes = entries.map(({ value }) => Buffer.from(new Uint8Array(value.values.buffer)));
  return { 'model.json': Buffer.from(JSON.stringify(json)), 'weights.bin': Buffer.concat(bytes) };
}

/** A whole model in HDF5, as Keras 2 wrote it: `top` are the names of its outermost layers, with what lies in each. */
export function wholeHdf5(
  model: Record<string, unknown>,
  top: Readonly<Record<string, readonly TestLayer[]>>,
): Promise<Uint8Array> {
  const tensors = new Map<string, Tensor>();
  for (const [outer, layers] of Object.entries(top)) {
    for (const { name, weights } of layers) {
      for (const [variable, value] of Object.entries(weights)) {
        tensors.set(`model_weights/${outer}/${name}/${variable}:0`, value);
      }
    }
  }
  const groups = new Map([['', { model_config: JSON.stringify(model), keras_version: '2.15.0' }]]);
  return writeHdf5({ tensors, groups });
}

/** A `.keras` archive. */
export function kerasArchive(config: Record<string, unknown>, weights: Uint8Array): Uint8Array {
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  // Random weights do not get smaller.
  return zipSync(
    {
      'config.json': json(config),
      'metadata.json': json({ keras_version: '3.15.1' }),
      'model.weights.h5': weights,
    },
    { level: 0 },
  );
}
