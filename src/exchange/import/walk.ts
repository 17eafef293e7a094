/** Follows a model's graph layer by layer and takes it apart into what a bundle can hold. */
import { SurfwatchError } from '../../errors.ts';
import { EPSILON, foldNorm, Misfit } from './convolutions.ts';
import type { Graph, GraphLayer } from './graph.ts';
import { activationOf, numberIn, paddingOf, reluOf } from './layer-options.ts';
import type { DenseLayer, Network } from './network.ts';
import { describeShape, sameShape } from './tensor.ts';
import { add, convolve } from './walk-convolution.ts';
import { activate, change, finished, headInputOf, scaled, type Value, type Walk } from './walk-state.ts';

/**
 * @param origin of the file, for messages
 * @throws SurfwatchError `import-unsuitable` with the first layer that does not fit
 */
export function takeApart(graph: Graph, weightsOf: Walk['weightsOf'], origin: string): Network {
  const walk: Walk = {
    values: new Map(),
    convolutions: [],
    dense: [],
    scaled: false,
    headInput: undefined,
    weightsOf,
  };
  for (const layer of graph.layers) {
    try {
      walk.values.set(layer.id, step(walk, layer));
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      throw new SurfwatchError(
        'import-unsuitable',
        `${origin}: layer ${layer.id} (${layer.className}) ${error.message}`,
        { cause: error },
      );
    }
  }
  const pictures = [...walk.values.values()].filter(value => value.kind === 'pixels');
  const end = walk.values.get(graph.output);
  return {
    size: pictures.find(({ size }) => size !== undefined)?.size,
    scaling: walk.scaled ? pictures.at(-1) : undefined,
    convolutions: walk.convolutions.map(({ convolution }) => convolution),
    pooled: end?.kind === 'embedding' || end?.kind === 'units',
    headInput: walk.headInput,
    dense: walk.dense.map(({ layer }) => layer),
  };
}

/** Layers that do nothing when a model is used, or only while it learns. */
const IDLE =
  /^(?:Dropout|SpatialDropout2D|GaussianDropout|AlphaDropout|GaussianNoise|ActivityRegularization|Random\w+|Identity)$/;

function step(walk: Walk, layer: GraphLayer): Value {
  if (layer.className === 'InputLayer') return pixelsOf(layer);
  const given = layer.inputs.map(id => walk.values.get(id));
  const [value] = given;
  if (value === undefined) throw new Misfit('is given nothing');
  if (layer.className === 'Add') return add(walk, given);
  if (given.length > 1) throw new Misfit('joins several layers, which does not fit');
  if (IDLE.test(layer.className)) return value;
  const known = STEPS[layer.className];
  if (known === undefined) throw new Misfit('is of a kind that does not fit');
  return known(walk, layer, value);
}

