/** What a threshold costs: precision against recall. */

/**
 * One point a distinct probability, as the threshold falls: pictures at or above it are called so.
 *
 * @param present whether the activity was there, one a probability
 * @returns empty where it never was
 */
export function precisionRecallCurve(
  probabilities: readonly number[],
  present: readonly boolean[],
): PrecisionRecallPoint[] {
  const all = present.filter(Boolean).length;
  if (all === 0) return [];
  const order = [...probabilities.keys()].sort(
    (a, b) => (probabilities[b] as number) - (probabilities[a] as number),
  );
  const points: PrecisionRecallPoint[] = [];
  let hits = 0;
  for (const [rank, index] of order.entries()) {
    if (present[index] === true) hits++;
    const threshold = probabilities[index] as number;
    if (probabilities[order[rank + 1] ?? -1] === threshold) continue;
    points.push({ threshold, precision: hits / (rank + 1), recall: hits / all });
  }
  return points;
}

/**
 * Area under the whole curve as a sum of steps, without interpolation (scikit-learn's `average_precision_score`).
 *
 * @returns null for an empty curve
 */
export function averagePrecision(curve: readonly PrecisionRecallPoint[]): number | null {
  if (curve.length === 0) return null;
  let area = 0;
  let before = 0;
  for (const { precision, recall } of curve) {
    area += (recall - before) * precision;
    before = recall;
  }
  return area;
}

/** At most `limit` (two or more) of the points, evenly chosen, both ends among them. */
export function thinned<T>(points: readonly T[], limit: number): readonly T[] {
  if (points.length <= limit) return points;
  const step = (points.length - 1) / (limit - 1);
  return Array.from({ length: limit }, (_, index) => points[Math.round(index * step)] as T);
}

export interface PrecisionRecallPoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
}
