/** How far two mixes, or two sets of days, are apart. */

/**
 * Population stability index: Σ (p − q) · ln(p / q). Below 0.1 the mixes are alike, above 0.25 they differ (N. Siddiqi,
 * Credit Risk Scorecards, 2006). Half a frame is added to each count, so that an empty class does not make it infinite.
 */
export function populationStability(
  counts: Readonly<Record<string, number>>,
  reference: Readonly<Record<string, number>>,
): number {
  const names = [...new Set([...Object.keys(counts), ...Object.keys(reference)])];
  const shares = sharesOf(counts, names);
  const before = sharesOf(reference, names);
  return names.reduce((sum, _, index) => {
    const p = shares[index] as number;
    const q = before[index] as number;
    return sum + (p - q) * Math.log(p / q);
  }, 0);
}

/** Counts of all of them together. */
export function sumOfCounts(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

function sharesOf(counts: Readonly<Record<string, number>>, names: readonly string[]): number[] {
  const total = names.reduce((sum, name) => sum + (counts[name] ?? 0) + 0.5, 0);
  return names.map(name => ((counts[name] ?? 0) + 0.5) / total);
}
