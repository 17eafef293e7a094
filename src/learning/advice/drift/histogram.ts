/** Counts of distances in classes of equal width: small enough to keep a day for every day, and they add up. */

/** Cosine distances above 1 are as good as 1. */
const WIDTH = 0.02;
export const DISTANCE_CLASSES = 50;

/** Number of distances in each class, from 0 upwards. */
export type Histogram = readonly number[];

export const EMPTY: Histogram = Array.from({ length: DISTANCE_CLASSES }, () => 0);

export function histogramOf(distances: Iterable<number>): Histogram {
  const counts = [...EMPTY];
  for (const distance of distances) {
    const index = classOf(distance);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

export function withDistance(histogram: Histogram, distance: number): Histogram {
  const counts = [...histogram];
  const index = classOf(distance);
  counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

export function sumOf(histograms: readonly Histogram[]): Histogram {
  return EMPTY.map((_, index) => histograms.reduce((sum, one) => sum + (one[index] ?? 0), 0));
}

export function totalOf(histogram: Histogram): number {
  return histogram.reduce((sum, count) => sum + count, 0);
}

/** Below which a share of the distances lies, evenly spread within a class; null where there are none. */
export function quantileOf(histogram: Histogram, share: number): number | null {
  const wanted = share * totalOf(histogram);
  let before = 0;
  for (const [index, count] of histogram.entries()) {
    if (count > 0 && before + count >= wanted) return WIDTH * (index + (wanted - before) / count);
    before += count;
  }
  return null;
}

/** Share of the distances above one, 0..1; null where there are none. */
export function shareAbove(histogram: Histogram, distance: number): number | null {
  const total = totalOf(histogram);
  if (total === 0) return null;
  const place = Math.min(DISTANCE_CLASSES, Math.max(0, distance / WIDTH));
  const above = histogram.reduce(
    (sum, count, index) => sum + count * Math.max(0, Math.min(1, index + 1 - place)),
    0,
  );
  return above / total;
}

function classOf(distance: number): number {
  return Math.max(0, Math.min(DISTANCE_CLASSES - 1, Math.floor(distance / WIDTH)));
}
