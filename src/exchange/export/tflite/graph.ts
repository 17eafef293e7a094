/** A TensorFlow Lite graph while it is put together: tensors and operators refer to each other by number. */
import { type Table, writeFlatbuffer } from './flatbuffer.ts';
import {
  bufferTable,
  namedTensor,
  type Operator,
  type OperatorName,
  type Options,
  operatorCodeTable,
  operatorTable,
  type Quantisation,
  type Tensor,
  type TensorName,
  tensorTable,
} from './schema.ts';

type Values = Float32Array | Int32Array | Int8Array;

export interface Graph {
  /** Adds a tensor that is handed in or computed. @returns its number */
  tensor(name: string, type: TensorName, shape: readonly number[], quantisation?: Quantisation): number;
  /** Adds a tensor of fixed values. @returns its number */
  constant(name: string, shape: readonly number[], values: Values, quantisation?: Quantisation): number;
  /** @returns the number of its output */
  operator(name: OperatorName, inputs: readonly number[], output: number, options?: Options): number;
  /** The serialised model. */
  write(parts: ModelParts): Uint8Array;
}

export interface ModelParts {
  readonly description: string;
  readonly input: number;
  readonly output: number;
  /** Further buffers, by name. */
  readonly metadata: Readonly<Record<string, Uint8Array>>;
}

export function createGraph(): Graph {
  const tensors: Tensor[] = [];
  const operators: Operator[] = [];
  // The first buffer is empty by convention: that of every computed tensor.
  const buffers: Uint8Array[] = [new Uint8Array()];
  const add = (tensor: Tensor) => tensors.push(tensor) - 1;
  return {
    tensor: (name, type, shape, quantisation) =>
      add({ name, type, shape, buffer: 0, quantisation: quantisation ?? null }),
    constant(name, shape, values, quantisation) {
      const buffer = buffers.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)) - 1;
      const type = typeOf(values);
      return add({ name, type, shape, buffer, quantisation: quantisation ?? null });
    },
    operator(name, inputs, output, options) {
      operators.push({ name, inputs, output, options: options ?? null });
      return output;
    },
    write: parts => writeFlatbuffer(modelTable(tensors, operators, buffers, parts), 'TFL3'),
  };
}

function typeOf(values: Values): TensorName {
  if (values instanceof Float32Array) return 'float32';
  return values instanceof Int32Array ? 'int32' : 'int8';
}

const SCHEMA_VERSION = 3;

function modelTable(
  tensors: readonly Tensor[],
  operators: readonly Operator[],
  buffers: readonly Uint8Array[],
  { description, input, output, metadata }: ModelParts,
): Table {
  const codes = [...new Set(operators.map(({ name }) => name))];
  const subgraph: Table = {
    0: { tables: tensors.map(tensorTable) },
    1: { int32s: [input] },
    2: { int32s: [output] },
    3: { tables: operators.map(operator => operatorTable(operator, codes.indexOf(operator.name))) },
    4: { text: 'main' },
  };
  const signature: Table = {
    0: { tables: [namedTensor(tensors[input]?.name ?? '', input)] },
    1: { tables: [namedTensor(tensors[output]?.name ?? '', output)] },
    2: { text: 'serving_default' },
    4: { int32: 0 },
  };
  const entries = Object.entries(metadata);
  return {
    0: { int32: SCHEMA_VERSION },
    1: { tables: codes.map(operatorCodeTable) },
    2: { tables: [subgraph] },
    3: { text: description },
    4: { tables: [...buffers, ...entries.map(([, bytes]) => bytes)].map(bufferTable) },
    6: {
      tables: entries.map(([name], index) => ({
        0: { text: name },
        1: { int32: buffers.length + index },
      })),
    },
    7: { tables: [signature] },
  };
}
