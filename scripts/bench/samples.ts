/** Times and what is said of them. */

/** Percentile by nearest rank. @param share 0..1 */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** CPU time of this process in milliseconds, all threads together. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Most memory this process has held, in MB (2^20 bytes). */
export function peakMemoryMB(): number {
  return process.resourceUsage().maxRSS / 1024;
}
