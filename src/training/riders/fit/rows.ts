/** Cells that a head is fitted to, row by row. */
import type { Outputs } from '../outputs.ts';

export interface CellRows {
  readonly count: number;
  readonly width: number;
  readonly outputs: Outputs;
  /** [count, width] */
  readonly vectors: Float32Array;
  /** [count, outputs] 0 or 1. */
  readonly targets: Uint8Array;
  /** [count, outputs] 1 where the target is known. */
  readonly mask: Uint8Array;
  /** [count] fold of its crop. */
  readonly folds: Uint8Array;
  /** [count] index of the picture its crop was cut from. */
  readonly pictures: Uint32Array;
  /** [count] number of its crop. */
  readonly crops: Uint32Array;
}

/** Rows in the making. */
export interface RowCollector {
  add(row: Row): void;
  /** All so far. */
  rows(): CellRows;
}

interface Row {
  readonly vector: Float32Array;
  readonly targets: Uint8Array;
  readonly mask: Uint8Array;
  readonly fold: number;
  readonly picture: number;
  readonly crop: number;
}

const CHUNK = 8192;

export function collectRows(width: number, outputs: Outputs): RowCollector {
  const size = outputs.all.length;
  const chunks: { vectors: Float32Array; targets: Uint8Array; mask: Uint8Array }[] = [];
  const folds: number[] = [];
  const pictures: number[] = [];
  const crops: number[] = [];
  return {
    add: ({ vector, targets, mask, fold, picture, crop }) => {
      const at = folds.length % CHUNK;
      if (at === 0) {
        chunks.push({
          vectors: new Float32Array(CHUNK * width),
          targets: new Uint8Array(CHUNK * size),
          mask: new Uint8Array(CHUNK * size),
        });
      }
      const chunk = chunks.at(-1);
      chunk?.vectors.set(vector, at * width);
      chunk?.targets.set(targets, at * size);
      chunk?.mask.set(mask, at * size);
      folds.push(fold);
      pictures.push(picture);
      crops.push(crop);
    },
    rows: () => {
      const count = folds.length;
      const vectors = new Float32Array(count * width);
      const targets = new Uint8Array(count * size);
      const mask = new Uint8Array(count * size);
      for (const [index, chunk] of chunks.entries()) {
        const rows = Math.min(CHUNK, count - index * CHUNK);
        vectors.set(chunk.vectors.subarray(0, rows * width), index * CHUNK * width);
        targets.set(chunk.targets.subarray(0, rows * size), index * CHUNK * size);
        mask.set(chunk.mask.subarray(0, rows * size), index * CHUNK * size);
      }
      return {
        count,
        width,
        outputs,
        vectors,
        targets,
        mask,
        folds: Uint8Array.from(folds),
        pictures: Uint32Array.from(pictures),
        crops: Uint32Array.from(crops),
      };
    },
  };
}

/** What a row is, by what is known of it: an index of the outputs, `none` of the activities, or neither. */
export function kindOfRow(
  { targets, mask, outputs }: Pick<CellRows, 'targets' | 'mask' | 'outputs'>,
  row: number,
) {
  const size = outputs.all.length;
  const at = row * size;
  const riders = outputs.activities.length;
  let none = true;
  let positive = -1;
  for (let output = 0; output < size; output++) {
    const known = mask[at + output] === 1;
    if (output < riders && (!known || targets[at + output] === 1)) none = false;
    if (positive === -1 && known && targets[at + output] === 1) positive = output;
  }
  return { positive: positive === -1 ? null : positive, none };
}
