/** Makes payloads of what the activity part reports. */
import type { ActivityReport, SessionEvent, ZoneReport } from '../activity/report.ts';
import type { Activity, SurfEvent, ZoneActivity } from './payloads.ts';

/** What every payload about the beach says besides the report itself. */
export interface Sender {
  readonly site: string;
  /** Id of the head. */
  readonly model: string;
  /** When it is sent: milliseconds since the epoch (UTC). */
  readonly atMs: number;
}

export function activityPayload(report: ActivityReport, { site, model, atMs }: Sender): Activity {
  const { activity, activities, scores, count, since, visibility, frame } = report;
  return {
    v: 1,
    ts: iso(atMs),
    site,
    activity,
    activities: [...activities],
    scores: rounded(scores),
    ...(count !== null && { count: { ...count } }),
    since: iso(since),
    visibility,
    frame,
    model,
  };
}

export function zonePayload(report: ZoneReport, sender: Sender): ZoneActivity {
  return { ...activityPayload(report, sender), zone: report.zone };
}

/** @param id a new ULID: a repeated delivery bears the same */
export function eventPayload(event: SessionEvent, id: string, { site, atMs }: Sender): SurfEvent {
  const { id: session, activity, start, end, peak, peakCount, durationMs } = event.session;
  return {
    v: 1,
    id,
    ts: iso(atMs),
    site,
    type: event.type,
    zone: event.zone,
    session: {
      id: session,
      activity,
      start: iso(start),
      end: end === null ? null : iso(end),
      peak: round(peak),
      ...(peakCount !== null && { peakCount }),
      durationS: durationMs / 1000,
    },
    frame: event.frame,
  };
}

export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function rounded(scores: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(scores).map(([activity, score]) => [activity, round(score)]));
}

function round(share: number): number {
  return Math.round(share * 1000) / 1000;
}
