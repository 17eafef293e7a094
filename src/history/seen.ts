/** What is counted of a report: whether the beach and its zones could be judged, and what was there. */
import type { Count } from '../activity/count.ts';
import type { ActivityReport, Reports } from '../activity/report.ts';

/** The beach as a whole, among the scopes; a zone cannot be called so. */
export const BEACH = '';

export interface Seen {
  /** A zone, or {@link BEACH}. */
  readonly scope: string;
  /** Present ones; none where nothing is there, or nothing is known. */
  readonly activities: readonly string[];
  /** Why nothing is known; null where the picture could be judged. */
  readonly unknown: string | null;
  /** Riders of each activity; null where that is not known. */
  readonly count: Count | null;
}

/** @param byZone zones are counted too, not only the beach */
export function seenIn({ beach, zones }: Reports, byZone: boolean): Seen[] {
  const whole = seenBy(BEACH, beach);
  return byZone ? [whole, ...zones.map(zone => seenBy(zone.zone, zone))] : [whole];
}

function seenBy(scope: string, { activity, activities, visibility, count }: ActivityReport): Seen {
  if (activity !== 'unknown') return { scope, activities, unknown: null, count };
  // Good pictures, but too few yet to say anything.
  return { scope, activities: [], unknown: visibility === 'ok' ? 'starting' : visibility, count: null };
}

export function sameSeen(some: readonly Seen[], others: readonly Seen[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
