/** Which frames are worth keeping: a pure reducer over plain data. */
import type { Scores } from '../../activity/scores.ts';
import type { Visibility } from '../../activity/visibility.ts';
import type { KeptBecause } from './types.ts';

/** Reasons that the daemon finds by itself. */
export type KeepReason = Extract<KeptBecause, 'change' | 'uncertain' | 'novel' | 'refused' | 'sample'>;

export interface KeepOptions {
  /** Distance of an activity's score from its threshold, 0..1: nearer, the frame is uncertain. */
  readonly uncertainWithin: number;
  /** Cosine distance, 0..2, to the nearest known embedding: from there on the frame is novel. */
  readonly novelDistance: number;
  /** Between periodic samples. */
  readonly sampleEveryMs: number;
  /** Between frames kept for one reason. */
  readonly gapMs: Readonly<Record<KeepReason, number>>;
  /** Most frames within an hour. */
  readonly perHour: Readonly<Record<KeepReason, number>>;
  /** What a day may write to the disk, after a first day of twice as much. */
  readonly bytesPerDay: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The row of a frame, its cells and its places in the indexes, in the log of the database and then in the database. */
const ROW_BYTES = 100_000;

export const KEEP_DEFAULTS: KeepOptions = {
  uncertainWithin: 0.1,
  novelDistance: 0.25,
  sampleEveryMs: 15 * MINUTE_MS,
  gapMs: {
    change: 0,
    uncertain: 30 * SECOND_MS,
    novel: 30 * SECOND_MS,
    refused: 30 * MINUTE_MS,
    sample: 0,
  },
  perHour: { change: 30, uncertain: 12, novel: 12, refused: 2, sample: 12 },
  // Cards wear out by writing. Some seventy frames of 720p.
  bytesPerDay: 20_000_000,
};

/** Times are monotonic. Plain data. */
export interface KeepState {
  /** Reported with the last frame that could be judged; null before the first. */
  readonly activity: string | null;
  /** Since when samples are due. */
  readonly sampledMs: number;
  /** When frames were kept within the last hour, oldest first. */
  readonly kept: Readonly<Record<KeepReason, readonly number[]>>;
  /** May still be written at `sinceMs`; it grows again by the day. */
  readonly left: { readonly bytes: number; readonly sinceMs: number };
}

/** What is known of a frame that was looked at. */
export interface Seen {
  readonly monotonicMs: number;
  readonly visibility: Visibility;
  /** What is reported of the beach, `surfing` or `surfing+kitesurfing`, and `none`. */
  readonly activity: string;
  /** Scores of each zone. */
  readonly zones: readonly Scores[];
  /** Enter threshold of each activity, 0..1. */
  readonly thresholds: Readonly<Record<string, number>>;
  readonly novelty: number | null;
}

export function startKeeping(monotonicMs: number, options: KeepOptions = KEEP_DEFAULTS): KeepState {
  return {
    activity: null,
    sampledMs: monotonicMs,
    kept: { change: [], uncertain: [], novel: [], refused: [], sample: [] },
    left: { bytes: options.bytesPerDay, sinceMs: monotonicMs },
  };
}

/** After a frame was kept with a picture of so many bytes. */
export function spend(
  state: KeepState,
  pictureBytes: number,
  monotonicMs: number,
  options: KeepOptions = KEEP_DEFAULTS,
): KeepState {
  const bytes = bytesLeft(state, monotonicMs, options) - pictureBytes - ROW_BYTES;
  return { ...state, left: { bytes, sinceMs: monotonicMs } };
}

function bytesLeft({ left }: KeepState, now: number, { bytesPerDay }: KeepOptions): number {
  return Math.min(bytesPerDay, left.bytes + ((now - left.sinceMs) / DAY_MS) * bytesPerDay);
}

/** The first reason that holds and is within its limits; null where there is none. */
export function whyKeep(
  state: KeepState,
  seen: Seen,
  options: KeepOptions = KEEP_DEFAULTS,
): { readonly because: KeepReason | null; readonly state: KeepState } {
  const now = seen.monotonicMs;
  const reasons = bytesLeft(state, now, options) > 0 ? reasonsFor(state, seen, options) : [];
  const because = reasons.find(reason => isWithinLimits(state.kept[reason], reason, now, options)) ?? null;
  const activity = isJudged(seen) ? seen.activity : state.activity;
  if (because === null) return { because, state: { ...state, activity } };
  const recent = state.kept[because].filter(time => now - time < HOUR_MS);
  return {
    because,
    state: {
      ...state,
      activity,
      sampledMs: because === 'sample' ? now : state.sampledMs,
      kept: { ...state.kept, [because]: [...recent, now] },
    },
  };
}

/** Strongest first. */
function reasonsFor(state: KeepState, seen: Seen, options: KeepOptions): KeepReason[] {
  if (seen.visibility === 'unreadable' || seen.visibility === 'camera-lost') return [];
  if (!isJudged(seen)) return ['refused'];
  const reasons: KeepReason[] = [];
  if (state.activity !== null && seen.activity !== state.activity) reasons.push('change');
  if (isUncertain(seen, options.uncertainWithin)) reasons.push('uncertain');
  if (seen.novelty !== null && seen.novelty >= options.novelDistance) reasons.push('novel');
  if (seen.monotonicMs - state.sampledMs >= options.sampleEveryMs) reasons.push('sample');
  return reasons;
}

function isWithinLimits(
  times: readonly number[],
  reason: KeepReason,
  now: number,
  { gapMs, perHour }: KeepOptions,
): boolean {
  const newest = times.at(-1);
  if (newest !== undefined && now - newest < gapMs[reason]) return false;
  return times.filter(time => now - time < HOUR_MS).length < perHour[reason];
}

function isUncertain({ zones, thresholds }: Seen, within: number): boolean {
  return zones.some(scores =>
    Object.entries(scores).some(
      ([activity, score]) => Math.abs(score - (thresholds[activity] ?? 0.5)) <= within,
    ),
  );
}

function isJudged({ visibility }: Seen): boolean {
  return visibility === 'ok';
}
