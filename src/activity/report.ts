/** What is known of the beach, as plain data in wall-clock time: the daemon makes its payloads from it. */
import {
  type BeachState,
  beachActivities,
  beachActivity,
  beachCount,
  beachScores,
  beachSinceMs,
  beachVisibility,
  type Zones,
} from './beach.ts';
import type { Count } from './count.ts';
import type { SessionChange } from './sessions.ts';
import type { Visibility } from './visibility.ts';
import { presentActivities, zoneActivity, zoneCount, zoneScores, zoneSinceMs } from './zone.ts';

export interface ActivityReport {
  /** A present activity, `none` or `unknown`. */
  readonly activity: string;
  readonly activities: readonly string[];
  /** Smoothed probabilities 0..1; empty while the picture cannot be judged. */
  readonly scores: Readonly<Record<string, number>>;
  /** Smoothed number of riders of each activity; null while `activity` is `unknown`, and where nobody counts. */
  readonly count: Count | null;
  /** Since when `activity` holds: milliseconds since the epoch (UTC). */
  readonly since: number;
  /** Anything but `ok` is the reason of `unknown`; `ok` with `unknown` waits for a second look just after the start. */
  readonly visibility: Visibility;
  readonly frame: string | null;
}

export interface ZoneReport extends ActivityReport {
  readonly zone: string;
}

/** One rider in a frame, as it was found: nothing is smoothed. */
export interface RiderReport {
  /** The same in the next frames, as long as it is followed. */
  readonly id: string;
  readonly activity: string;
  /** The middle, as shares of the frame's width and height. */
  readonly x: number;
  readonly y: number;
  /** The height, as a share of the frame's height. */
  readonly size: number;
  /** 0..1. */
  readonly score: number;
  /** Null where it is in none. */
  readonly zone: string | null;
  /** Since when it is followed: monotonic, in milliseconds. */
  readonly sinceMs: number;
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
    /** Highest smoothed count so far; null where it was never known. */
    readonly peakCount: number | null;
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
      count: beachCount(beach, zones),
      since: Math.round(beachSinceMs(beach) + offsetMs),
      visibility: beachVisibility(zones),
      frame,
    },
    zones: Object.entries(zones).map(([zone, zoneState]) => ({
      zone,
      activity: zoneActivity(zoneState),
      activities: presentActivities(zoneState),
      scores: zoneScores(zoneState),
      count: zoneCount(zoneState),
      since: Math.round(zoneSinceMs(zoneState) + offsetMs),
      visibility: zoneState.visibility,
      frame,
    })),
  };
}

/** A session's change as an event; `frame` led to it. */
export function sessionEvent(
  { type, session }: SessionChange,
  offsetMs: number,
  frame: string | null,
): SessionEvent {
  const { id, zone, activity, startMs, seenMs, peak, peakCount } = session;
  const start = Math.round(startMs + offsetMs);
  const durationMs = Math.round(seenMs - startMs);
  const end = type === 'session_ended' ? start + durationMs : null;
  return { type, zone, frame, session: { id, activity, start, end, peak, peakCount, durationMs } };
}

/** Whether two reports differ in activity, activities or visibility. */
export function hasChanged(before: ActivityReport | undefined, after: ActivityReport): boolean {
  return (
    before?.activity !== after.activity ||
    before.visibility !== after.visibility ||
    before.activities.join() !== after.activities.join()
  );
}
