/** Makes payloads of what the activity part reports. */
import type { ActivityReport, SessionEvent, ZoneReport } from '../activity/report.ts';
import type { ModelNews } from '../learning/board/learning-parts.ts';
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
  const { activity, activities, scores, since, visibility, frame } = report;
  return {
    v: 1,
    ts: iso(atMs),
    site,
    activity,
    activities: [...activities],
    scores: rounded(scores),
    since: iso(since),
    visibility,
    frame,
    model,
  };
}

export function zonePayload(report: ZoneReport, sender: Sender): ZoneActivity {
  const tile = report.tile === null ? null : inside(report.tile);
  return { ...activityPayload(report, sender), zone: report.zone, tile };
}

/** @param id a new ULID: a repeated delivery bears the same */
export function eventPayload(event: SessionEvent, id: string, { site, atMs }: Sender): SurfEvent {
  const { id: session, activity, start, end, peak, durationMs } = event.session;
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
      durationS: durationMs / 1000,
    },
    frame: event.frame,
  };
}

/** @param id a new ULID */
export function modelEventPayload(news: ModelNews, id: string, { site, atMs }: Sender): SurfEvent {
  const { reasons, ...rest } = news;
  return { v: 1, id, ts: iso(atMs), site, ...rest, reasons: [...reasons] } as SurfEvent;
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

/** Rounding may have put an edge a hair outside the frame. */
function inside({ x, y, w, h }: { x: number; y: number; w: number; h: number }) {
  const within = (value: number) => Math.min(1, Math.max(0, value));
  return { x: within(x), y: within(y), w: within(w), h: within(h) };
}
