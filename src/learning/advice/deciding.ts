/** Which tile of a frame decided for each activity, and how near to its threshold. */
import { type ScoredTile, scoreZones } from '../../activity/classifier.ts';
import type { Rectangle } from '../../vision/zone.ts';

export type Thresholds = Readonly<Record<string, number>>;

/** What the frame says of one activity. */
export interface Deciding {
  readonly activity: string;
  /** The zone where it is strongest. */
  readonly zone: string;
  /** The tile of that zone where it is strongest, as a share of the frame, and its row in the frame's tiles. */
  readonly rectangle: Rectangle;
  readonly tile: number;
  /** Of that tile by itself, 0..1. */
  readonly tileScore: number;
  /** Of the zone as the daemon judges it, 0..1 (`scoreZones`). */
  readonly score: number;
  readonly threshold: number;
  readonly present: boolean;
}

/** One an activity, strongest first; empty where the frame has no tiles. */
export function decidingTiles(tiles: readonly ScoredTile[], thresholds: Thresholds): Deciding[] {
  const best = new Map<string, Deciding>();
  for (const [zone, { scores }] of Object.entries(scoreZones(tiles))) {
    for (const [activity, score] of Object.entries(scores)) {
      const known = best.get(activity);
      if (known !== undefined && known.score >= score) continue;
      const tile = strongestTile(tiles, zone, activity);
      const { rectangle, scores: own } = tiles[tile] as ScoredTile;
      const threshold = thresholds[activity] ?? 0.5;
      best.set(activity, {
        activity,
        zone,
        rectangle,
        tile,
        tileScore: own[activity] ?? 0,
        score,
        threshold,
        present: score >= threshold,
      });
    }
  }
  return [...best.values()].sort((a, b) => b.score - a.score);
}

/** How near a score is to its threshold: 1 on it, 0 at certainty. */
export function doubt({ score, threshold }: Pick<Deciding, 'score' | 'threshold'>): number {
  if (score < threshold) return score / threshold;
  return threshold >= 1 ? 1 : (1 - score) / (1 - threshold);
}

function strongestTile(tiles: readonly ScoredTile[], zone: string, activity: string): number {
  let strongest = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (const [row, tile] of tiles.entries()) {
    const score = tile.scores[activity] ?? 0;
    if (tile.zone !== zone || score <= most) continue;
    strongest = row;
    most = score;
  }
  return strongest;
}
