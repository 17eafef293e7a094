/** Looks at one frame: is the picture fit to be judged, and if so, who is in each zone? */
import type { Frame } from '../capture/source.ts';
import { SurfwatchError } from '../errors.ts';
import { isWithin } from '../vision/cells/detail.ts';
import { pyramidOf } from '../vision/cells/pyramid.ts';
import { type GateOptions, measureQuality } from '../vision/quality.ts';
import { passQualityGates, type QualityGateState } from '../vision/quality-gates.ts';
import { type Zone, zoneAt } from '../vision/zone.ts';
import type { BeachReader, ReadFrame } from './beach-reader.ts';
import type { Detection } from './detections.ts';
import type { CellSense } from './head-bundle.ts';
import { thresholdsAmong } from './rider-threshold.ts';
import { NO_RIDERS, type RidersDeps, type RidersState, stepRiders } from './riders.ts';
import { learnScene, type Scene } from './scene.ts';
import type { Observation } from './tracker.ts';
import { LOOK_MS, watchedPart } from './watch.ts';
import { afloat, sightings } from './zones.ts';

/** What one frame leaves to the next. */
export interface ObserverState {
  /** To notice a camera that repeats itself, has moved or is dirty. */
  readonly gates: QualityGateState;
  readonly riders: RidersState;
  readonly kites: RidersState;
  /** Where land and sky are; null as long as nobody knows. */
  readonly scene: Scene | null;
  /** When a frame was for what is not watched, or the first one came in; monotonic. */
  readonly lookedMs: number | null;
}

export const NOTHING_OBSERVED: ObserverState = {
  gates: null,
  riders: NO_RIDERS,
  kites: NO_RIDERS,
  scene: null,
  lookedMs: null,
};

export interface Observed {
  readonly observation: Observation;
  readonly state: ObserverState;
  /** What the reader made of it, where it could be decoded. */
  readonly read?: ReadFrame;
  /** Why the picture could not be read, where it could not. */
  readonly error?: SurfwatchError;
}

export interface ObserveDeps {
  readonly reader: BeachReader;
  readonly zones: readonly Zone[];
  readonly gates: GateOptions;
  /** Id of something that is followed from now on. */
  readonly newId: () => string;
}

/**
 * A picture that cannot be decoded is an observation too (`unreadable`), not a failure.
 *
 * @param monotonicMs when the frame came in
 * @throws whatever the engine throws when it fails
 */
export async function observe(
  frame: Frame,
  monotonicMs: number,
  before: ObserverState,
  { reader, zones, gates, newId }: ObserveDeps,
): Promise<Observed> {
  const seen = { frame: frame.id, atMs: frame.takenAt, monotonicMs };
  try {
    const { manifest } = reader.head;
    const lookedMs = before.lookedMs ?? monotonicMs;
    const isLook = monotonicMs - lookedMs >= LOOK_MS;
    const part = watchedPart(zones, before.scene, before.kites.tracks);
    const read = await reader.read(frame.bytes, zones, { watch: { part, isLook } });
    // Always of the whole frame, whatever part of it is of interest: calm water alone looks like fog.
    const gate = passQualityGates(before.gates, measureQuality(read.picture), monotonicMs, gates, {
      repeated: frame.unchangedSince !== undefined,
      soiling: read.soiling,
    });
    const isGood = gate.visibility === 'ok';
    const scene = isGood ? learnScene(before.scene, read.scene) : before.scene;
    const found = afloat(read.detections, zones, scene);
    const step = (state: RidersState, seen: readonly Detection[], thresholdOf: RidersDeps['thresholdOf']) =>
      isGood ? stepRiders(state, seen, monotonicMs, { thresholdOf, newId, isRead: isReadIn(read) }) : state;
    const { cells } = manifest;
    const riders = step(before.riders, found, thresholdsByZone(found, zones, cells));
    const kites = step(before.kites, read.kites, () => cells?.rider ?? 1);
    const observation: Observation = {
      ...seen,
      visibility: gate.visibility,
      ...sightings({ riders, kites }, zones, manifest.activities),
    };
    const state = { gates: gate.state, riders, kites, scene, lookedMs: isLook ? monotonicMs : lookedMs };
    return { observation, state, read };
  } catch (error) {
    const unreadable =
      error instanceof SurfwatchError &&
      (error.code === 'image-unreadable' || error.code === 'image-too-large');
    if (!unreadable) throw error;
    return { observation: { ...seen, visibility: 'unreadable', zones: {} }, state: before, error };
  }
}

/** A crowd in one zone is no sign of riders in another. */
function thresholdsByZone(
  found: readonly Detection[],
  zones: readonly Zone[],
  cells: CellSense | undefined,
): RidersDeps['thresholdOf'] {
  const zoneOf = (one: Detection) => zoneAt(zones, one) ?? '';
  const names = [...new Set(found.map(zoneOf))];
  const thresholds = new Map(
    names.map(name => [
      name,
      thresholdsAmong(
        found.filter(one => zoneOf(one) === name),
        cells,
      ),
    ]),
  );
  return one => thresholds.get(zoneOf(one))?.(one) ?? 1;
}

/** Who was not looked for is not missed. */
function isReadIn({ detail, size }: ReadFrame): NonNullable<RidersDeps['isRead']> {
  const [finest = size] = pyramidOf(size, detail.scale);
  return place => isWithin(detail.part, place, finest);
}
