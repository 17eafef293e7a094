/** The frames kept last, to tell whether a new one adds anything. */
import { SKETCH, sketchDistance, sketchRows } from './sketch.ts';

/** What is compared of a frame. */
export interface Comparable {
  /** SHA-256 of the weights: embeddings of two backbones have nothing in common. */
  readonly backbone: string;
  readonly cells: readonly unknown[];
  /** [cells, width] */
  readonly embeddings: Float32Array | null;
}

export interface LatelyKept {
  /** Whether each cell lies within `distance` (cosine, 0..2) of some cell of one kept lately. */
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
  // A cell that is like none of one frame is mostly like none of the next: the one that told the last apart is asked first.
  let telling = 0;

  const isLike = (a: Float32Array, b: Float32Array, distance: number): boolean => {
    const cells = a.length / SKETCH;
    for (let step = 0; step < cells; step++) {
      const cell = (telling + step) % cells;
      if (hasCellLike(a, cell * SKETCH, b, distance)) continue;
      telling = cell;
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
            other.backbone === sketched.backbone && isLike(sketched.sketches, other.sketches, distance),
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

/** Cells are in no order: what was the strongest may be the second strongest a moment later. */
function hasCellLike(a: Float32Array, from: number, b: Float32Array, distance: number): boolean {
  for (let other = 0; other < b.length; other += SKETCH) {
    if (sketchDistance(a, from, b, other) <= distance) return true;
  }
  return false;
}

function sketch({ backbone, cells, embeddings }: Comparable): Sketched | null {
  if (embeddings === null || embeddings.length === 0) return null;
  return { backbone, sketches: sketchRows(embeddings, embeddings.length / cells.length) };
}
