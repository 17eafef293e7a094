/** The frames kept last, to tell whether a new one adds anything. */
import { SKETCH, sketchDistance, sketchRows } from './sketch.ts';

/** What is compared of a frame. */
export interface Comparable {
  /** SHA-256 of the weights: embeddings of two backbones have nothing in common. */
  readonly backbone: string;
  readonly tiles: readonly unknown[];
  /** [tiles, width] */
  readonly embeddings: Float32Array | null;
}

export interface LatelyKept {
  /** Whether each tile lies within `distance` (cosine, 0..2, to about 12 %) of the same tile of one kept lately. */
  hasLike(frame: Comparable, distance: number): boolean;
  add(frame: Comparable): void;
}

interface Sketched {
  readonly backbone: string;
  readonly sketches: Float32Array;
}

/** @param limit of frames; the oldest make way */
export function createLatelyKept(limit: number): LatelyKept {
  const kept: Sketched[] = [];
  // Tiles that tell frames apart mostly go on doing so (water does, sky does not): the one that did last is asked first.
  let telling = 0;

  const isLike = (a: Float32Array, b: Float32Array, distance: number): boolean => {
    const tiles = a.length / SKETCH;
    for (let step = 0; step < tiles; step++) {
      const tile = (telling + step) % tiles;
      if (sketchDistance(a, tile * SKETCH, b, tile * SKETCH) <= distance) continue;
      telling = tile;
      return false;
    }
    return true;
  };

  return {
    hasLike(frame, distance) {
      const sketched = sketch(frame);
      return (
        sketched !== null &&
        kept.some(
          other =>
            other.backbone === sketched.backbone &&
            other.sketches.length === sketched.sketches.length &&
            isLike(sketched.sketches, other.sketches, distance),
        )
      );
    },
    add(frame) {
      const sketched = sketch(frame);
      if (sketched === null) return;
      kept.push(sketched);
      if (kept.length > limit) kept.shift();
    },
  };
}

function sketch({ backbone, tiles, embeddings }: Comparable): Sketched | null {
  if (embeddings === null || embeddings.length === 0) return null;
  return { backbone, sketches: sketchRows(embeddings, embeddings.length / tiles.length) };
}
