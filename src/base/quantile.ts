/**
 * Linear between the two nearest values, as NumPy's `quantile` has it by default.
 *
 * @param values at least one, in any order
 * @param share 0..1; 0.5 is the median
 */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  const above = sorted[Math.ceil(place)] as number;
  return below + (above - below) * (place - Math.floor(place));
}

/** @param values at least one, in any order */
export function median(values: Iterable<number>): number {
  return quantile(values, 0.5);
}
