/** The beach as a whole: its activity is the strongest of its zones'. */
import { type Candidate, followLead, type Lead, noLead } from './lead.ts';
import type { ActivityOptions } from './options.ts';
import type { Visibility } from './visibility.ts';
import { presentActivities, type ZoneState, zoneScores, zoneSinceMs } from './zone.ts';

export type Zones = Readonly<Record<string, ZoneState>>;

/** Plain data. Times are monotonic, in milliseconds. */
export interface BeachState {
  /** Null while no zone can be judged. */
  readonly lead: Lead | null;
  readonly unknownSinceMs: number;
}

/** Takes the zones in after each step. */
export function stepBeach(
  state: BeachState,
  zones: Zones,
  nowMs: number,
  options: ActivityOptions,
): BeachState {
  const all = Object.values(zones);
  const judged = all.filter(zone => zone.lead !== null);
  if (judged.length === 0) {
    if (state.lead === null) return state;
    const lastMs = Math.max(...all.map(zone => zone.unknownSinceMs));
    return { lead: null, unknownSinceMs: Math.max(state.lead.sinceMs, lastMs) };
  }
  const firstMs = Math.min(...judged.map(zoneSinceMs));
  const before = state.lead ?? noLead(firstMs);
  const leftMs = before.activity === null ? before.sinceMs : lastLeft(before.activity, all);
  return { ...state, lead: followLead(before, candidatesOf(zones), leftMs, nowMs, options) };
}

export function beachActivity({ lead }: BeachState): string {
  return lead === null ? 'unknown' : (lead.activity ?? 'none');
}

export function beachSinceMs({ lead, unknownSinceMs }: BeachState): number {
  return lead?.sinceMs ?? unknownSinceMs;
}

/** The activities present in any zone, in the order of the head. */
export function beachActivities(zones: Zones): string[] {
  const all = Object.values(zones);
  const known = [...new Set(all.flatMap(zone => Object.keys(zone.presences)))];
  const present = new Set(all.flatMap(presentActivities));
  return known.filter(activity => present.has(activity));
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
