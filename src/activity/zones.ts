/** What is in each zone: of one frame by itself, and of the riders that are followed. */
import { contains, type Point, WHOLE_FRAME, type Zone, zoneAt } from '../vision/zone.ts';
import type { HeadManifest } from './head-bundle.ts';
import { likeliest, presenceScores } from './presence-score.ts';
import type { RiderReport } from './report.ts';
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
  /** Of each activity the probability, 0..1, that it goes on there. */
  readonly scores: Scores;
  /** Riders of each activity. */
  readonly count: Readonly<Record<string, number>>;
}

/** What scoring needs of a head for cells. */
export type CellsManifest = Pick<HeadManifest, 'activities' | 'cells'>;

/** By one frame alone. @param found places with the scores of a rider there, be they detections or kept cells */
export function sightOfFrame(
  found: readonly { readonly score: number; readonly scores: Scores }[],
  { activities, cells }: CellsManifest,
): ZoneSight {
  const { rider, presence } = cells ?? { rider: 0.5, presence: { slope: 1, intercept: 0 } };
  const riders = found.filter(({ score }) => score >= rider);
  return { scores: presenceScores(found, activities, presence), count: countOf(riders, activities) };
}

/** By the riders that are followed: an activity goes on where the evidence of its riders together is firm. */
export function sightOfRiders(
  state: RidersState,
  zone: Pick<Zone, 'points'> | null,
  activities: readonly string[],
): ZoneSight {
  const inside = <T extends Point>(place: T) => zone === null || contains(zone, place);
  const sums = new Map<string, number>(activities.map(activity => [activity, 0]));
  for (const { evidence, scores } of state.tracks.filter(inside)) {
    const { activity } = likeliest(scores);
    sums.set(activity, (sums.get(activity) ?? 0) + Math.exp(evidence));
  }
  const scores = Object.fromEntries(
    [...sums].map(([activity, sum]) => {
      const evidence = sum === 0 ? -CONFIRMED : Math.log(sum);
      return [activity, 1 / (1 + Math.exp(CONFIRMED - evidence))];
    }),
  );
  return { scores, count: countOf(confirmedRiders(state).filter(inside), activities) };
}

function countOf(
  riders: readonly { readonly scores: Scores }[],
  activities: readonly string[],
): Record<string, number> {
  const count = Object.fromEntries(activities.map(activity => [activity, 0]));
  for (const { scores } of riders) {
    const { activity } = likeliest(scores);
    count[activity] = (count[activity] ?? 0) + 1;
  }
  return count;
}

/** What the riders that are followed say of each zone and of all zones together: who is in none counts nowhere. */
export function sightings(
  state: RidersState,
  zones: readonly Zone[],
  activities: readonly string[],
): Pick<Observation, 'zones' | 'count' | 'riders'> {
  const riders = confirmedRiders(state).flatMap((track): RiderReport[] => {
    const zone = zoneAt(zones, track);
    if (zone === null) return [];
    const { id, x, y, size, scores, riderSinceMs } = track;
    const { activity, score } = likeliest(scores);
    return [{ id, activity, x, y, size, score, zone, sinceMs: riderSinceMs }];
  });
  const count = Object.fromEntries(activities.map(activity => [activity, 0]));
  for (const { activity } of riders) count[activity] = (count[activity] ?? 0) + 1;
  return {
    zones: Object.fromEntries(zones.map(zone => [zone.name, sightOfRiders(state, zone, activities)])),
    count,
    riders,
  };
}
