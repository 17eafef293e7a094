import { describe, expect, it } from 'vitest';
import { float16ToFloat32, float32ToFloat16 } from '../../src/vision/float16.ts';
import { fc } from '../support/fast-check.ts';

const EVERY = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
const isNaNBits = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;

/** Widening by moving the bits into a float32, where the table under test computes. */
function widened(bits: number): number {
  const sign = (bits & 0x8000) << 16;
  let exponent = (bits >> 10) & 0x1f;
  let fraction = bits & 0x3ff;
  if (exponent === 0 && fraction !== 0) {
    exponent = 1;
    while ((fraction & 0x400) === 0) {
      fraction <<= 1;
      exponent -= 1;
    }
    fraction &= 0x3ff;
  } else if (exponent === 0) {
    return sign === 0 ? 0 : -0;
  }
  const wide = exponent === 0x1f ? 0xff : exponent + 112;
  return new Float32Array(Uint32Array.of(sign | (wide << 23) | (fraction << 13)).buffer)[0] as number;
}

/** Rounding by search among all finite numbers, which lie in the order of their bits. */
function nearest(value: number): number {
  const size = Math.abs(value);
  let low = 0;
  let high = 0x7bff;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widened(middle) <= size) low = middle;
    else high = middle - 1;
  }
  const above = low === 0x7bff ? 65_536 : widened(low + 1);
  const down = size - widened(low);
  const up = above - size;
  const bits = up < down || (up === down && low % 2 === 1) ? low + 1 : low;
  return bits | (value < 0 || Object.is(value, -0) ? 0x8000 : 0);
}

const narrow = (value: number) => new Uint16Array(float32ToFloat16(Float32Array.of(value)).buffer)[0];

describe('float16', () => {
  it('widens all 65,536 numbers to exactly what their bits mean', () => {
    const values = float16ToFloat32(new Uint8Array(EVERY.buffer));
    const wrong = EVERY.filter(bits => !Object.is(values[bits], widened(bits)));
    expect([...wrong]).toEqual([]);
  });

  it('narrows every widened number back to its own bits', () => {
    const values = float16ToFloat32(new Uint8Array(EVERY.buffer));
    const back = new Uint16Array(float32ToFloat16(values).buffer);
    expect([...EVERY.filter(bits => !isNaNBits(bits) && back[bits] !== bits)]).toEqual([]);
    expect(EVERY.filter(bits => isNaNBits(bits) && !isNaNBits(back[bits] as number))).toHaveLength(0);
  });

  it('rounds to the nearest, ties to even', () => {
    const within = fc.float({ min: -65_504, max: 65_504, noNaN: true });
    const halfway = fc.integer({ min: 0, max: 0x7bfe }).map(bits => (widened(bits) + widened(bits + 1)) / 2);
    fc.assert(
      fc.property(fc.oneof(within, halfway), value => narrow(value) === nearest(value)),
      {
        numRuns: 3_000,
      },
    );
  });

  it.each([
    [65_519.996, 0x7bff],
    [65_520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [-1e9, 0xfc00],
    [2 ** -25, 0],
    [2 ** -24, 1],
    [-0, 0x8000],
  ])('narrows %d to its bits', (value, bits) => {
    expect(narrow(value)).toBe(bits);
  });

  it('reads bytes that begin at an odd address', () => {
    const bytes = Uint8Array.of(0xff, 0x00, 0x3c, 0x00, 0xc0).subarray(1);
    expect([...float16ToFloat32(bytes)]).toEqual([1, -2]);
  });
});
