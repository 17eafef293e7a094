/** Which of several present activities is named: the one with the highest score, without jumping between near equals. */
import { type Dwell, prolong } from './dwell.ts';
import type { ActivityOptions } from './options.ts';
import { isConfirmed } from './presence.ts';

export interface Lead {
  /** Null while no activity is present. */
  readonly activity: string | null;
  /** Monotonic, in milliseconds. */
  readonly sinceMs: number;
  /** A present activity that is ahead of the leader, and takes the lead when it has been for the dwell. */
  readonly challenger: { readonly activity: string; readonly ahead: Dwell } | null;
}

export interface Candidate {
  readonly activity: string;
  readonly score: number;
  /** Since when it is present. */
  readonly sinceMs: number;
}

/** No activity is present, since `sinceMs`. */
export function noLead(sinceMs: number): Lead {
  return { activity: null, sinceMs, challenger: null };
}

/**
 * Takes one sample in. The first activity to be present, and the first of those left when the leader goes, leads at once.
 *
 * @param candidates the present activities
 * @param leftMs when the leader left, where it isn't among the candidates
 */
export function followLead(
  lead: Lead,
  candidates: readonly Candidate[],
  leftMs: number,
  nowMs: number,
  options: ActivityOptions,
): Lead {
  const [first, ...others] = candidates;
  if (first === undefined) {
    if (lead.activity === null) return lead;
    return noLead(Math.max(lead.sinceMs, leftMs));
  }
  const best = others.reduce((top, candidate) => (candidate.score > top.score ? candidate : top), first);
  const leader = candidates.find(candidate => candidate.activity === lead.activity);
  if (leader === undefined) {
    const freeMs = lead.activity === null ? lead.sinceMs : Math.max(lead.sinceMs, leftMs);
    return { activity: best.activity, sinceMs: Math.max(freeMs, best.sinceMs), challenger: null };
  }
  if (best.score <= leader.score) return { ...lead, challenger: null };
  const before = lead.challenger?.activity === best.activity ? lead.challenger.ahead : null;
  const ahead = prolong(before, nowMs);
  if (!isConfirmed(ahead, nowMs, options)) return { ...lead, challenger: { activity: best.activity, ahead } };
  return { activity: best.activity, sinceMs: ahead.sinceMs, challenger: null };
}
