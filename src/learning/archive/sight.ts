/** What a head makes of a whole frame by the cells that were kept of it: zone by zone, as the daemon does. */
import { likeliest } from '../../activity/presence-score.ts';
import type { Scores } from '../../activity/scores.ts';
import { type CellsManifest, sightOfFrame } from '../../activity/zones.ts';

/** What is asked of a kept cell. */
export interface PlacedScores {
  /** Empty where it lies in none. */
  readonly zone: string;
  /** The probability of each activity, 0..1: that a rider of it is there. */
  readonly scores: Scores;
}

/** The probability of each activity, 0..1, in each zone that a cell lies in. What lies in no zone is not judged. */
export function zoneScoresOf(
  cells: readonly PlacedScores[],
  head: CellsManifest,
): ReadonlyMap<string, Scores> {
  const zones = new Map<string, { score: number; scores: Scores }[]>();
  for (const { zone, scores } of cells) {
    if (zone === '') continue;
    const found = zones.get(zone) ?? [];
    zones.set(zone, found);
    found.push({ score: likeliest(scores).score, scores });
  }
  return new Map([...zones].map(([zone, found]) => [zone, sightOfFrame(found, head).scores]));
}

/** The score of each activity in the strongest zone; that of an empty sea where no cell lies in one. */
export function frameScoresOf(cells: readonly PlacedScores[], head: CellsManifest): Record<string, number> {
  const strongest: Record<string, number> = { ...sightOfFrame([], head).scores };
  for (const scores of zoneScoresOf(cells, head).values()) {
    for (const [activity, score] of Object.entries(scores))
      strongest[activity] = Math.max(strongest[activity] ?? 0, score);
  }
  return strongest;
}
