/** The beach as a whole: its activity is the strongest of its zones'. */
import { type Count, type Counting, countOf, reportedCount, stepCount } from './count.ts';
import { type Candidate, followLead, type Lead, noLead } from './lead.ts';
import type { ActivityOptions } from './options.ts';
import type { Visibility } from './visibility.ts';
import { presentActivities, type ZoneState, zoneCount, zoneScores, zoneSinceMs } from './zone.ts';

export type Zones = Readonly<Record<string, ZoneState>>;

/** Plain data. Times are monotonic, in milliseconds. */
export interface BeachState {
  /** Null while no zone can be judged. */
  readonly lead: Lead | null;
  readonly unknownSinceMs: number;
  /** Riders of the whole frame, each once: zones may overlap. Null while nothing is judged, or where nobody counts. */
  readonly counting: Counting | null;
}

/** Unknown in all zones. */
export function startBeach(nowMs: number): BeachState {
  return { lead: null, unknownSinceMs: nowMs, counting: null };
}

/**
 * Takes the zones in after each step.
 *
 * @param count riders in any of the zones, each once; undefined where that is not known
 */
export function stepBeach(
  state: BeachState,
  zones: Zones,
  nowMs: number,
  options: ActivityOptions,
  count?: Count,
): BeachState {
  const all = Object.values(zones);
  // Counted from the first picture that is judged, which may be before anything is settled.
  const seen = all.some(zone => zone.smoothed !== null);
  const counting = seen ? stepCount(state.counting, count, nowMs, options) : null;
  const judged = all.filter(zone => zone.lead !== null);
  if (judged.length === 0) {
    if (state.lead === null) return { ...state, counting };
    const lastMs = Math.max(...all.map(zone => zone.unknownSinceMs));
    return { lead: null, unknownSinceMs: Math.max(state.lead.sinceMs, lastMs), counting };
  }
  const firstMs = Math.min(...judged.map(zoneSinceMs));
  const before = state.lead ?? noLead(firstMs);
  const leftMs = before.activity === null ? before.sinceMs : lastLeft(before.activity, all);
  return { ...state, counting, lead: followLead(before, candidatesOf(zones), leftMs, nowMs, options) };
}

export function beachActivity({ lead }: BeachState): string {
  return lead === null ? 'unknown' : (lead.activity ?? 'none');
}

export function beachSinceMs({ lead, unknownSinceMs }: BeachState): number {
  return lead?.sinceMs ?? unknownSinceMs;
}

/** The activities present in any zone, in the order of the head. */
export function beachActivities(zones: Zones): string[] {
  const present = new Set(Object.values(zones).flatMap(presentActivities));
  return knownActivities(zones).filter(activity => present.has(activity));
}

/** Riders of each activity, never fewer than in one zone; null while the activity is unknown, and where nobody counts. */
export function beachCount({ lead, counting }: BeachState, zones: Zones): Count | null {
  if (lead === null) return null;
  const most: Record<string, number> = {};
  for (const zone of Object.values(zones)) {
    for (const [activity, riders] of Object.entries(zoneCount(zone) ?? {})) {
      most[activity] = Math.max(countOf(most, activity), riders);
    }
  }
  return reportedCount(counting, knownActivities(zones), beachActivities(zones), most);
}

/** The score of the strongest zone per activity; none where no zone can be judged. */
export function beachScores(zones: Zones): Record<string, number> {
  const strongest: Record<string, number> = {};
  for (const zone of Object.values(zones)) {
    for (const [activity, score] of Object.entries(zoneScores(zone))) {
      strongest[activity] = Math.max(strongest[activity] ?? 0, score);
    }
  }
  return strongest;
}

/** `ok` where any zone is, else the reason of the first. */
export function beachVisibility(zones: Zones): Visibility {
  const reasons = Object.values(zones).map(zone => zone.visibility);
  return reasons.includes('ok') ? 'ok' : (reasons[0] ?? 'camera-lost');
}

/** In the order of the head. */
function knownActivities(zones: Zones): string[] {
  return [...new Set(Object.values(zones).flatMap(zone => Object.keys(zone.presences)))];
}

function candidatesOf(zones: Zones): Candidate[] {
  const scores = beachScores(zones);
  return beachActivities(zones).map(activity => {
    const present = Object.values(zones).flatMap(zone => zone.presences[activity] ?? []);
    const starts = present.filter(presence => presence.present).map(presence => presence.sinceMs);
    return { activity, score: scores[activity] ?? 0, sinceMs: Math.min(...starts) };
  });
}

/** When the last zone lost an activity, be it that it ended or that the picture did. */
function lastLeft(activity: string, zones: readonly ZoneState[]): number {
  const times = zones.map(zone =>
    zone.lead === null ? zone.unknownSinceMs : (zone.presences[activity]?.sinceMs ?? zone.lead.sinceMs),
  );
  return Math.max(...times);
}
