/** A batch that stands for the frames in doubt, and does not say the same thing ten times. */
import { dot } from '../likeness/vectors.ts';

export interface Place {
  /** [width], of length 1; null where there is none. */
  readonly vector: Float32Array | null;
  /** Milliseconds since the epoch (UTC). */
  readonly takenAt: number;
  /** How much a label of it is worth, above 0. */
  readonly worth: number;
  /** Distance to what was known when it was kept, 0..2, for want of anything better; null where unknown. */
  readonly novelty: number | null;
}

export interface Representative {
  readonly index: number;
  /** Cosine distance to the nearest of `known` and of those picked before it; where there was none, its novelty. */
  readonly distance: number | null;
  /** Places that look more like it than like anything labelled or any other pick. */
  readonly standsFor: number;
}

/** Without embeddings, frames this far apart in time are taken to be unlike. */
const FAR_IN_TIME_MS = 30 * 60_000;
/** As unlike as cells of one camera may be. */
const UNLIKE = 0.5;
/** The largest cosine distance there is. */
const FARTHEST = 2;
/** Where nothing is left to be gained, worth alone decides. */
const LEAST_GAIN = 1e-9;

/**
 * Greedy facility location: picks the place, again and again, that brings the others nearest to something labelled or
 * picked, each counting by its worth, times its own worth (K. Wei, R. Iyer and J. Bilmes, Submodularity in Data Subset
 * Selection and Active Learning, 2015).
 *
 * @param known [rows, width], each of length 1: what is labelled
 */
export function representatives(
  places: readonly Place[],
  known: Float32Array,
  count: number,
): Representative[] {
  const wanted = Math.min(count, places.length);
  if (wanted <= 0) return [];
  const likeness = likenessOf(places);
  const covered = Float64Array.from(places, place => 1 - startDistance(place, known));
  const nearestPick = new Int32Array(places.length).fill(-1);
  const picked: Omit<Representative, 'standsFor'>[] = [];
  const free = new Set(places.keys());
  while (picked.length < wanted) {
    let best = -1;
    let most = -1;
    for (const index of free) {
      const gain = gainOf(index, places, likeness, covered) + LEAST_GAIN;
      const value = gain * (places[index] as Place).worth;
      if (value <= most) continue;
      best = index;
      most = value;
    }
    free.delete(best);
    picked.push({ index: best, distance: distanceOf(places[best] as Place, covered[best] as number) });
    for (let index = 0; index < places.length; index++) {
      const alike = likeness[best * places.length + index] as number;
      if (alike <= (covered[index] as number)) continue;
      covered[index] = alike;
      nearestPick[index] = best;
    }
  }
  return picked.map(one => ({
    ...one,
    standsFor: nearestPick.reduce((sum, pick, own) => sum + (pick === one.index && own !== pick ? 1 : 0), 0),
  }));
}

function distanceOf({ novelty }: Place, covered: number): number | null {
  const distance = Math.max(0, 1 - covered);
  return distance >= FARTHEST ? novelty : distance;
}

/** How much nearer all would be to something known, each by its worth. */
function gainOf(
  index: number,
  places: readonly Place[],
  likeness: Float32Array,
  covered: Float64Array,
): number {
  const row = index * places.length;
  let sum = 0;
  for (let other = 0; other < places.length; other++) {
    const nearer = (likeness[row + other] as number) - (covered[other] as number);
    if (nearer > 0) sum += nearer * (places[other] as Place).worth;
  }
  return sum;
}

/** [places, places] cosine similarities. */
function likenessOf(places: readonly Place[]): Float32Array {
  const likeness = new Float32Array(places.length ** 2);
  for (const [a, place] of places.entries()) {
    likeness[a * places.length + a] = 1;
    for (let b = 0; b < a; b++) {
      const alike = likenessBetween(place, places[b] as Place);
      likeness[a * places.length + b] = alike;
      likeness[b * places.length + a] = alike;
    }
  }
  return likeness;
}

function likenessBetween(a: Place, b: Place): number {
  if (a.vector !== null && b.vector !== null) return dot(a.vector, b.vector, 0);
  return 1 - UNLIKE * (1 - Math.exp(-Math.abs(a.takenAt - b.takenAt) / FAR_IN_TIME_MS));
}

/** To what is labelled; the farthest where nothing is, or where there is no telling. */
function startDistance({ vector, novelty }: Place, known: Float32Array): number {
  if (vector === null) return novelty ?? FARTHEST;
  let most = 1 - FARTHEST;
  for (let start = 0; start < known.length; start += vector.length) {
    most = Math.max(most, dot(vector, known, start));
  }
  return Math.max(0, 1 - most);
}
