/** Whether one activity is present: enter and leave thresholds, and a dwell before either counts. */
import { type Dwell, hasHeld, prolong } from './dwell.ts';
import type { ActivityOptions } from './options.ts';

const SAMPLES = 3;
const DEFAULT_THRESHOLD = 0.5;
/** An activity leaves at its enter threshold × this: the gap between both stops flapping. */
export const LEAVE_RATIO = 0.7;

export interface Presence {
  readonly present: boolean;
  /** Since when, in monotonic milliseconds: the start of the dwell, not its end. */
  readonly sinceMs: number;
  /** The dwell of a change that isn't accepted yet. */
  readonly pending: Dwell | null;
  /** When it was last present beyond doubt (above its leave threshold); null while absent. */
  readonly seenMs: number | null;
}

function enterThreshold(activity: string, options: ActivityOptions): number {
  return options.thresholds[activity] ?? DEFAULT_THRESHOLD;
}

/** Whether a dwell is long enough to accept a change. */
export function isConfirmed(dwell: Dwell | null, nowMs: number, options: ActivityOptions): dwell is Dwell {
  return hasHeld(dwell, nowMs, options.dwellMs, SAMPLES);
}

/** Decides at once, without a dwell. `before` is what a first picture decided. */
export function firstPresence(
  before: Presence | undefined,
  activity: string,
  score: number,
  sinceMs: number,
  nowMs: number,
  options: ActivityOptions,
): Presence {
  const present = score >= enterThreshold(activity, options);
  const unchanged = before !== undefined && before.present === present;
  return {
    present,
    sinceMs: unchanged ? before.sinceMs : sinceMs,
    pending: null,
    seenMs: present ? nowMs : null,
  };
}

/**
 * Whether a score is far enough from the threshold for a single picture to decide by: below the leave threshold, or at
 * least half way from the enter threshold to 1.
 */
export function isClear(activity: string, score: number, options: ActivityOptions): boolean {
  const enter = enterThreshold(activity, options);
  return score < enter * LEAVE_RATIO || score >= (1 + enter) / 2;
}

/**
 * Takes one sample in. The smoothed score must stay beyond the threshold for the dwell, and three samples must be beyond
 * it by themselves: a single wild one stays in the smoothed score for long.
 */
export function stepPresence(
  before: Presence | undefined,
  activity: string,
  smoothed: number,
  sample: number | undefined,
  nowMs: number,
  options: ActivityOptions,
): Presence {
  const presence = before ?? { present: false, sinceMs: nowMs, pending: null, seenMs: null };
  const enter = enterThreshold(activity, options);
  const changes = (score: number) => (presence.present ? score < enter * LEAVE_RATIO : score >= enter);
  const counts = sample !== undefined && changes(sample);
  const pending = changes(smoothed) ? prolong(presence.pending, nowMs, counts) : null;
  if (isConfirmed(pending, nowMs, options)) {
    const present = !presence.present;
    return { present, sinceMs: pending.sinceMs, pending: null, seenMs: present ? nowMs : null };
  }
  return { ...presence, pending, seenMs: presence.present && pending === null ? nowMs : presence.seenMs };
}
