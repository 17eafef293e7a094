/**
 * Product of two matrices on WebAssembly's SIMD: four numbers at once, in memory of its own.
 *
 * Nearly all of a fit's time goes into two such products: batch × kernel, and the batch turned × what flows back. Plain
 * JavaScript takes several times as long, and TensorFlow.js, on the same SIMD, has to be loaded first:
 * `scripts/bench-retrain.ts` measures all of them. A board without a compiler runs what is here, so one function of
 * WebAssembly is put together from its bytes when it is wanted:
 *
 *     for each two rows of A, and C
 *       for each 16 columns of B, and C
 *         8 sums of 4 numbers = 0                        two rows × 16 columns: they stay in registers
 *         for each column of A, which is a row of B
 *           one, other = a number of either row of A, four times over
 *           sums += one × 16 numbers of B, other × the same
 *         write the sums to C
 *
 * A is read by a step for rows and one for columns, so that its transpose needs no copy. Tests compare it with
 * {@link plainMultiply}, bit for bit, and with TensorFlow.js.
 */

/**
 * C = A · B, in float32.
 *
 * @param a address of A in bytes; row r, column c of it lie at `a + r × rowStep + c × columnStep`
 * @param b address of B, [depth, columns] row by row
 * @param c address of C, [rows, columns] row by row
 * @param rows even
 * @param columnBytes length of a row of B and of C in bytes, a multiple of 64
 */
export type Multiply = (
  a: number,
  b: number,
  c: number,
  rows: number,
  depth: number,
  columnBytes: number,
  rowStep: number,
  columnStep: number,
) => void;

/** Falls back to plain JavaScript where the processor has no SIMD that WebAssembly can use. */
export function createMultiply(memory: WebAssembly.Memory): Multiply {
  const bytes = assemble();
  if (!WebAssembly.validate(bytes)) return plainMultiply(memory);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory } });
  return exports.x as Multiply;
}

/** The same, to the bit, in plain JavaScript. */
export function plainMultiply(memory: WebAssembly.Memory): Multiply {
  const values = new Float32Array(memory.buffer);
  return (a, b, c, rows, depth, columnBytes, rowStep, columnStep) => {
    const columns = columnBytes / 4;
    const sums = new Float32Array(columns);
    for (let row = 0; row < rows; row++) {
      sums.fill(0);
      for (let index = 0; index < depth; index++) {
        const factor = values[(a + row * rowStep + index * columnStep) / 4] as number;
        const start = b / 4 + index * columns;
        for (let column = 0; column < columns; column++) {
          sums[column] = (sums[column] as number) + Math.fround(factor * (values[start + column] as number));
        }
      }
      values.set(sums, c / 4 + row * columns);
    }
  };
}

// The instructions that are used, as bytes (WebAssembly core specification 2.0, chapter 5): each helper takes what it works
// on as code that leaves it on the stack, and returns code. 0xfd begins those of SIMD.
const I32 = 0x7f;
const V128 = 0x7b;
const END = 0x0b;
const loop = (...body: number[][]) => [0x03, 0x40, ...body.flat(), END];
const repeatIf = (condition: number[]) => [...condition, 0x0d, 0];
const get = (local: number) => [0x20, local];
const set = (local: number, value: number[]) => [...value, 0x21, local];
const constant = (value: number) => [0x41, ...leb(value)];
const add = (one: number[], other: number[]) => [...one, ...other, 0x6a];
const below = (one: number[], other: number[]) => [...one, ...other, 0x49];
const simd = (code: number, ...rest: number[]) => [0xfd, ...leb(code), ...rest];
const load = (address: number[], offset: number) => [...address, ...simd(0x00, 4, offset)];
const loadToAll = (address: number[]) => [...address, ...simd(0x09, 2, 0)];
const store = (address: number[], offset: number, value: number[]) => [
  ...address,
  ...value,
  ...simd(0x0b, 4, offset),
];
const ZERO = simd(0x0c, ...Array<number>(16).fill(0));
const plus = (one: number[], other: number[]) => [...one, ...other, ...simd(0xe4)];
const times = (one: number[], other: number[]) => [...one, ...other, ...simd(0xe6)];

/** A module with one function, {@link Multiply}: its memory is imported as `m.m`, the function exported as `x`. */
function assemble(): Uint8Array<ArrayBuffer> {
  // Numbers of the locals: first the parameters.
  const [a, b, c, rows, depth, columnBytes, rowStep, columnStep] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const [column, left, from, against, to] = [8, 9, 10, 11, 12] as const;
  const sums = [13, 14, 15, 16, 17, 18, 19, 20] as const;
  const [part, one, other] = [21, 22, 23] as const;
  const depthStep = [0, 1, 2, 3].flatMap(index => [
    ...set(part, load(get(against), index * 16)),
    ...set(13 + index, plus(get(13 + index), times(get(one), get(part)))),
    ...set(17 + index, plus(get(17 + index), times(get(other), get(part)))),
  ]);
  const block = [
    ...sums.flatMap(sum => set(sum, ZERO)),
    ...set(from, get(a)),
    ...set(against, add(get(b), get(column))),
    ...set(left, get(depth)),
    ...loop(
      set(one, loadToAll(get(from))),
      set(other, loadToAll(add(get(from), get(rowStep)))),
      depthStep,
      set(from, add(get(from), get(columnStep))),
      set(against, add(get(against), get(columnBytes))),
      set(left, add(get(left), constant(-1))),
      repeatIf(get(left)),
    ),
    ...set(to, add(get(c), get(column))),
    ...[0, 1, 2, 3].flatMap(index => store(get(to), index * 16, get(13 + index))),
    ...set(to, add(get(to), get(columnBytes))),
    ...[0, 1, 2, 3].flatMap(index => store(get(to), index * 16, get(17 + index))),
  ];
  const body = loop(
    set(column, constant(0)),
    loop(block, set(column, add(get(column), constant(64))), repeatIf(below(get(column), get(columnBytes)))),
    set(a, add(get(a), add(get(rowStep), get(rowStep)))),
    set(c, add(get(c), add(get(columnBytes), get(columnBytes)))),
    set(rows, add(get(rows), constant(-2))),
    repeatIf(get(rows)),
  );
  // Two kinds of further locals: 5 whole numbers, 11 vectors.
  const code = [2, 5, I32, 11, V128, ...body, END];
  return Uint8Array.from([
    // The magic number and the version; then types, imports, functions, exports, code.
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 8, ...Array<number>(8).fill(I32), 0]),
    ...section(2, [1, 1, 0x6d, 1, 0x6d, 2, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x78, 0, 0]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
}

function section(id: number, content: number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

/** Signed LEB128, which reads the same as unsigned where bit 6 of the last byte is clear. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}
