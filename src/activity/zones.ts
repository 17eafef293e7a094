/** What is in each zone: of one frame by itself, and of the riders that are followed. */

import type { Point } from '../base/geometry.ts';
import { contains, WHOLE_FRAME, type Zone, zoneAt } from '../vision/zone.ts';
import type { Detection } from './detections.ts';
import type { HeadManifest } from './head-bundle.ts';
import { KITE_ACTIVITY, overZone } from './kites.ts';
import { likeliest, presenceScores } from './presence-score.ts';
import type { RiderReport } from './report.ts';
import { ridersAmong } from './rider-threshold.ts';
import { CONFIRMED, confirmedRiders, type RidersState } from './riders.ts';
import { isAshore, type Scene } from './scene.ts';
import type { Scores } from './scores.ts';
import type { Observation } from './tracker.ts';

/** Those that lie where somebody may ride: in a zone that a person drew, else neither on land nor in the sky. */
export function afloat<T extends Point>(
  found: readonly T[],
  zones: readonly Zone[],
  scene: Scene | null,
): readonly T[] {
  const isDrawn = zones.some(zone => zone !== WHOLE_FRAME);
  return found.filter(place => (isDrawn ? zoneAt(zones, place) !== null : !isAshore(scene, place)));
}

export interface ZoneSight {
  /** The probability of each activity, 0..1, that it goes on there. */
  readonly scores: Scores;
  /** Riders of each activity. */
  readonly count: Readonly<Record<string, number>>;
}

/** What scoring needs of a head for cells. */
export type CellsManifest = Pick<HeadManifest, 'activities' | 'cells'>;

type Sighted = { readonly score: number; readonly scores: Scores };

/**
 * By one frame alone.
 *
 * @param found places with the scores of a rider there, be they detections or kept cells
 * @param kites seen over them, where they were looked for
 */
export function sightOfFrame(
  found: readonly Sighted[],
  { activities, cells }: CellsManifest,
  kites: readonly { readonly score: number }[] = [],
): ZoneSight {
  const { rider, presence } = cells ?? { rider: 0.5, presence: { slope: 1, intercept: 0 } };
  const riders = ridersAmong(found, cells);
  const signs = kites.map(({ score }) => ({ scores: { [KITE_ACTIVITY]: score } }));
  return {
    scores: presenceScores([...found, ...signs], activities, presence),
    count: countOf(riders, activities, kites.filter(({ score }) => score >= rider).length),
  };
}

/** What one frame shows by itself in zones that it need not have been judged by. */
export function sightsOf(
  { detections, kites }: { readonly detections: readonly Detection[]; readonly kites: readonly Detection[] },
  zones: readonly Zone[],
  scene: Scene | null,
  manifest: CellsManifest,
): (ZoneSight & Pick<Zone, 'name'>)[] {
  const found = afloat(detections, zones, scene);
  return zones.map(zone => {
    const inside = found.filter(place => contains(zone, place));
    return { name: zone.name, ...sightOfFrame(inside, manifest, overZone(kites, zone)) };
  });
}

/** What is followed from frame to frame. */
export interface Followed {
  readonly riders: RidersState;
  readonly kites: RidersState;
}

/** By what is followed: an activity goes on as surely as its surest rider, or kite, is one. */
export function sightOfRiders(
  { riders, kites }: Followed,
  zone: Zone | null,
  activities: readonly string[],
): ZoneSight {
  const inside = <T extends Point>(place: T) => zone === null || contains(zone, place);
  const most = new Map<string, number>(activities.map(activity => [activity, -CONFIRMED]));
  const sign = (activity: string, evidence: number) => {
    const before = most.get(activity);
    if (before !== undefined) most.set(activity, Math.max(before, evidence));
  };
  for (const { evidence, scores } of riders.tracks.filter(inside)) sign(likeliest(scores).activity, evidence);
  for (const { evidence } of overZone(kites.tracks, zone)) sign(KITE_ACTIVITY, evidence);
  return {
    scores: Object.fromEntries(
      [...most].map(([activity, evidence]) => [activity, 1 / (1 + Math.exp(CONFIRMED - evidence))]),
    ),
    count: countOf(
      confirmedRiders(riders).filter(inside),
      activities,
      overZone(confirmedRiders(kites), zone).length,
    ),
  };
}

/** Kitesurfers count as many as there are kites, where more kites are seen. */
function countOf(
  riders: readonly { readonly scores: Scores }[],
  activities: readonly string[],
  kites: number,
): Record<string, number> {
  const count = Object.fromEntries(activities.map(activity => [activity, 0]));
  for (const { scores } of riders) {
    const { activity } = likeliest(scores);
    count[activity] = (count[activity] ?? 0) + 1;
  }
  const kitesurfers = count[KITE_ACTIVITY];
  if (kitesurfers !== undefined) count[KITE_ACTIVITY] = Math.max(kitesurfers, kites);
  return count;
}

/** What the riders that are followed say of each zone and of all zones together: who is in none counts nowhere. */
export function sightings(
  followed: Followed,
  zones: readonly Zone[],
  activities: readonly string[],
): Pick<Observation, 'zones' | 'count' | 'riders'> {
  const riders = confirmedRiders(followed.riders).flatMap((track): RiderReport[] => {
    const zone = zoneAt(zones, track);
    if (zone === null) return [];
    const { id, x, y, size, scores, riderSinceMs } = track;
    const { activity, score } = likeliest(scores);
    return [{ id, activity, x, y, size, score, zone, sinceMs: riderSinceMs }];
  });
  const kites = confirmedRiders(followed.kites).filter(kite =>
    zones.some(zone => overZone([kite], zone).length > 0),
  );
  const inZones = riders.map(({ activity }) => ({ scores: { [activity]: 1 } }));
  return {
    zones: Object.fromEntries(zones.map(zone => [zone.name, sightOfRiders(followed, zone, activities)])),
    count: countOf(inZones, activities, kites.length),
    riders,
  };
}
