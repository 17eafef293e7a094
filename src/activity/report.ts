/** What is known of the beach, as plain data in wall-clock time: the daemon makes its payloads from it. */
import type { Rectangle } from '../vision/zone.ts';
import {
  type BeachState,
  beachActivities,
  beachActivity,
  beachScores,
  beachSinceMs,
  beachVisibility,
  type Zones,
} from './beach.ts';
import type { SessionChange } from './sessions.ts';
import type { Visibility } from './visibility.ts';
import { presentActivities, zoneActivity, zoneScores, zoneSinceMs } from './zone.ts';

export interface ActivityReport {
  /** A present activity, `none` or `unknown`. */
  readonly activity: string;
  readonly activities: readonly string[];
  /** Smoothed probabilities 0..1; empty while the picture can't be judged. */
  readonly scores: Readonly<Record<string, number>>;
  /** Since when `activity` holds: milliseconds since the epoch (UTC). */
  readonly since: number;
  /** Anything but `ok` is the reason of `unknown`; `ok` with `unknown` waits for a second look just after the start. */
  readonly visibility: Visibility;
  readonly frame: string | null;
}

export interface ZoneReport extends ActivityReport {
  readonly zone: string;
  readonly tile: Rectangle | null;
}

export interface SessionEvent {
  readonly type: SessionChange['type'];
  readonly zone: string;
  readonly frame: string | null;
  readonly session: {
    /** The same in all events of the session. */
    readonly id: string;
    readonly activity: string;
    /** Milliseconds since the epoch (UTC). */
    readonly start: number;
    /** When it was last present; null while the session lasts. Always `start` + `durationMs`. */
    readonly end: number | null;
    /** Highest smoothed score so far, 0..1. */
    readonly peak: number;
    readonly durationMs: number;
  };
}

/** All reports at one time. */
export interface Reports {
  readonly beach: ActivityReport;
  readonly zones: readonly ZoneReport[];
}

/** What reports are made from. */
export interface Reportable {
  readonly zones: Zones;
  readonly beach: BeachState;
  /** Wall clock less monotonic clock. */
  readonly offsetMs: number;
}

/** The reports as they stand, for a heartbeat. */
export function reportOf({ zones, beach, offsetMs }: Reportable, frame: string | null): Reports {
  return {
    beach: {
      activity: beachActivity(beach),
      activities: beachActivities(zones),
      scores: beachScores(zones),
      since: Math.round(beachSinceMs(beach) + offsetMs),
      visibility: beachVisibility(zones),
      frame,
    },
    zones: Object.entries(zones).map(([zone, zoneState]) => ({
      zone,
      activity: zoneActivity(zoneState),
      activities: presentActivities(zoneState),
      scores: zoneScores(zoneState),
      since: Math.round(zoneSinceMs(zoneState) + offsetMs),
      visibility: zoneState.visibility,
      frame,
      tile: zoneState.tile,
    })),
  };
}

/** A session's change as an event; `frame` led to it. */
export function sessionEvent(
  { type, session }: SessionChange,
  offsetMs: number,
  frame: string | null,
): SessionEvent {
  const { id, zone, activity, startMs, seenMs, peak } = session;
  const start = Math.round(startMs + offsetMs);
  const durationMs = Math.round(seenMs - startMs);
  const end = type === 'session_ended' ? start + durationMs : null;
  return { type, zone, frame, session: { id, activity, start, end, peak, durationMs } };
}

/** Whether two reports differ in activity, activities or visibility. */
export function hasChanged(before: ActivityReport | undefined, after: ActivityReport): boolean {
  return (
    before?.activity !== after.activity ||
    before.visibility !== after.visibility ||
    before.activities.join() !== after.activities.join()
  );
}
