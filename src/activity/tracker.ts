/** What the daemon calls for every picture: scores in, reports and session events out. A pure reducer over plain data. */
import { startBeach, stepBeach, type Zones } from './beach.ts';
import { type Count, sameCount } from './count.ts';
import type { ActivityOptions } from './options.ts';
import {
  hasChanged,
  type Reportable,
  type Reports,
  type RiderReport,
  reportOf,
  type SessionEvent,
  sessionEvent,
} from './report.ts';
import { endSessions, type Session, stepSessions } from './sessions.ts';
import type { Visibility } from './visibility.ts';
import { ageZone, isPending, restartZone, startZone, stepZone, type ZoneState } from './zone.ts';

// Below this the two clocks drift apart by slewing; above, somebody has set the wall clock.
const CLOCK_JUMP_MS = 2_000;

/** One instant on both clocks, in milliseconds: the wall clock (UTC) and the one that never goes back. */
export interface Instant {
  readonly atMs: number;
  readonly monotonicMs: number;
}

/**
 * One picture, or a tick without one (`frame` null, no zones): `camera-lost` or `frozen` then takes effect at once, and
 * `ok` only says that time has passed.
 */
export interface Observation extends Instant {
  /** The frame's id. */
  readonly frame: string | null;
  /** That of the whole picture. Zones need not be scored unless it is `ok`. */
  readonly visibility: Visibility;
  readonly zones: Readonly<Record<string, ZoneObservation>>;
  /** Riders by activity in any of the zones, each once, as zones may overlap; absent where that is not known. */
  readonly count?: Count;
  /** All that were found, in a zone or not; absent where nobody looked for them. Passed on as they are. */
  readonly riders?: readonly RiderReport[];
}

export interface ZoneObservation {
  /** Calibrated probability per activity, 0..1. */
  readonly scores: Readonly<Record<string, number>>;
  /** Riders by activity that this frame confirms in the zone; absent where that is not known. */
  readonly count?: Count;
  /** Where it differs from the whole picture's. */
  readonly visibility?: Visibility;
}

/** Plain data that survives JSON. Its times are monotonic: of no use in another process. */
export interface TrackerState extends Reportable {
  readonly sessions: readonly Session[];
  /** Nothing has been reported since the start or the last restart. */
  readonly unreported: boolean;
}

export interface TrackerStep extends Reports {
  readonly state: TrackerState;
  /** In order: updates and ends, then starts. */
  readonly events: readonly SessionEvent[];
  /** Which reports differ from the last in activity, activities or visibility; all after a start or restart. */
  readonly changed: { readonly beach: boolean; readonly zones: readonly string[] };
  /** Whether a count differs from the last report's, of the beach or of a zone. */
  readonly recounted: boolean;
  /** Those of the observation. */
  readonly riders?: readonly RiderReport[];
  /** A change awaits its confirmation: take pictures faster. */
  readonly pending: boolean;
}

export interface TrackerDeps {
  /** Id of a new session (ULID); `atMs` is the present time of the wall clock, in whole milliseconds. */
  readonly newId: (atMs: number) => string;
}

/** Unknown in every zone, as if the camera were lost, until the first observation. */
export function startTracker(zoneNames: readonly string[], { atMs, monotonicMs }: Instant): TrackerState {
  return {
    zones: Object.fromEntries(zoneNames.map(name => [name, startZone(monotonicMs)])),
    beach: startBeach(monotonicMs),
    sessions: [],
    offsetMs: atMs - monotonicMs,
    unreported: true,
  };
}

/** Takes one observation in. */
export function track(
  before: TrackerState,
  observation: Observation,
  options: ActivityOptions,
  { newId }: TrackerDeps,
): TrackerStep {
  const nowMs = observation.monotonicMs;
  const offsetMs = followOffset(before.offsetMs, observation);
  const zones = mapZones(before.zones, (zone, name) => {
    const aged = ageZone(zone, nowMs, options);
    return observeZone(aged, name, observation, options);
  });
  const count = observation.visibility === 'ok' ? observation.count : undefined;
  const beach = stepBeach(before.beach, zones, nowMs, options, count);
  const { sessions, changes } = stepSessions(before.sessions, zones, nowMs, options, () =>
    newId(Math.round(nowMs + offsetMs)),
  );
  const state = { zones, beach, sessions, offsetMs, unreported: false };
  return {
    state,
    ...reportOf(state, observation.frame),
    events: changes.map(change => sessionEvent(change, offsetMs, observation.frame)),
    ...changesBetween(before, state),
    ...(observation.riders !== undefined && { riders: observation.riders }),
    pending: Object.values(zones).some(isPending),
  };
}

/** After a change of head: the next picture decides anew and all is reported again. Sessions outlive it like a gap. */
export function restartTracker(state: TrackerState, nowMs: number): TrackerState {
  const zones = mapZones(state.zones, zone => restartZone(zone, nowMs));
  return { ...state, zones, beach: startBeach(nowMs), unreported: true };
}

/** On shutdown: ends the sessions still open. */
export function stopTracker(state: TrackerState): { state: TrackerState; events: readonly SessionEvent[] } {
  const { sessions, changes } = endSessions(state.sessions);
  return {
    state: { ...state, sessions },
    events: changes.map(change => sessionEvent(change, state.offsetMs, null)),
  };
}

function observeZone(
  zone: ZoneState,
  name: string,
  observation: Observation,
  options: ActivityOptions,
): ZoneState {
  const { monotonicMs } = observation;
  // An own property only: `constructor` is a fine name for a zone.
  const own = Object.hasOwn(observation.zones, name) ? observation.zones[name] : undefined;
  const visibility = own?.visibility ?? observation.visibility;
  if (own === undefined && visibility === 'ok') return zone;
  return stepZone(zone, { monotonicMs, visibility, scores: own?.scores ?? {}, count: own?.count }, options);
}

function followOffset(offsetMs: number, { atMs, monotonicMs }: Instant): number {
  const fresh = atMs - monotonicMs;
  return Math.abs(fresh - offsetMs) > CLOCK_JUMP_MS ? fresh : offsetMs;
}

function changesBetween(
  before: TrackerState,
  after: TrackerState,
): Pick<TrackerStep, 'changed' | 'recounted'> {
  const old = reportOf(before, null);
  const fresh = reportOf(after, null);
  const zones = fresh.zones.filter((zone, index) => before.unreported || hasChanged(old.zones[index], zone));
  return {
    changed: {
      beach: before.unreported || hasChanged(old.beach, fresh.beach),
      zones: zones.map(({ zone }) => zone),
    },
    recounted:
      !sameCount(old.beach.count, fresh.beach.count) ||
      fresh.zones.some(({ count }, index) => !sameCount(old.zones[index]?.count ?? null, count)),
  };
}

function mapZones(zones: Zones, step: (zone: ZoneState, name: string) => ZoneState): Zones {
  return Object.fromEntries(Object.entries(zones).map(([name, zone]) => [name, step(zone, name)]));
}
