/** A few of the base set's embeddings that stand for all of them: what a frame's distance is measured to. */
import { createRandom, shuffled } from '../../../base/random.ts';
import type { BaseSet } from '../../retrain/types.ts';
import { dot, normalisedRows } from '../likeness/vectors.ts';
import { type Histogram, histogramOf } from './histogram.ts';

export interface Landmarks {
  /** [rows, width], each of length 1. */
  readonly rows: Float32Array;
  readonly width: number;
  /** How far base samples of other groups (other places, that is) are from the landmarks: what is usual. */
  readonly usual: Histogram;
}

export interface LandmarkOptions {
  readonly count: number;
  /** Samples that `usual` is of. */
  readonly measured: number;
  readonly seed: number;
}

export const LANDMARK_DEFAULTS: LandmarkOptions = { count: 200, measured: 600, seed: 1 };

/** Drawn from every group in turn, so that a large one does not stand for all. Null where the base set is empty. */
export function landmarksOf(
  { set }: Pick<BaseSet, 'set'>,
  options: Partial<LandmarkOptions> = {},
): Landmarks | null {
  const { count, measured, seed } = { ...LANDMARK_DEFAULTS, ...options };
  const order = inTurn(
    set.samples.map(({ group }) => group),
    seed,
  );
  const chosen = order.slice(0, count);
  if (chosen.length === 0) return null;
  const rows = normalisedRows(rowsOf(set.embeddings, set.width, chosen), set.width);
  const landmarks = { rows, width: set.width };
  const groups = chosen.map(row => set.samples[row]?.group);
  // Where the base set is small the landmarks themselves are measured: each is compared with other groups alone.
  const others = order.length > count ? order.slice(count, count + measured) : chosen;
  const usual = others.flatMap(row => {
    const group = set.samples[row]?.group;
    const distance = distanceTo(
      landmarks,
      set.embeddings.subarray(row * set.width, (row + 1) * set.width),
      landmark => groups[landmark] !== group,
    );
    return distance === null ? [] : [distance];
  });
  return { ...landmarks, usual: histogramOf(usual) };
}

/**
 * Mean over the cells of the cosine distance (0..2) to the nearest landmark; null where there are no cells, or of another width.
 *
 * @param embeddings [cells, width]
 */
export function meanDistance(landmarks: Landmarks, embeddings: Float32Array): number | null {
  const { width } = landmarks;
  if (embeddings.length === 0 || embeddings.length % width !== 0) return null;
  let sum = 0;
  for (let start = 0; start < embeddings.length; start += width) {
    sum += distanceTo(landmarks, embeddings.subarray(start, start + width)) ?? 0;
  }
  return sum / (embeddings.length / width);
}

/** Null where no landmark counts. */
function distanceTo(
  { rows, width }: Pick<Landmarks, 'rows' | 'width'>,
  embedding: Float32Array,
  counts: (landmark: number) => boolean = () => true,
): number | null {
  const length = Math.sqrt(dot(embedding, embedding, 0));
  let most: number | null = null;
  for (let landmark = 0; landmark * width < rows.length; landmark++) {
    if (!counts(landmark)) continue;
    const product = dot(embedding, rows, landmark * width);
    most = Math.max(most ?? -1, length === 0 ? 0 : product / length);
  }
  return most === null ? null : Math.max(0, 1 - most);
}

/** Indices, one of every group, then a second of every group that has one, and so on. */
function inTurn(groups: readonly string[], seed: number): number[] {
  const random = createRandom(seed);
  const places = new Map<string, number>();
  return shuffled([...groups.keys()], random)
    .map(index => {
      const group = groups[index] as string;
      const place = places.get(group) ?? 0;
      places.set(group, place + 1);
      return { index, place };
    })
    .sort((a, b) => a.place - b.place)
    .map(({ index }) => index);
}

function rowsOf(embeddings: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * width);
  for (const [to, row] of rows.entries())
    result.set(embeddings.subarray(row * width, (row + 1) * width), to * width);
  return result;
}
