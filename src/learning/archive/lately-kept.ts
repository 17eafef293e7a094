/** The frames kept last, to tell whether a new one adds anything. */
import { normalisedRows } from '../advice/likeness/vectors.ts';

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

interface Kept {
  readonly backbone: string;
  /** [cells, width], each of length 1. */
  readonly rows: Float32Array;
  readonly width: number;
}

/** @param limit of frames; the oldest make way */
export function createLatelyKept(limit: number): LatelyKept {
  const kept: Kept[] = [];
  // A cell that is like none of one frame is mostly like none of the next: the one that told the last apart is asked first.
  let telling = 0;

  const isLike = ({ rows, width }: Kept, other: Kept, distance: number): boolean => {
    const cells = rows.length / width;
    for (let step = 0; step < cells; step++) {
      const cell = (telling + step) % cells;
      if (hasCellLike(rows.subarray(cell * width, (cell + 1) * width), other.rows, distance)) continue;
      telling = cell;
      return false;
    }
    return true;
  };

  return {
    hasLike(frame, distance) {
      const asked = comparable(frame);
      return (
        asked !== null &&
        kept.some(other => other.backbone === asked.backbone && isLike(asked, other, distance))
      );
    },
    add(frame) {
      const added = comparable(frame);
      if (added === null) return;
      kept.push(added);
      if (kept.length > limit) kept.shift();
    },
  };
}

/** Cells are in no order: what was the strongest may be the second strongest a moment later. */
function hasCellLike(row: Float32Array, rows: Float32Array, distance: number): boolean {
  for (let start = 0; start < rows.length; start += row.length) {
    // Of two rows of length 1, the squared distance is twice the cosine distance; of the same, exactly 0.
    if (squaredDistance(row, rows, start) <= 2 * distance) return true;
  }
  return false;
}

function squaredDistance(row: Float32Array, rows: Float32Array, start: number): number {
  let sum = 0;
  for (let index = 0; index < row.length; index++) {
    sum += ((row[index] as number) - (rows[start + index] as number)) ** 2;
  }
  return sum;
}

function comparable({ backbone, cells, embeddings }: Comparable): Kept | null {
  if (embeddings === null || embeddings.length === 0) return null;
  const width = embeddings.length / cells.length;
  return { backbone, rows: normalisedRows(embeddings, width), width };
}
