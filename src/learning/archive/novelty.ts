/** How unlike everything known a frame is. */
import { dot, normalisedRows } from '../advice/likeness/vectors.ts';

/** Embeddings of one backbone that are known: of the training data and of labelled frames. */
export interface References {
  readonly size: number;
  /** @param embeddings [rows, width]; the oldest make way where there are too many */
  add(embeddings: Float32Array): void;
  /**
   * Cosine distance, 0..2, of each row to the nearest known embedding; Infinity where none is known.
   *
   * @param embeddings [rows, width]
   */
  distances(embeddings: Float32Array): Float32Array;
}

/** @param limit of rows: 1,000 of width 128 take 0.5 MB */
export function createReferences(width: number, limit: number): References {
  const known = new Float32Array(limit * width);
  let size = 0;
  let next = 0;
  return {
    get size() {
      return size;
    },
    add(embeddings) {
      const rows = normalisedRows(embeddings, width);
      for (let start = 0; start < rows.length; start += width) {
        known.set(rows.subarray(start, start + width), next * width);
        next = (next + 1) % limit;
        size = Math.min(size + 1, limit);
      }
    },
    distances(embeddings) {
      const asked = normalisedRows(embeddings, width);
      return Float32Array.from({ length: asked.length / width }, (_, index) => {
        const row = asked.subarray(index * width, (index + 1) * width);
        let most = Number.NEGATIVE_INFINITY;
        for (let start = 0; start < size * width; start += width) {
          most = Math.max(most, dot(row, known, start));
        }
        return Math.max(0, 1 - most);
      });
    },
  };
}

/** So many of a frame's cells are looked at, the strongest: comparing takes time, and sea without anybody is soon known. */
const STRONGEST = 12;

/** The cells of a frame that are compared, and known from then on, strongest first: [rows, width]. */
export function strongestCells(embeddings: Float32Array, width: number): Float32Array {
  return embeddings.subarray(0, STRONGEST * width);
}

/**
 * The distance of the most unusual cell; null where nothing is known.
 *
 * @param embeddings see {@link strongestCells}
 */
export function noveltyOf(embeddings: Float32Array, references: References): number | null {
  if (references.size === 0 || embeddings.length === 0) return null;
  return Math.max(...references.distances(embeddings));
}
