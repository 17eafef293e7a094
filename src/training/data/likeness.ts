/** How alike two pictures are, by small grey copies of them. */

/** Side of the copies in pixels. */
export const THUMB = 32;

/** 64 bits, the lower 32 first. */
export type PerceptualHash = readonly [number, number];

/** Side of the square of lowest frequencies that a hash is made of. */
const LOW = 8;

const COSINES = Array.from({ length: LOW }, (_, frequency) =>
  Float64Array.from({ length: THUMB }, (__, at) =>
    Math.cos(((2 * at + 1) * frequency * Math.PI) / (2 * THUMB)),
  ),
);

/**
 * The DCT hash of a picture: for each of its lowest 8 × 8 frequencies, whether it is stronger than their median
 * (C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010). Saving it again as JPEG or
 * at half its size changes 0–10 of the bits, another picture about 31.
 *
 * @param thumb [THUMB, THUMB] grey bytes
 */
export function perceptualHash(thumb: Uint8Array): PerceptualHash {
  const rows = COSINES.map(cosine =>
    Float64Array.from({ length: THUMB }, (_, y) =>
      sum(THUMB, x => (thumb[y * THUMB + x] ?? 0) * (cosine[x] ?? 0)),
    ),
  );
  const strengths = COSINES.flatMap(cosine =>
    rows.map(row => sum(THUMB, y => (row[y] ?? 0) * (cosine[y] ?? 0))),
  );
  // The first is the mean brightness.
  const others = strengths.slice(1).sort((a, b) => a - b);
  const median = others[(others.length - 1) / 2] ?? 0;
  const half = (from: number) =>
    sum(32, bit => (from + bit > 0 && (strengths[from + bit] ?? 0) > median ? 2 ** bit : 0));
  return [half(0), half(32)];
}

/** Number of bits set in 32 (H. Warren, Hacker's Delight, 5-1). */
export function onesOf(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export interface Likeness {
  /** Correlation of the copies, −1..1: pictures of a beach have 0.9 with each other for their horizon alone. */
  readonly whole: number;
  /**
   * Correlation of what is left without light that changes slowly and without what is the same all along a row or a
   * column, −1..1: details, not the horizon.
   */
  readonly details: number;
}

/** @param a, b [THUMB, THUMB] grey bytes */
export function likeness(a: Uint8Array, b: Uint8Array): Likeness {
  return { whole: correlation(centred(a), centred(b)), details: correlation(details(a), details(b)) };
}

/** Pixels that a detail may be wide, on each side. */
const REACH = 4;

function details(thumb: Uint8Array): Float64Array {
  const local = Float64Array.from(thumb, (value, at) => value - meanAround(thumb, at));
  const row = means(y => x => local[y * THUMB + x] ?? 0);
  for (let at = 0; at < local.length; at++) local[at] = (local[at] ?? 0) - (row[Math.floor(at / THUMB)] ?? 0);
  const column = means(x => y => local[y * THUMB + x] ?? 0);
  return local.map((value, at) => value - (column[at % THUMB] ?? 0));
}

function meanAround(thumb: Uint8Array, at: number): number {
  const [middleX, middleY] = [at % THUMB, Math.floor(at / THUMB)];
  const [top, bottom] = [Math.max(0, middleY - REACH), Math.min(THUMB - 1, middleY + REACH)];
  const [left, right] = [Math.max(0, middleX - REACH), Math.min(THUMB - 1, middleX + REACH)];
  let total = 0;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) total += thumb[y * THUMB + x] ?? 0;
  }
  return total / ((bottom - top + 1) * (right - left + 1));
}

function means(line: (at: number) => (along: number) => number): Float64Array {
  return Float64Array.from({ length: THUMB }, (_, at) => sum(THUMB, line(at)) / THUMB);
}

function centred(thumb: Uint8Array): Float64Array {
  const mean = sum(thumb.length, at => thumb[at] ?? 0) / thumb.length;
  return Float64Array.from(thumb, value => value - mean);
}

/** 0 where one of them is plain: nothing tells whether the other shows the same. */
function correlation(a: Float64Array, b: Float64Array): number {
  const product = (c: Float64Array, d: Float64Array) => sum(c.length, at => (c[at] ?? 0) * (d[at] ?? 0));
  const energy = Math.sqrt(product(a, a) * product(b, b));
  return energy < 1e-6 ? 0 : product(a, b) / energy;
}

function sum(count: number, term: (at: number) => number): number {
  let total = 0;
  for (let at = 0; at < count; at++) total += term(at);
  return total;
}
