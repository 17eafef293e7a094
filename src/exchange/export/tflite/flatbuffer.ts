/** Serialises FlatBuffers (https://flatbuffers.dev/internals/) from plain data: a table is its fields by slot. */
import { Builder } from 'flatbuffers';

export type Table = Readonly<Record<number, Field>>;

export type Field =
  | { readonly int8: number }
  | { readonly int32: number }
  | { readonly float32: number }
  | { readonly text: string }
  | { readonly table: Table }
  | { readonly tables: readonly Table[] }
  | { readonly int32s: readonly number[] }
  | { readonly int64s: readonly number[] }
  | { readonly float32s: ArrayLike<number> }
  /** Begins at an address that 16 divides, as TensorFlow Lite wants its weights. */
  | { readonly bytes: Uint8Array };

/** @param identifier four characters that name the schema */
export function writeFlatbuffer(root: Table, identifier: string): Uint8Array {
  const builder = new Builder(1 << 20);
  builder.forceDefaults(true);
  builder.finish(writeTable(builder, root), identifier);
  return builder.asUint8Array();
}

const ALIGNMENT = 16;

type Inline = (slot: number) => void;

/** A buffer grows from its end, so what a table refers to is written before the table. */
function writeTable(builder: Builder, table: Table): number {
  const fields = Object.entries(table).map(
    ([slot, field]) => [Number(slot), writeField(builder, field)] as const,
  );
  builder.startObject(Math.max(-1, ...fields.map(([slot]) => slot)) + 1);
  for (const [slot, inline] of fields) inline(slot);
  return builder.endObject();
}

function writeField(builder: Builder, field: Field): Inline {
  if ('int8' in field) return slot => builder.addFieldInt8(slot, field.int8, 0);
  if ('int32' in field) return slot => builder.addFieldInt32(slot, field.int32, 0);
  if ('float32' in field) return slot => builder.addFieldFloat32(slot, field.float32, 0);
  const offset = writeApart(builder, field);
  return slot => builder.addFieldOffset(slot, offset, 0);
}

type Apart = Exclude<Field, { int8: number } | { int32: number } | { float32: number }>;

function writeApart(builder: Builder, field: Apart): number {
  if ('text' in field) return builder.createString(field.text);
  if ('table' in field) return writeTable(builder, field.table);
  if ('bytes' in field) {
    builder.prep(ALIGNMENT, field.bytes.length);
    return builder.createByteVector(field.bytes);
  }
  if ('tables' in field) {
    const offsets = field.tables.map(table => writeTable(builder, table));
    return writeVector(builder, 4, offsets, offset => builder.addOffset(offset));
  }
  if ('int32s' in field) return writeVector(builder, 4, field.int32s, value => builder.addInt32(value));
  if ('int64s' in field)
    return writeVector(builder, 8, field.int64s, value => builder.addInt64(BigInt(value)));
  return writeVector(builder, 4, field.float32s, value => builder.addFloat32(value));
}

function writeVector(
  builder: Builder,
  size: number,
  values: ArrayLike<number>,
  add: (value: number) => void,
): number {
  builder.startVector(size, values.length, size);
  for (let index = values.length - 1; index >= 0; index--) add(values[index] as number);
  return builder.endVector();
}