const STEPS: Readonly<Record<string, (walk: Walk, layer: GraphLayer, value: Value) => Value>> = {
  Rescaling: (walk, { config }, value) =>
    scaled(walk, value, numberIn(config.scale, 'scale'), Number(config.offset ?? 0)),
  TrueDivide: (walk, { constants }, value) => scaled(walk, value, 1 / numberIn(constants[0], 'divisor'), 0),
  Multiply: (walk, { constants }, value) => scaled(walk, value, numberIn(constants[0], 'factor'), 0),
  Subtract: (walk, { constants }, value) => scaled(walk, value, 1, -numberIn(constants[0], 'constant')),
  TFOpLambda: (walk, { config, constants }, value) => {
    const name = String(config.function);
    if (name === 'math.truediv') return scaled(walk, value, 1 / numberIn(constants[0], 'divisor'), 0);
    if (name === 'math.subtract') return scaled(walk, value, 1, -numberIn(constants[0], 'constant'));
    throw new Misfit(`computes ${name}, which does not fit`);
  },
  // The daemon hands over pictures of the right size.
  Resizing: (_, { config }, value) => {
    if (value.kind !== 'pixels') throw new Misfit('resizes something other than the picture');
    return { ...value, size: numberIn(config.height, 'height') };
  },
  ZeroPadding2D: (_, { config }, value) => {
    if (value.kind !== 'planes' && value.kind !== 'pixels')
      throw new Misfit('pads something other than planes');
    return { ...value, padded: paddingOf(config.padding) };
  },
  Conv2D: (walk, layer, value) => convolve(walk, layer, value, 'conv'),
  DepthwiseConv2D: (walk, layer, value) => convolve(walk, layer, value, 'depthwise_conv'),
  BatchNormalization: (walk, layer, value) =>
    change(walk, value, convolution => {
      if (convolution.activation !== 'linear') throw new Misfit('comes after an activation');
      foldNorm(convolution, walk.weightsOf(layer), Number(layer.config.epsilon ?? EPSILON));
    }),
  ReLU: (walk, { config }, value) => activate(walk, value, reluOf(config)),
  Activation: (walk, { config }, value) => activate(walk, value, activationOf(config.activation)),
  Softmax: (walk, _, value) => activate(walk, value, 'softmax'),
  GlobalAveragePooling2D: (walk, _, value) => {
    if (value.kind !== 'planes' || value.padded !== undefined) throw new Misfit('follows no convolution');
    if (value.of !== walk.convolutions.length - 1) throw new Misfit('branches off');
    finished(walk, value).used = true;
    return { kind: 'embedding', scale: 1, activation: 'linear' };
  },
  Flatten: (_, __, value) => {
    if (value.kind === 'embedding' || value.kind === 'units') return value;
    throw new Misfit(
      'keeps where in the picture each number comes from; a mean over height and width (GlobalAveragePooling2D) fits',
    );
  },
  Dense: dense,
};

function pixelsOf({ config }: GraphLayer): Value {
  const open = { kind: 'pixels', scale: 1, offset: 0, size: undefined, padded: undefined } as const;
  const shape = config.batch_shape ?? config.batch_input_shape;
  if (!Array.isArray(shape)) return open;
  const [, height, width, channels] = shape;
  if (shape.length !== 4 || height !== width || channels !== 3) {
    throw new Misfit(`takes ${JSON.stringify(shape.slice(1))}; square pictures of 3 colours fit`);
  }
  return { ...open, size: typeof height === 'number' ? height : undefined };
}

function dense(walk: Walk, layer: GraphLayer, value: Value): Value {
  if (value.kind !== 'embedding' && value.kind !== 'units') {
    throw new Misfit('follows no mean over height and width (GlobalAveragePooling2D)');
  }
  const { kernel, bias } = walk.weightsOf(layer);
  if (kernel === undefined || kernel.shape.length !== 2) throw new Misfit('has no kernel in the file');
  const [inputs = 0, out = 0] = kernel.shape;
  const before = walk.dense.at(-1);
  const current =
    value.kind === 'units'
      ? value.of === walk.dense.length - 1 && value.version === before?.version
      : before === undefined;
  if (!current) throw new Misfit('branches off: a chain of dense layers fits');
  const expected = before?.layer.out ?? walk.convolutions.at(-1)?.convolution.out;
  if (inputs !== expected || (bias !== undefined && !sameShape(bias.shape, [out]))) {
    throw new Misfit(`has a kernel of ${describeShape(kernel.shape)} for ${expected} inputs`);
  }
  if (value.kind === 'embedding') walk.headInput = headInputOf(value);
  const found: DenseLayer = {
    source: layer.id,
    kernel,
    bias: bias?.values ?? new Float32Array(out),
    in: inputs,
    out,
    activation: 'linear',
  };
  const of = walk.dense.push({ layer: found, version: 0 }) - 1;
  return activate(walk, { kind: 'units', of, version: 0 }, activationOf(layer.config.activation));
}
