/** Cosine similarity of embeddings, and the rows of a matrix that are most alike to one. */

export interface Neighbour {
  /** Row of the matrix. */
  readonly row: number;
  /** Cosine similarity, -1..1. */
  readonly similarity: number;
}

/** Rows of length 1; a row of zeros stays as it is. */
export function normalisedRows(rows: Float32Array, width: number): Float32Array {
  const result = new Float32Array(rows.length);
  for (let start = 0; start + width <= rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const length = Math.sqrt(dot(row, 0, row, 0, width));
    if (length === 0) continue;
    for (let index = 0; index < width; index++) result[start + index] = (row[index] as number) / length;
  }
  return result;
}

/**
 * The rows most alike to the query, best first; of equal ones the first.
 *
 * @param query [width]
 * @param matrix [rows, width], of any length each
 * @param k at most so many
 */
export function nearest(query: Float32Array, matrix: Float32Array, k: number): Neighbour[] {
  const width = query.length;
  const rows = width === 0 ? 0 : Math.floor(matrix.length / width);
  const best: Neighbour[] = [];
  if (k < 1) return best;
  const own = Math.sqrt(dot(query, 0, query, 0, width));
  for (let row = 0; row < rows; row++) {
    const similarity = cosine(query, own, matrix, row * width);
    if (best.length === k && similarity <= (best[k - 1] as Neighbour).similarity) continue;
    const place = best.findIndex(other => other.similarity < similarity);
    best.splice(place < 0 ? best.length : place, 0, { row, similarity });
    if (best.length > k) best.pop();
  }
  return best;
}

/** Sum of the products of `width` numbers from `a[fromA]` and from `b[fromB]`. */
export function dot(a: Float32Array, fromA: number, b: Float32Array, fromB: number, width: number): number {
  // Views of their own and four sums: several times as fast as offsets and one sum (V8 checks bounds less often, and
  // the processor adds side by side).
  const x = a.subarray(fromA, fromA + width);
  const y = b.subarray(fromB, fromB + width);
  let s = 0;
  let t = 0;
  let u = 0;
  let v = 0;
  let i = 0;
  for (; i + 3 < width; i += 4) {
    s += (x[i] as number) * (y[i] as number);
    t += (x[i + 1] as number) * (y[i + 1] as number);
    u += (x[i + 2] as number) * (y[i + 2] as number);
    v += (x[i + 3] as number) * (y[i + 3] as number);
  }
  for (; i < width; i++) s += (x[i] as number) * (y[i] as number);
  return s + t + u + v;
}

/** The similarity of what has no length is 0. */
function cosine(query: Float32Array, own: number, matrix: Float32Array, start: number): number {
  const width = query.length;
  const length = own * Math.sqrt(dot(matrix, start, matrix, start, width));
  if (length === 0) return 0;
  return Math.max(-1, Math.min(1, dot(query, 0, matrix, start, width) / length));
}
