/** What a head makes of whole frames, as the daemon decides: tiles, zones, frame. */
import { type ScoredTile, scoreZones } from '../../activity/classifier.ts';
import { scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { presentActivities, scoresOf } from '../../activity/scores.ts';
import type { Prediction } from '../fit/metrics.ts';
import type { BoardFrame } from './types.ts';

export interface JudgedFrame extends Prediction {
  readonly frame: string;
}

/** @param frames with a tile or more each; of a label that is about a part, only the tiles that meet it */
export function judgeFrames(head: HeadBundle, frames: readonly BoardFrame[]): JudgedFrame[] {
  return frames.map(frame => {
    const probabilities = scoreEmbeddings(head, frame.embeddings, frame.tiles.length);
    const tiles = frame.tiles.map((tile, row) => ({
      ...tile,
      scores: scoresOf(head.manifest, probabilities, row),
    }));
    const scores = scoreFrame(tiles);
    return {
      frame: frame.id,
      truth: frame.labels,
      found: presentActivities(scores, head.manifest.thresholds),
      scores,
    };
  });
}

/** Of each activity the highest score of any zone. */
function scoreFrame(tiles: readonly ScoredTile[]): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const zone of Object.values(scoreZones(tiles))) {
    for (const [activity, score] of Object.entries(zone.scores)) {
      scores[activity] = Math.max(scores[activity] ?? 0, score);
    }
  }
  return scores;
}
