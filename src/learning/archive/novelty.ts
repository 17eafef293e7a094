/** How unlike everything known a frame is. */
import { inverseLength, SKETCH, sketchDistance, sketchRows } from './sketch.ts';

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

/** So many are compared in full, of those whose sketches lie nearest. */
const COMPARED = 4;

/** @param limit of rows: 1,000 of width 128 take 1 MB */
export function createReferences(width: number, limit: number): References {
  const known = new Float32Array(limit * width);
  const sketches = new Float32Array(limit * SKETCH);
  let size = 0;
  let next = 0;

  const distanceTo = (row: Float32Array, from: number, scale: number, reference: number): number => {
    let product = 0;
    const at = reference * width;
    for (let column = 0; column < width; column++) {
      product += (row[from + column] as number) * (known[at + column] as number);
    }
    return 1 - product * scale;
  };

  return {
    get size() {
      return size;
    },
    add(embeddings) {
      const added = sketchRows(embeddings, width);
      for (let row = 0; row < embeddings.length / width; row++) {
        const scale = inverseLength(embeddings, row * width, width);
        for (let column = 0; column < width; column++) {
          known[next * width + column] = (embeddings[row * width + column] as number) * scale;
        }
        sketches.set(added.subarray(row * SKETCH, (row + 1) * SKETCH), next * SKETCH);
        next = (next + 1) % limit;
        size = Math.min(size + 1, limit);
      }
    },
    distances(embeddings) {
      const asked = sketchRows(embeddings, width);
      const about = new Float32Array(size);
      return Float32Array.from({ length: embeddings.length / width }, (_, row) => {
        const scale = inverseLength(embeddings, row * width, width);
        for (let index = 0; index < size; index++) {
          about[index] = sketchDistance(asked, row * SKETCH, sketches, index * SKETCH);
        }
        const exact = smallest(about).map(index => distanceTo(embeddings, row * width, scale, index));
        return Math.max(0, Math.min(...exact));
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

/** @returns the indices of the smallest, nearest first */
function smallest(distances: Float32Array): number[] {
  const best: number[] = [];
  let limit = Number.POSITIVE_INFINITY;
  for (let index = 0; index < distances.length; index++) {
    const distance = distances[index] as number;
    if (best.length === COMPARED && distance >= limit) continue;
    const place = best.findIndex(other => distance < (distances[other] as number));
    best.splice(place === -1 ? best.length : place, 0, index);
    best.length = Math.min(best.length, COMPARED);
    limit = distances[best.at(-1) as number] as number;
  }
  return best;
}
