/** A condition that has held without a break: since when, and how many samples bear it out. */
export interface Dwell {
  readonly sinceMs: number;
  readonly samples: number;
}

/** One more sample for which the condition held; `counts` unless it held in spite of the sample. */
export function prolong(dwell: Dwell | null | undefined, nowMs: number, counts = true): Dwell {
  return { sinceMs: dwell?.sinceMs ?? nowMs, samples: (dwell?.samples ?? 0) + (counts ? 1 : 0) };
}

export function hasHeld(dwell: Dwell | null, nowMs: number, forMs: number, samples: number): dwell is Dwell {
  return dwell !== null && dwell.samples >= samples && nowMs - dwell.sinceMs >= forMs;
}
