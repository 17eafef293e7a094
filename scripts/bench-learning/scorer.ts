/** Anything that gives activities probabilities from embeddings, and how right it is. */
import { type ScoredTile, scoreZones } from '../../src/activity/classifier.ts';
import { scoreEmbeddings } from '../../src/activity/head.ts';
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import { presentActivities, scoresOf } from '../../src/activity/scores.ts';
import type { EmbeddedSet } from '../../src/learning/embedding/sample.ts';
import { measure, type Prediction } from '../../src/learning/fit/metrics.ts';
import type { BoardPicture } from './board-picture.ts';

export interface Scorer {
  readonly activities: string[];
  readonly thresholds: Readonly<Record<string, number>>;
  /** [count, width] → [count, activities] probabilities, 0..1. */
  score(embeddings: Float32Array, count: number): Float32Array;
}

export function scorerOf(head: HeadBundle): Scorer {
  return {
    activities: head.manifest.activities,
    thresholds: head.manifest.thresholds,
    score: (embeddings, count) => scoreEmbeddings(head, embeddings, count),
  };
}

/** Errors as shares, 0..1. */
export interface Errors {
  readonly plain: number;
  /** Mean over the classes that are there, none being one. */
  readonly balanced: number;
}

/** Decided as the daemon does: a zone by its strongest tile, thresholds, the strongest activity. */
export function siteErrors(scorer: Scorer, pictures: readonly BoardPicture[]): Errors {
  return errorsOf(
    pictures.map(({ labels, tiles, embeddings }) =>
      predictionOf(scorer, labels, scoreFrame(scoreTiles(scorer, tiles, embeddings))),
    ),
    scorer,
  );
}

export function scoreTiles(
  scorer: Scorer,
  tiles: BoardPicture['tiles'],
  embeddings: Float32Array,
): ScoredTile[] {
  const probabilities = scorer.score(embeddings, tiles.length);
  return tiles.map((tile, row) => ({ ...tile, scores: scoresOf(scorer, probabilities, row) }));
}

/** A picture of the bench is one zone. */
function scoreFrame(tiles: readonly ScoredTile[]): Readonly<Record<string, number>> {
  return Object.values(scoreZones(tiles))[0]?.scores ?? {};
}

/** Each view and tile by itself; every source counts the same, however many tiles it has. */
export function baseErrors(scorer: Scorer, { samples, embeddings }: EmbeddedSet): Errors {
  const probabilities = scorer.score(embeddings, samples.length);
  const sources = new Map<string, Prediction[]>();
  for (const [row, sample] of samples.entries()) {
    const truth = scorer.activities.filter((_, index) => sample.labels[index] === 1);
    const prediction = predictionOf(scorer, truth, scoresOf(scorer, probabilities, row));
    sources.set(sample.source, [...(sources.get(sample.source) ?? []), prediction]);
  }
  const each = [...sources.values()].map(predictions => errorsOf(predictions, scorer));
  return {
    plain: mean(each.map(({ plain }) => plain)),
    balanced: mean(each.map(({ balanced }) => balanced)),
  };
}

function predictionOf(
  { thresholds }: Scorer,
  truth: readonly string[],
  scores: Readonly<Record<string, number>>,
): Prediction {
  return { truth, found: presentActivities(scores, thresholds), scores };
}

function errorsOf(predictions: readonly Prediction[], { activities }: Scorer): Errors {
  const { accuracy, balancedAccuracy } = measure(predictions, activities);
  return { plain: 1 - accuracy, balanced: 1 - balancedAccuracy };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
