/** The activity in one zone: a pure reducer over its scores and over whether its picture can be judged. */
import { type Count, type Counting, reportedCount, stepCount } from './count.ts';
import { type Dwell, hasHeld, prolong } from './dwell.ts';
import { followLead, type Lead, noLead } from './lead.ts';
import type { ActivityOptions } from './options.ts';
import { firstPresence, isClear, isConfirmed, type Presence, stepPresence } from './presence.ts';
import { probabilities, type Smoothed, smooth } from './smoothing.ts';
import type { Visibility } from './visibility.ts';

// One bad picture between good ones is a bird or a transmission error.
const BAD_SAMPLES = 2;
/** Bad pictures make the activity unknown after this long: a flock passes in less. */
const UNKNOWN_DWELL_MS = 3_000;

/** Plain data, the same after a round trip through JSON. All times are monotonic, in milliseconds. */
export interface ZoneState {
  /**
   * `blind`: the activity is unknown. `first`: the very first picture has decided at once, so that there is something to
   * report, but no dwell has confirmed it. `settled`: confirmed.
   */
  readonly phase: 'blind' | 'first' | 'settled';
  /** No picture has been judged yet since the start. */
  readonly fresh: boolean;
  /** The last accepted one: the reason of `unknown` stands until an activity is settled again. */
  readonly visibility: Visibility;
  readonly unknownSinceMs: number;
  readonly lastPictureMs: number | null;
  readonly smoothed: Smoothed | null;
  /** The activity named; null while blind. */
  readonly lead: Lead | null;
  readonly presences: Readonly<Record<string, Presence>>;
  /** The run of good pictures that ends `blind` or `first`. */
  readonly settling: Dwell | null;
  /** The run of bad pictures that ends in `blind`, or changes its reason. */
  readonly failing: { readonly visibility: Visibility; readonly run: Dwell } | null;
  /** How many riders there are; null while blind, or where nobody counts. */
  readonly counting: Counting | null;
}

export interface ZoneSample {
  readonly monotonicMs: number;
  readonly visibility: Visibility;
  /** Calibrated probability per activity, 0..1; not looked at unless the visibility is `ok`. */
  readonly scores: Readonly<Record<string, number>>;
  /** Riders by activity; absent where that is not known. */
  readonly count?: Count | undefined;
}

/** Before the first picture: unknown, as if the camera were lost. */
export function startZone(nowMs: number): ZoneState {
  return {
    phase: 'blind',
    fresh: true,
    visibility: 'camera-lost',
    unknownSinceMs: nowMs,
    lastPictureMs: null,
    smoothed: null,
    lead: null,
    presences: {},
    settling: null,
    failing: null,
    counting: null,
  };
}

/** Takes one picture in. A lost or frozen camera takes effect at once: both were watched for long enough before. */
export function stepZone(state: ZoneState, sample: ZoneSample, options: ActivityOptions): ZoneState {
  const { visibility, monotonicMs } = sample;
  if (visibility === 'ok') return judge(state, sample, options);
  // Nothing of before counts any more: the first picture after it decides anew.
  if (visibility === 'paused' || visibility === 'night' || visibility === 'closed')
    return { ...blind(state, visibility, monotonicMs), fresh: true, lastPictureMs: null };
  if (visibility === 'camera-lost' || visibility === 'frozen' || state.lastPictureMs === null) {
    const lastPictureMs = visibility === 'camera-lost' ? state.lastPictureMs : monotonicMs;
    return { ...blind(state, visibility, monotonicMs), lastPictureMs };
  }
  return { ...fail(state, visibility, monotonicMs), lastPictureMs: monotonicMs };
}

/** Time has passed, with or without a picture: without one for too long the zone is blind. */
export function ageZone(state: ZoneState, nowMs: number, options: ActivityOptions): ZoneState {
  const stale = state.lastPictureMs !== null && nowMs - state.lastPictureMs > options.staleAfterMs;
  return stale ? blind(state, 'camera-lost', nowMs) : state;
}

/** Starts over with another head: the next picture decides anew. */
export function restartZone(state: ZoneState, nowMs: number): ZoneState {
  return { ...blind(state, state.visibility, nowMs), fresh: true };
}

/** Whether a change awaits its confirmation, for which pictures should come faster. */
export function isPending(state: ZoneState): boolean {
  if (state.settling !== null || state.failing !== null) return true;
  return Object.values(state.presences).some(presence => presence.pending !== null);
}

