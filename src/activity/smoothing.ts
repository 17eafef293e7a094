/** Exponential smoothing of scores as logits, for samples at any distance in time. */

// One picture the head is certain of shall not outweigh four it is fairly sure of: 4 is a probability of 0.982.
const LARGEST_LOGIT = 4;

// What the first sample stands for: it weighs no more than the next ones, so that a wild one doesn't linger.
const FIRST_SAMPLE_MS = 1_000;

export interface Smoothed {
  /** Monotonic time of the newest sample, in milliseconds. */
  readonly atMs: number;
  /** How much the samples so far weigh, 0..1 of what they will in the long run. */
  readonly weight: number;
  readonly logits: Readonly<Record<string, number>>;
}

/**
 * Takes one sample in. Each stands for the time since the one before, so that the same signal gives the same curve
 * however often it is sampled. The first one is taken as it is.
 *
 * @param scores probability per activity, 0..1; one that isn't a number is left out
 * @param nowMs monotonic time of the sample in milliseconds
 */
export function smooth(
  before: Smoothed | null,
  scores: Readonly<Record<string, number>>,
  nowMs: number,
  halfLifeMs: number,
): Smoothed {
  const elapsedMs = before === null ? FIRST_SAMPLE_MS : Math.max(0, nowMs - before.atMs);
  const kept = halfLifeMs > 0 ? 2 ** (-elapsedMs / halfLifeMs) : 0;
  const old = (before?.weight ?? 0) * kept;
  const weight = old + 1 - kept;
  const logits: Record<string, number> = { ...before?.logits };
  for (const [activity, score] of Object.entries(scores)) {
    if (Number.isNaN(score)) continue;
    const value = logit(score);
    logits[activity] = value + (old / weight) * ((logits[activity] ?? value) - value);
  }
  return { atMs: Math.max(nowMs, before?.atMs ?? nowMs), weight, logits };
}

/** Smoothed probability per activity, 0.018..0.982. */
export function probabilities(smoothed: Smoothed | null): Record<string, number> {
  const entries = Object.entries(smoothed?.logits ?? {});
  return Object.fromEntries(entries.map(([activity, value]) => [activity, 1 / (1 + Math.exp(-value))]));
}

function logit(probability: number): number {
  const value = Math.log(probability / (1 - probability));
  if (probability <= 0) return -LARGEST_LOGIT;
  if (probability >= 1) return LARGEST_LOGIT;
  return Math.min(LARGEST_LOGIT, Math.max(-LARGEST_LOGIT, value));
}
