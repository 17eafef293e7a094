/** Short stand-ins for embeddings, by which many can be compared at little cost. */
import { createRandom } from '../../base/random.ts';

/**
 * Numbers in a sketch. The cosine distance of two sketches is that of the embeddings to about √(2 / 128) = 12 %; of
 * embeddings that are no wider, cells' for example, it is exact.
 */
export const SKETCH = 128;

/**
 * Sums of the numbers of each row, scaled to length 1, with random signs in random places: "feature hashing" (Weinberger
 * et al. 2009), which keeps distances on average. The same width gives the same places always.
 *
 * @param embeddings [rows, width]
 * @returns [rows, SKETCH]
 */
export function sketchRows(embeddings: Float32Array, width: number): Float32Array {
  const { places, signs } = hashing(width);
  const rows = embeddings.length / width;
  const sketches = new Float32Array(rows * SKETCH);
  for (let row = 0; row < rows; row++) {
    const from = row * width;
    const to = row * SKETCH;
    const scale = inverseLength(embeddings, from, width);
    for (let column = 0; column < width; column++) {
      const place = to + (places[column] as number);
      const value = (embeddings[from + column] as number) * (signs[column] as number) * scale;
      sketches[place] = (sketches[place] as number) + value;
    }
  }
  return sketches;
}

/** About the cosine distance, 0..2, of the embeddings that two sketches stand for. */
export function sketchDistance(a: Float32Array, fromA: number, b: Float32Array, fromB: number): number {
  let sum = 0;
  for (let place = 0; place < SKETCH; place++) {
    const difference = (a[fromA + place] as number) - (b[fromB + place] as number);
    sum += difference * difference;
  }
  // Of two vectors of length 1, the squared distance is twice the cosine distance.
  return sum / 2;
}

/** 1 / length of a part of `values`; 0 where all of it is zero. */
export function inverseLength(values: Float32Array, from: number, width: number): number {
  let sum = 0;
  for (let index = from; index < from + width; index++) {
    sum += (values[index] as number) * (values[index] as number);
  }
  return sum === 0 ? 0 : 1 / Math.sqrt(sum);
}

interface Hashing {
  readonly places: Uint8Array;
  readonly signs: Float32Array;
}

const HASHINGS = new Map<number, Hashing>();

function hashing(width: number): Hashing {
  const known = HASHINGS.get(width);
  if (known !== undefined) return known;
  const made = width <= SKETCH ? asTheyAre(width) : scattered(width);
  HASHINGS.set(width, made);
  return made;
}

function asTheyAre(width: number): Hashing {
  return {
    places: Uint8Array.from({ length: width }, (_, index) => index),
    signs: new Float32Array(width).fill(1),
  };
}

function scattered(width: number): Hashing {
  const random = createRandom(width);
  const places = Uint8Array.from({ length: width }, () => random.below(SKETCH));
  const signs = Float32Array.from({ length: width }, () => (random.below(2) === 0 ? -1 : 1));
  return { places, signs };
}
