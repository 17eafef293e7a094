/** What flows between a model's layers while it is taken apart. */
import type { HeadInput } from '../../activity/head-input.ts';
import { type Convolution, Misfit } from './convolutions.ts';
import type { GraphLayer, Weights } from './graph.ts';
import type { DenseLayer } from './network.ts';

/** Rows (and columns) of zeros that a layer has put before and after. */
export type Padded = readonly [before: number, after: number] | undefined;

export interface Pixels {
  readonly kind: 'pixels';
  readonly scale: number;
  readonly offset: number;
  /** Height and width, where they are known. */
  readonly size: number | undefined;
  readonly padded: Padded;
}

/** The output of the convolution with the index `of`. */
export interface Planes {
  readonly kind: 'planes';
  readonly of: number;
  /** How often that convolution had been changed: by BatchNorm, activation and sum. */
  readonly version: number;
  readonly size: number | undefined;
  readonly padded: Padded;
}

/** The mean over height and width, perhaps scaled and then given to softsign. */
interface Embedding {
  readonly kind: 'embedding';
  readonly scale: number;
  readonly activation: 'linear' | 'softsign';
}

/** The output of the dense layer with the index `of`. */
export interface Units {
  readonly kind: 'units';
  readonly of: number;
  readonly version: number;
}

export type Value = Pixels | Planes | Embedding | Units;

export interface Walk {
  readonly values: Map<string, Value>;
  readonly convolutions: { readonly convolution: Convolution; version: number; used: boolean }[];
  readonly dense: { readonly layer: DenseLayer; version: number }[];
  scaled: boolean;
  /** What is done to the embedding before the first dense layer. */
  headInput: HeadInput | undefined;
  readonly weightsOf: (layer: GraphLayer) => Weights;
}

/** @throws Misfit where it is scaled without softsign */
export function headInputOf({ scale, activation }: Embedding): HeadInput | undefined {
  if (activation === 'softsign') return { kind: 'softsign', scale };
  if (scale !== 1) throw new Misfit('follows a mean that is scaled');
  return undefined;
}

/** @throws Misfit where the value is not what the convolution gives in the end */
export function finished(walk: Walk, value: Planes) {
  const entry = walk.convolutions[value.of];
  if (entry === undefined || entry.version !== value.version) {
    throw new Misfit('takes an output from before its activation');
  }
  return entry;
}

/**
 * Changes the convolution behind a value, whose output nothing has used yet.
 *
 * @throws Misfit
 */
export function change(walk: Walk, value: Value, apply: (convolution: Convolution) => void): Planes {
  if (value.kind !== 'planes') throw new Misfit('follows no convolution');
  const entry = finished(walk, value);
  if (entry.used || entry.convolution.residualFrom !== undefined || value.padded !== undefined) {
    throw new Misfit('follows a convolution whose output is used elsewhere');
  }
  apply(entry.convolution);
  entry.version += 1;
  return { ...value, version: entry.version };
}

/** @throws Misfit where the activation is none that a bundle has in that place */
export function activate(walk: Walk, value: Value, activation: string): Value {
  if (activation === 'linear') return value;
  if (value.kind === 'units') return activateUnits(walk, value, activation);
  if (value.kind === 'embedding') {
    if (activation !== 'softsign' || value.activation !== 'linear') {
      throw new Misfit(`is ${activation} of the mean; softsign fits, once`);
    }
    return { ...value, activation };
  }
  return change(walk, value, convolution => {
    if (activation !== 'relu6') throw new Misfit(`is ${activation}; relu6 fits`);
    if (convolution.activation !== 'linear') throw new Misfit('is a second activation');
    convolution.activation = 'relu6';
  });
}

function activateUnits(walk: Walk, value: Units, activation: string): Units {
  const entry = walk.dense[value.of];
  if (entry === undefined || entry.layer.activation !== 'linear') throw new Misfit('is a second activation');
  if (activation !== 'relu' && activation !== 'sigmoid' && activation !== 'softmax') {
    throw new Misfit(`is ${activation}; relu, then sigmoid or softmax fits`);
  }
  entry.layer.activation = activation;
  entry.version += 1;
  return { ...value, version: entry.version };
}

/** @throws Misfit */
export function scaled(walk: Walk, value: Value, scale: number, offset: number): Pixels | Embedding {
  if (value.kind === 'embedding' && value.activation === 'linear' && offset === 0 && scale > 0) {
    return { ...value, scale: value.scale * scale };
  }
  if (value.kind !== 'pixels') throw new Misfit('scales something other than the picture');
  walk.scaled = true;
  return { ...value, scale: value.scale * scale, offset: value.offset * scale + offset };
}
