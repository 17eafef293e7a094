/** The tables of TensorFlow Lite's model schema (tensorflow/lite/schema/schema.fbs) that the exports are made of. */
import type { Table } from './flatbuffer.ts';

export const TENSOR = { float32: 0, int32: 2, uint8: 3, int8: 9 } as const;
export type TensorName = keyof typeof TENSOR;

export const ACTIVATION = { none: 0, relu: 1, relu6: 3 } as const;
export type Activation = keyof typeof ACTIVATION;

/** BuiltinOperator, and the version that takes what it is given here. */
export const OPERATOR = {
  ADD: { code: 0, version: 2 },
  CONV_2D: { code: 3, version: 3 },
  DEPTHWISE_CONV_2D: { code: 4, version: 3 },
  DEQUANTIZE: { code: 6, version: 2 },
  FULLY_CONNECTED: { code: 9, version: 1 },
  LOGISTIC: { code: 14, version: 1 },
  MUL: { code: 18, version: 1 },
  SOFTMAX: { code: 25, version: 1 },
  MEAN: { code: 40, version: 1 },
  DIV: { code: 42, version: 1 },
  LOG: { code: 73, version: 1 },
  ABS: { code: 101, version: 1 },
  QUANTIZE: { code: 114, version: 2 },
} as const;
export type OperatorName = keyof typeof OPERATOR;

/** BuiltinOptions: which table it is, and its fields. */
export interface Options {
  readonly type: number;
  readonly table: Table;
}

const SAME = 0;

export function convolutionOptions(stride: number, activation: Activation): Options {
  return {
    type: 1,
    table: {
      0: { int8: SAME },
      1: { int32: stride },
      2: { int32: stride },
      3: { int8: ACTIVATION[activation] },
      4: { int32: 1 },
      5: { int32: 1 },
    },
  };
}

export function depthwiseOptions(stride: number, activation: Activation): Options {
  return {
    type: 2,
    table: {
      0: { int8: SAME },
      1: { int32: stride },
      2: { int32: stride },
      3: { int32: 1 },
      4: { int8: ACTIVATION[activation] },
      5: { int32: 1 },
      6: { int32: 1 },
    },
  };
}

export function denseOptions(activation: Activation): Options {
  return { type: 8, table: { 0: { int8: ACTIVATION[activation] } } };
}

export const SOFTMAX_OPTIONS: Options = { type: 9, table: { 0: { float32: 1 } } };
export const ADD_OPTIONS: Options = { type: 11, table: {} };
export const MUL_OPTIONS: Options = { type: 21, table: {} };
/** The averaged dimensions are dropped. */
export const MEAN_OPTIONS: Options = { type: 27, table: {} };
export const DIV_OPTIONS: Options = { type: 29, table: {} };

export interface Quantisation {
  /** One number for the tensor, or one for each index of `axis`. */
  readonly scales: ArrayLike<number>;
  readonly zeroPoints: readonly number[];
  readonly axis?: number;
}

export interface Tensor {
  readonly name: string;
  readonly type: TensorName;
  readonly shape: readonly number[];
  /** Index of its values, or 0 for a tensor that is computed. */
  readonly buffer: number;
  readonly quantisation: Quantisation | null;
}

export function tensorTable({ name, type, shape, buffer, quantisation }: Tensor): Table {
  return {
    0: { int32s: shape },
    1: { int8: TENSOR[type] },
    2: { int32: buffer },
    3: { text: name },
    ...(quantisation === null ? {} : { 4: { table: quantisationTable(quantisation) } }),
    8: { int8: 1 },
  };
}

function quantisationTable({ scales, zeroPoints, axis = 0 }: Quantisation): Table {
  return { 2: { float32s: scales }, 3: { int64s: zeroPoints }, 6: { int32: axis } };
}

export interface Operator {
  readonly name: OperatorName;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly options: Options | null;
}

/** @param code index of its operator among those of the model */
export function operatorTable({ inputs, output, options }: Operator, code: number): Table {
  return {
    0: { int32: code },
    1: { int32s: inputs },
    2: { int32s: [output] },
    ...(options === null ? {} : { 3: { int8: options.type }, 4: { table: options.table } }),
  };
}

export function operatorCodeTable(name: OperatorName): Table {
  const { code, version } = OPERATOR[name];
  return { 0: { int8: code }, 2: { int32: version }, 3: { int32: code } };
}

/** A named input or output of the signature. */
export function namedTensor(name: string, tensor: number): Table {
  return { 0: { text: name }, 1: { int32: tensor } };
}

export function bufferTable(bytes: Uint8Array): Table {
  return bytes.length === 0 ? {} : { 0: { bytes } };
}
