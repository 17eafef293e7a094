import { ByteBuffer } from 'flatbuffers';
import { expect, test } from 'vitest';
import { writeFlatbuffer } from '../../../../src/exchange/export/tflite/flatbuffer.ts';
import { fc } from '../../../support/fast-check.ts';

/** A table, read by the internals of FlatBuffers: the position of a field, or 0 where it is absent. */
function open(bytes: Uint8Array, identifier: string) {
  const buffer = new ByteBuffer(bytes);
  expect(buffer.__has_identifier(identifier)).toBe(true);
  const table = buffer.readInt32(0);
  const fieldAt = (slot: number, of = table) => {
    const offset = buffer.__offset(of, 4 + 2 * slot);
    return offset === 0 ? 0 : of + offset;
  };
  return { buffer, table, fieldAt };
}

test('what is written is read again, and what is left out is absent', () => {
  const bytes = writeFlatbuffer(
    {
      0: { int8: -3 },
      2: { int32: 0 },
      3: { text: 'Brandung, 波' },
      4: { table: { 1: { float32: 0.5 } } },
      5: { int64s: [-1, 2] },
      7: { tables: [{ 0: { int32: 7 } }, { 0: { int32: 8 } }] },
    },
    'TEST',
  );
  const { buffer, fieldAt } = open(bytes, 'TEST');
  expect(buffer.readInt8(fieldAt(0))).toBe(-3);
  expect(fieldAt(1)).toBe(0);
  // A zero is written too: the default of the schema may be another.
  expect(fieldAt(2)).not.toBe(0);
  expect(buffer.__string(fieldAt(3))).toBe('Brandung, 波');
  expect(buffer.readFloat32(fieldAt(1, buffer.__indirect(fieldAt(4))))).toBe(0.5);
  const longs = buffer.__vector(fieldAt(5));
  expect([buffer.readInt64(longs), buffer.readInt64(longs + 8)]).toEqual([-1n, 2n]);
  expect(buffer.__vector_len(fieldAt(7))).toBe(2);
  const numbers = [0, 4].map(at => {
    const inner = buffer.__indirect(buffer.__vector(fieldAt(7)) + at);
    return buffer.readInt32(fieldAt(0, inner));
  });
  expect(numbers).toEqual([7, 8]);
});

test('bytes begin at an address that 16 divides, whatever lies beside them', () => {
  const bytes = fc.uint8Array({ maxLength: 70 });
  fc.assert(
    fc.property(fc.array(bytes, { minLength: 1, maxLength: 6 }), fc.string(), (values, name) => {
      const tables = values.map(value => ({ 0: { bytes: value } }));
      const { buffer, fieldAt } = open(writeFlatbuffer({ 0: { tables }, 1: { text: name } }, 'TEST'), 'TEST');
      for (const [index, value] of values.entries()) {
        const inner = buffer.__indirect(buffer.__vector(fieldAt(0)) + 4 * index);
        const start = buffer.__vector(fieldAt(0, inner));
        expect(start % 16).toBe(0);
        expect(buffer.bytes().slice(start, start + value.length)).toEqual(value);
        expect(buffer.__vector_len(fieldAt(0, inner))).toBe(value.length);
      }
    }),
  );
});
