/**
 * What heads make of the places that the shipped head found in whole frames of its cameras, riders and false alarms. Both
 * the shipped head and a retrained one were fitted to them: a loss says what was forgotten.
 */
import { headLogits } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Calibration } from '../fit/calibrate.ts';
import { baseColumns } from './base-rows.ts';
import { riderChance } from './board-samples.ts';
import type { BaseSet } from './types.ts';

export interface FoundPlaces {
  /** [places, width] */
  readonly embeddings: Float32Array;
  /** Whether each is a rider. */
  readonly riders: readonly boolean[];
}

/** @returns null where the base set has none, or none of one kind */
export function foundPlacesOf(
  base: Pick<BaseSet, 'activities' | 'found'> | null,
  activities: readonly string[],
): FoundPlaces | null {
  if (base?.found === undefined) return null;
  const { samples, embeddings } = base.found;
  const columns = baseColumns(base, activities);
  const riders = samples.map(({ labels }) => columns.some(column => labels[column] === 1));
  if (!riders.includes(true) || !riders.includes(false)) return null;
  return { embeddings, riders };
}

/** F1 of riders among the places, 0..1, at the probability from which the head counts a rider. */
export function foundF1(head: HeadBundle, places: FoundPlaces): number {
  const { rider } = head.manifest.cells ?? { rider: 0.5 };
  let hit = 0;
  let counted = 0;
  for (const [place, chance] of chancesOf(head, places).entries()) {
    if (chance < rider) continue;
    counted++;
    if (places.riders[place] === true) hit++;
  }
  const riders = places.riders.filter(isRider => isRider).length;
  return (2 * hit) / (counted + riders);
}

/** Probability of each place, 0..1, that it is a rider of any activity. */
function chancesOf(head: HeadBundle, { embeddings, riders }: FoundPlaces): number[] {
  const { activities, calibration } = head.manifest;
  const logits = headLogits(head, embeddings, riders.length).map((logit, index) => {
    const { slope, intercept } = calibration[index % activities.length] as Calibration;
    return slope * logit + intercept;
  });
  return riders.map((_, place) =>
    riderChance(logits.subarray(place * activities.length, (place + 1) * activities.length)),
  );
}
