/** What a head makes of single cells: a rider or none, and of which activity. */
import { scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { likeliest } from '../../activity/presence-score.ts';
import { scoresOf } from '../../activity/scores.ts';
import type { Prediction } from '../fit/metrics.ts';
import type { EmbeddedSet } from '../fit/sample.ts';

/** @param set its labels in the order of the head's activities */
export function judgeCells(head: HeadBundle, { samples, embeddings }: EmbeddedSet): Prediction[] {
  const { activities, cells } = head.manifest;
  const probabilities = scoreEmbeddings(head, embeddings, samples.length);
  return samples.map(({ labels }, row) => {
    const scores = scoresOf(head.manifest, probabilities, row);
    const { activity, score } = likeliest(scores);
    return {
      truth: activities.filter((_, index) => labels[index] === 1),
      found: score >= (cells?.rider ?? 0.5) ? [activity] : [],
      scores,
    };
  });
}
