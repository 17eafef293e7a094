/** Sessions: how long an activity was present in a zone, as events started, updated and ended. */
import { countOf } from './count.ts';
import type { ActivityOptions } from './options.ts';
import { probabilities } from './smoothing.ts';
import { type ZoneState, zoneCount } from './zone.ts';

/** A session that goes on is told of this often. */
const SESSION_UPDATE_MS = 60_000;

/** One open session; plain data. Times are monotonic, in milliseconds. */
export interface Session {
  /** The same in all its events. */
  readonly id: string;
  readonly zone: string;
  readonly activity: string;
  /** When the dwell began that led to it. */
  readonly startMs: number;
  /** When the activity was last present beyond doubt; the end, once it is gone. */
  readonly seenMs: number;
  /** Highest smoothed score so far, 0..1. */
  readonly peak: number;
  /** Highest smoothed count so far; null where it was never known. */
  readonly peakCount: number | null;
  /** When its last event was sent. */
  readonly toldMs: number;
}

export interface SessionChange {
  readonly type: 'session_started' | 'session_updated' | 'session_ended';
  readonly session: Session;
}

export interface SessionStep {
  readonly sessions: readonly Session[];
  readonly changes: readonly SessionChange[];
}

/**
 * Takes the zones in after each step. Only a settled zone starts a session or ends one by what it sees; in one that is
 * blind a session goes on for `sessionGapMs`, then ends at the last time it was seen.
 *
 * @param newId gives a new session its id
 */
export function stepSessions(
  sessions: readonly Session[],
  zones: Readonly<Record<string, ZoneState>>,
  nowMs: number,
  options: ActivityOptions,
  newId: () => string,
): SessionStep {
  const kept: Session[] = [];
  const changes: SessionChange[] = [];
  for (const session of sessions) {
    const type = advance(session, zones[session.zone], nowMs, options);
    const seen = see(session, zones[session.zone]);
    const next = type === null ? seen : { ...seen, toldMs: nowMs };
    if (type !== null) changes.push({ type, session: next });
    if (type !== 'session_ended') kept.push(next);
  }
  for (const session of begun(sessions, zones, nowMs, newId)) {
    kept.push(session);
    changes.push({ type: 'session_started', session });
  }
  return { sessions: kept, changes };
}

/** Ends them all where they were last seen: on shutdown, so that every session that started has an end. */
export function endSessions(sessions: readonly Session[]): SessionStep {
  return { sessions: [], changes: sessions.map(session => ({ type: 'session_ended', session })) };
}

function advance(
  session: Session,
  zone: ZoneState | undefined,
  nowMs: number,
  options: ActivityOptions,
): 'session_updated' | 'session_ended' | null {
  if (zone === undefined || zone.phase !== 'settled') {
    const gapMs = (seenAgainMs(session, zone) ?? nowMs) - session.seenMs;
    return gapMs > options.sessionGapMs ? 'session_ended' : null;
  }
  if (zone.presences[session.activity]?.present !== true) return 'session_ended';
  return nowMs - session.toldMs >= SESSION_UPDATE_MS ? 'session_updated' : null;
}

/** When a first picture after the gap showed it again: what is confirmed later counts from there, and so does the gap. */
function seenAgainMs(session: Session, zone: ZoneState | undefined): number | null {
  const presence = zone?.phase === 'first' ? zone.presences[session.activity] : undefined;
  return presence?.present === true ? presence.sinceMs : null;
}

function see(session: Session, zone: ZoneState | undefined): Session {
  const seenMs = zone?.phase === 'settled' ? zone.presences[session.activity]?.seenMs : null;
  if (zone === undefined || seenMs === null || seenMs === undefined) return session;
  const score = probabilities(zone.smoothed)[session.activity] ?? 0;
  return {
    ...session,
    seenMs: Math.max(session.seenMs, seenMs),
    peak: Math.max(session.peak, score),
    peakCount: higher(session.peakCount, ridersIn(zone, session.activity)),
  };
}

function ridersIn(zone: ZoneState, activity: string): number | null {
  const count = zoneCount(zone);
  return count === null ? null : countOf(count, activity);
}

function higher(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function begun(
  sessions: readonly Session[],
  zones: Readonly<Record<string, ZoneState>>,
  nowMs: number,
  newId: () => string,
): Session[] {
  return Object.entries(zones).flatMap(([zone, state]) => {
    if (state.phase !== 'settled') return [];
    const scores = probabilities(state.smoothed);
    const open = sessions.filter(session => session.zone === zone).map(session => session.activity);
    return Object.entries(state.presences)
      .filter(([activity, { present }]) => present && !open.includes(activity))
      .map(([activity, { sinceMs, seenMs }]) => {
        const peak = scores[activity] ?? 0;
        return {
          id: newId(),
          zone,
          activity,
          startMs: sinceMs,
          seenMs: seenMs ?? nowMs,
          peak,
          peakCount: ridersIn(state, activity),
          toldMs: nowMs,
        };
      });
  });
}
