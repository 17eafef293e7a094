/** The model as layers of Keras, for Keras itself and for TensorFlow.js: standard layers only, so that others can train on. */
import { SurfwatchError } from '../../errors.ts';
import type { NetworkLayer } from '../../vision/network.ts';
import { type Tensor, transposed } from '../import/tensor.ts';
import { describeExport } from './describe.ts';
import type { ExportDense, ExportModel } from './model.ts';

export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  /** Without its name. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of the layers it is given. */
  readonly inputs: readonly string[];
  /** Shape of its output, without the batch. */
  readonly shape: readonly number[];
  /** Its variables in Keras's order, under the names of Keras 2. */
  readonly weights: readonly (readonly [name: string, tensor: Tensor])[];
}

/** Name of the input: RGB pixels 0..255 as float32. */
export const INPUT_NAME = 'pixels';
export const OUTPUT_NAME = 'probabilities';

/**
 * Input `pixels` [n, size, size, 3] float32, RGB 0..255; output `probabilities`, one a label: see {@link kerasMetadata}.
 *
 * @throws SurfwatchError `export-unsupported`: a calibrated softmax takes more than standard layers
 */
export function kerasNetwork(model: ExportModel): KerasLayer[] {
  const { size, scale, offset } = model.input;
  const layers: KerasLayer[] = [
    { ...plain('InputLayer', INPUT_NAME, [], [size, size, 3]), config: {} },
    { ...plain('Rescaling', 'rescaling', [INPUT_NAME], [size, size, 3]), config: { scale, offset } },
  ];
  let before = 'rescaling';
  for (const layer of model.layers) {
    const added = convolution(layer, before);
    layers.push(added);
    before = added.name;
    if (layer.residualFrom !== null) {
      const inputs = [outputName(model, layer.residualFrom), before];
      before = `${before}_add`;
      layers.push({ ...plain('Add', before, inputs, added.shape), config: {} });
    }
  }
  const { hidden, output } = model;
  const prepared = inputLayers(model);
  return [
    ...layers,
    { ...plain('GlobalAveragePooling2D', 'embedding', [before], [model.width]), config: {} },
    ...prepared,
    dense('hidden', hidden, 'relu', prepared.at(-1)?.name ?? 'embedding'),
    dense(OUTPUT_NAME, output, activationOf(model), 'hidden'),
  ];
}

/** What the file says about itself. `labels` are the outputs in their order: of a softmax also the classes that are no activity. */
export function kerasMetadata(model: ExportModel): Record<string, unknown> {
  const { labels, thresholds, preprocessing, ...plainText } = describeExport(model, 'float32');
  const background = model.head.manifest.background ?? [];
  return {
    labels: [...(JSON.parse(labels ?? '[]') as string[]), ...background],
    background,
    thresholds: JSON.parse(thresholds ?? '{}') as unknown,
    input: 'float32 RGB 0..255; scale and offset are applied inside',
    preprocessing: JSON.parse(preprocessing ?? '{}') as unknown,
    ...plainText,
  };
}

function activationOf({ answer }: ExportModel): 'sigmoid' | 'softmax' {
  if (answer.kind === 'sigmoid') return 'sigmoid';
  if (answer.slope.every(slope => slope === 1) && answer.intercept.every(value => value === 0))
    return 'softmax';
  throw new SurfwatchError(
    'export-unsupported',
    'a softmax head with calibration takes more than standard layers of Keras: export it as onnx or tflite',
  );
}

function inputLayers({ headInput, width }: ExportModel): KerasLayer[] {
  if (headInput === null) return [];
  return [
    {
      ...plain('Rescaling', 'embedding_scaled', ['embedding'], [width]),
      config: { scale: headInput.scale, offset: 0 },
    },
    {
      ...plain('Activation', 'embedding_prepared', ['embedding_scaled'], [width]),
      config: { activation: headInput.kind },
    },
  ];
}

function plain(className: string, name: string, inputs: readonly string[], shape: readonly number[]) {
  return { className, name, inputs, shape, weights: [] };
}

/** A layer's name may hold no slash. */
function nameOf(layer: string): string {
  return layer.replaceAll('/', '_');
}

/** The layer that gives what a bundle's layer gives: itself, or its sum with another. */
function outputName(model: ExportModel, name: string): string {
  const layer = model.layers.find(other => other.name === name);
  return layer?.residualFrom == null ? nameOf(name) : `${nameOf(name)}_add`;
}

function convolution(layer: NetworkLayer, input: string): KerasLayer {
  const isDepthwise = layer.op === 'depthwise_conv';
  const { kernelSize: side, stride, activation, outputSize, out } = layer;
  const common = { kernel_size: [side, side], strides: [stride, stride], padding: 'same', use_bias: true };
  return {
    ...plain(
      isDepthwise ? 'DepthwiseConv2D' : 'Conv2D',
      nameOf(layer.name),
      [input],
      [outputSize, outputSize, out],
    ),
    config: { ...common, ...(isDepthwise ? { depth_multiplier: 1 } : { filters: out }), activation },
    weights: [
      [isDepthwise ? 'depthwise_kernel' : 'kernel', toHwio(layer)],
      ['bias', { shape: [out], values: layer.bias }],
    ],
  };
}

/** [out, in, height, width] to [height, width, in, out]; a depthwise one to [height, width, channels, 1]. */
function toHwio({ op, shape, kernel }: NetworkLayer): Tensor {
  const [out, inputs, height, width] = shape;
  const planes = height * width;
  // Height and width before channels; then, of a convolution, inputs before outputs.
  const values = new Float32Array(kernel.length);
  for (let o = 0; o < out; o++) {
    for (let i = 0; i < inputs; i++) {
      for (let at = 0; at < planes; at++) {
        values[(at * inputs + i) * out + o] = kernel[(o * inputs + i) * planes + at] as number;
      }
    }
  }
  return { shape: op === 'conv' ? [height, width, inputs, out] : [height, width, out, 1], values };
}

function dense(
  name: string,
  { in: inputs, out, kernel, bias }: ExportDense,
  activation: string,
  input: string,
) {
  return {
    ...plain('Dense', name, [input], [out]),
    config: { units: out, activation, use_bias: true },
    weights: [
      ['kernel', { shape: [inputs, out], values: transposed(kernel, out, inputs) }],
      ['bias', { shape: [out], values: bias }],
    ] as const,
  };
}
