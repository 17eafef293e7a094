/** Convolutions and sums met on the way through a model. */
import { type Convolution, convolutionOf, Misfit } from './convolutions.ts';
import type { GraphLayer } from './graph.ts';
import { activationOf } from './layer-options.ts';
import { activate, change, finished, type Pixels, type Planes, type Value, type Walk } from './walk-state.ts';

/** @throws Misfit where it is no convolution that a bundle can hold */
export function convolve(walk: Walk, layer: GraphLayer, value: Value, op: Convolution['op']): Value {
  if (value.kind !== 'planes' && value.kind !== 'pixels') {
    throw new Misfit('comes after the mean over the picture');
  }
  const before = walk.convolutions.length - 1;
  if (value.kind === 'pixels' ? before !== -1 : value.of !== before) {
    throw new Misfit('branches off: a chain of convolutions fits');
  }
  const stride = strideOf(layer);
  const convolution = convolutionOf(layer.id, op, stride, walk.weightsOf(layer));
  checkPadding(String(layer.config.padding ?? 'valid'), convolution, value);
  if (value.kind === 'planes') finished(walk, value).used = true;
  const of = walk.convolutions.push({ convolution, version: 0, used: false }) - 1;
  const size = value.size === undefined ? undefined : Math.ceil(value.size / stride);
  const result: Planes = { kind: 'planes', of, version: 0, size, padded: undefined };
  return activate(walk, result, activationOf(layer.config.activation));
}

function strideOf({ config }: GraphLayer): 1 | 2 {
  const [stride, across] = [config.strides ?? 1].flat();
  if ((stride !== 1 && stride !== 2) || (across !== undefined && across !== stride)) {
    throw new Misfit(`has the stride ${JSON.stringify(config.strides)}; 1 or 2 fits`);
  }
  const undilated = [config.dilation_rate ?? 1].flat().every(rate => rate === 1);
  const plain = [config.groups, config.depth_multiplier].every(count => (count ?? 1) === 1);
  if (!undilated || !plain || config.data_format === 'channels_first') {
    throw new Misfit('is dilated, grouped, multiplied or has its channels first');
  }
  return stride;
}

/** A bundle's convolutions pad as TensorFlow's SAME: another way must come to the same. */
function checkPadding(
  padding: string,
  { kernel, stride }: Convolution,
  { padded, size }: Pixels | Planes,
): void {
  if (padding === 'same' && padded === undefined) return;
  if (padding === 'valid') {
    // Where the size is open it is taken for even, as all official sizes are at each stride.
    const given = size ?? 2;
    const total = Math.max(0, (Math.ceil(given / stride) - 1) * stride + kernel - given);
    const before = Math.floor(total / 2);
    const [above, below] = padded ?? [0, 0];
    if (above === before && below === total - before) return;
  }
  throw new Misfit('is not padded as "same" would');
}

/** @throws Misfit where it is not the sum of an earlier output and the last, which has no activation */
export function add(walk: Walk, given: readonly (Value | undefined)[]): Value {
  const planes = given.flatMap(value => (value?.kind === 'planes' ? [value] : []));
  const [earlier, later] = planes.sort((a, b) => a.of - b.of);
  if (given.length !== 2 || earlier === undefined || later === undefined || earlier.of === later.of) {
    throw new Misfit('adds something other than the outputs of two convolutions');
  }
  if (earlier.padded !== undefined) throw new Misfit('adds a padded output');
  const source = finished(walk, earlier);
  const sum = change(walk, later, convolution => {
    if (convolution.activation !== 'linear') throw new Misfit('adds to an output that is activated already');
    convolution.residualFrom = earlier.of;
  });
  source.used = true;
  return sum;
}
