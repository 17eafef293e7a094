/** Growth of something that goes up and down by the hour of the day. */

export interface SeasonalPoint {
  /** Which part of the cycle it is of, as the hour of the day. */
  readonly season: number;
  readonly at: number;
  readonly value: number;
}

/**
 * The median of the slopes of all pairs of points that are of one season, in units of `value` per unit of `at`; null
 * without such a pair. Neither the course of the day nor a few outliers, as the minutes after a retraining, move it; what
 * grows by steps it sees as well as what grows evenly. R. Hirsch, J. Slack, R. Smith, Techniques of trend analysis for
 * monthly water quality data, Water Resources Research 18 (1982).
 */
export function seasonalSlope(points: readonly SeasonalPoint[]): number | null {
  const slopes = points
    .flatMap((a, index) => points.slice(index + 1).map(b => [a, b] as const))
    .filter(([a, b]) => a.season === b.season && a.at !== b.at)
    .map(([a, b]) => (b.value - a.value) / (b.at - a.at))
    .sort((x, y) => x - y);
  const middle = slopes.length / 2;
  const [below, above] = [slopes[Math.ceil(middle) - 1], slopes[Math.floor(middle)]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}
