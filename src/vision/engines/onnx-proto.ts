/** Serialises ONNX models (onnx.proto3): only what the graphs of this project are made of. */
import { PbfWriter } from 'pbf';

/** TensorProto.DataType */
export const TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
export type TensorType = keyof typeof TYPES;

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Attributes by name: lists of whole numbers, and single ones. */
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  readonly int?: Readonly<Record<string, number>>;
  readonly text?: Readonly<Record<string, string>>;
}

export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** A tensor handed in or out; a dimension with a name is free. */
export interface OnnxValue {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly (string | number)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the model is, in words. */
  readonly description?: string;
  readonly producerVersion?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The serialised ModelProto, opset 13. */
export function writeOnnxModel(model: OnnxModel): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, 8); // ir_version
  pbf.writeStringField(2, 'surfwatch'); // producer_name
  if (model.producerVersion !== undefined) pbf.writeStringField(3, model.producerVersion);
  if (model.description !== undefined) pbf.writeStringField(6, model.description);
  pbf.writeMessage(7, writeGraph, model);
  pbf.writeMessage(8, (version: number, opset: PbfWriter) => opset.writeVarintField(2, version), 13);
  for (const entry of Object.entries(model.metadata ?? {})) pbf.writeMessage(14, writeProperty, entry);
  return pbf.finish();
}

function writeGraph(model: OnnxModel, pbf: PbfWriter): void {
  for (const node of model.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, model.name);
  for (const constant of model.constants) pbf.writeMessage(5, writeTensor, constant);
  for (const input of model.inputs) pbf.writeMessage(11, writeValue, input);
  for (const output of model.outputs) pbf.writeMessage(12, writeValue, output);
}

function writeProperty([key, value]: [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const name of node.inputs) pbf.writeStringField(1, name);
  pbf.writeStringField(2, node.output);
  pbf.writeStringField(3, `${node.op} ${node.output}`);
  pbf.writeStringField(4, node.op);
  for (const [name, values] of Object.entries(node.ints ?? {})) {
    pbf.writeMessage(5, writeAttribute, { name, values, type: 7 });
  }
  for (const [name, value] of Object.entries(node.int ?? {})) {
    pbf.writeMessage(5, writeAttribute, { name, values: [value], type: 2 });
  }
  for (const [name, text] of Object.entries(node.text ?? {})) {
    pbf.writeMessage(5, writeAttribute, { name, values: [], text, type: 3 });
  }
}

interface Attribute {
  readonly name: string;
  readonly values: readonly number[];
  readonly text?: string;
  /** AttributeProto.AttributeType: INT, STRING or INTS */
  readonly type: 2 | 3 | 7;
}

function writeAttribute(attribute: Attribute, pbf: PbfWriter): void {
  pbf.writeStringField(1, attribute.name);
  if (attribute.text !== undefined) pbf.writeStringField(4, attribute.text);
  for (const value of attribute.values) pbf.writeVarintField(attribute.type === 7 ? 8 : 3, value);
  pbf.writeVarintField(20, attribute.type);
}

function writeTensor({ name, shape, values }: OnnxConstant, pbf: PbfWriter): void {
  for (const size of shape) pbf.writeVarintField(1, size);
  pbf.writeVarintField(2, typeOf(values));
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function typeOf(values: OnnxConstant['values']): number {
  if (values instanceof Float32Array) return TYPES.float32;
  if (values instanceof Int32Array) return TYPES.int32;
  if (values instanceof BigInt64Array) return TYPES.int64;
  return values instanceof Int8Array ? TYPES.int8 : TYPES.uint8;
}

function writeValue(value: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, (_: object, type: PbfWriter) => type.writeMessage(1, writeTensorType, value), value);
}

function writeTensorType({ type, shape }: OnnxValue, pbf: PbfWriter): void {
  pbf.writeVarintField(1, TYPES[type]);
  pbf.writeMessage(2, writeShape, shape);
}

function writeShape(shape: OnnxValue['shape'], pbf: PbfWriter): void {
  for (const size of shape) pbf.writeMessage(1, writeDimension, size);
}

function writeDimension(size: string | number, pbf: PbfWriter): void {
  if (typeof size === 'number') pbf.writeVarintField(1, size);
  else pbf.writeStringField(2, size);
}