export function zoneActivity({ lead }: ZoneState): string {
  return lead === null ? 'unknown' : (lead.activity ?? 'none');
}

export function zoneSinceMs({ lead, unknownSinceMs }: ZoneState): number {
  return lead?.sinceMs ?? unknownSinceMs;
}

/** The present activities, in the order of the head. */
export function presentActivities(state: ZoneState): string[] {
  return Object.keys(state.presences).filter(activity => state.presences[activity]?.present === true);
}

/** Smoothed scores; none while the picture cannot be judged. */
export function zoneScores(state: ZoneState): Record<string, number> {
  return state.visibility === 'ok' ? probabilities(state.smoothed) : {};
}

/** Riders of each activity; null while the activity is unknown, and where nobody counts. */
export function zoneCount(state: ZoneState): Count | null {
  if (state.lead === null) return null;
  return reportedCount(state.counting, Object.keys(state.presences), presentActivities(state));
}

function blind(state: ZoneState, visibility: Visibility, sinceMs: number): ZoneState {
  return {
    ...state,
    phase: 'blind',
    visibility,
    unknownSinceMs: state.phase === 'blind' ? state.unknownSinceMs : sinceMs,
    smoothed: null,
    lead: null,
    presences: {},
    settling: null,
    failing: null,
    counting: null,
  };
}

function fail(state: ZoneState, visibility: Visibility, nowMs: number): ZoneState {
  if (state.phase === 'blind' && state.visibility === visibility) return blind(state, visibility, nowMs);
  // While there is an activity to lose any reason counts; a reason is replaced by one that stays the same.
  const same = state.phase !== 'blind' || state.failing?.visibility === visibility;
  const run = prolong(same ? state.failing?.run : null, nowMs);
  if (hasHeld(run, nowMs, UNKNOWN_DWELL_MS, BAD_SAMPLES)) return blind(state, visibility, run.sinceMs);
  const waiting =
    state.phase === 'blind' ? blind(state, state.visibility, nowMs) : { ...state, settling: null };
  return { ...waiting, failing: { visibility, run } };
}

function judge(state: ZoneState, sample: ZoneSample, options: ActivityOptions): ZoneState {
  const nowMs = sample.monotonicMs;
  const smoothed = smooth(state.smoothed, sample.scores, nowMs, options.halfLifeMs);
  const scores = Object.entries(probabilities(smoothed));
  const counting = stepCount(state.counting, sample.count, nowMs, options);
  const seen = { ...state, smoothed, counting, failing: null, fresh: false, lastPictureMs: nowMs };
  if (state.phase === 'settled') {
    const presences = scores.map(([activity, score]) => {
      const before = state.presences[activity];
      return [
        activity,
        stepPresence(before, activity, score, sample.scores[activity], nowMs, options),
      ] as const;
    });
    return {
      ...seen,
      ...named(state.lead ?? noLead(nowMs), Object.fromEntries(presences), smoothed, nowMs, options),
    };
  }
  const settling = prolong(state.settling, nowMs);
  const settled = isConfirmed(settling, nowMs, options);
  const decided = state.fresh && scores.every(([activity, score]) => isClear(activity, score, options));
  if (!settled && !decided) {
    return { ...seen, settling, visibility: state.fresh ? 'ok' : state.visibility };
  }
  const presences = scores.map(([activity, score]) => {
    const before = state.presences[activity];
    return [activity, firstPresence(before, activity, score, settling.sinceMs, nowMs, options)] as const;
  });
  const before = state.lead ?? noLead(settling.sinceMs);
  return {
    ...seen,
    ...named(before, Object.fromEntries(presences), smoothed, nowMs, options),
    phase: settled ? 'settled' : 'first',
    visibility: 'ok',
    settling: settled ? null : settling,
  };
}

function named(
  lead: Lead,
  presences: Readonly<Record<string, Presence>>,
  smoothed: Smoothed,
  nowMs: number,
  options: ActivityOptions,
): Pick<ZoneState, 'presences' | 'lead'> {
  const scores = probabilities(smoothed);
  const candidates = Object.entries(presences)
    .filter(([, { present }]) => present)
    .map(([activity, { sinceMs }]) => ({ activity, sinceMs, score: scores[activity] ?? 0 }));
  const leftMs = lead.activity === null ? lead.sinceMs : (presences[lead.activity]?.sinceMs ?? nowMs);
  return { presences, lead: followLead(lead, candidates, leftMs, nowMs, options) };
}
