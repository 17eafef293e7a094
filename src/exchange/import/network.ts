/** What a model is to surfwatch: scaled pixels, convolutions, their mean over the picture, and dense layers. */
import type { HeadInput } from '../../activity/head-input.ts';
import type { Convolution } from './convolutions.ts';
import type { Tensor } from './tensor.ts';

export interface DenseLayer {
  /** The name its file gives it. */
  readonly source: string;
  /** [in, out] */
  readonly kernel: Tensor;
  /** [out] */
  readonly bias: Float32Array;
  readonly in: number;
  readonly out: number;
  activation: 'linear' | 'relu' | 'sigmoid' | 'softmax';
}

export interface Network {
  /** Height and width of the picture; undefined where the file leaves it open. */
  readonly size: number | undefined;
  /** How layers in the model scale pixels; undefined where none does. */
  readonly scaling: Scaling | undefined;
  readonly convolutions: readonly Convolution[];
  /** Whether the mean over height and width is taken. */
  readonly pooled: boolean;
  /** What is done to the mean before the first dense layer; undefined for nothing. */
  readonly headInput: HeadInput | undefined;
  readonly dense: readonly DenseLayer[];
}

/** A pixel 0..255 is given to the network as `pixel * scale + offset`. */
export interface Scaling {
  readonly scale: number;
  readonly offset: number;
}
