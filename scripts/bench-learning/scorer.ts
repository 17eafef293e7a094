/** Anything that gives activities probabilities from embeddings, and how right it is. */
import { scoreEmbeddings } from '../../src/activity/head.ts';
import type { HeadBundle } from '../../src/activity/head-bundle.ts';
import type { KeptCell } from '../../src/activity/kept-cells.ts';
import { likeliest } from '../../src/activity/presence-score.ts';
import { presentActivities, scoresOf } from '../../src/activity/scores.ts';
import type { JudgedBy } from '../../src/learning/advice/deciding.ts';
import { frameScoresOf } from '../../src/learning/archive/sight.ts';
import type { EmbeddedSet } from '../../src/learning/embedding/sample.ts';
import { measure, type Prediction } from '../../src/learning/fit/metrics.ts';
import type { BoardPicture } from './board-picture.ts';

export interface Scorer {
  /** What pictures are judged by. */
  readonly head: JudgedBy;
  /** [count, width] → [count, activities] probabilities, 0..1. */
  score(embeddings: Float32Array, count: number): Float32Array;
}

export function scorerOf(head: HeadBundle): Scorer {
  return {
    head: head.manifest,
    score: (embeddings, count) => scoreEmbeddings(head, embeddings, count),
  };
}

/** Errors as shares, 0..1. */
export interface Errors {
  readonly plain: number;
  /** Mean over the classes that are there, none being one. */
  readonly balanced: number;
}

/** Decided as the daemon does by one frame: a zone by its riders, thresholds, the strongest activity. */
export function siteErrors(scorer: Scorer, pictures: readonly BoardPicture[]): Errors {
  const { head } = scorer;
  return errorsOf(
    pictures.map(({ labels, cells, embeddings }) => {
      const scores = frameScoresOf(scoreCells(scorer, cells, embeddings), head);
      return { truth: labels, found: presentActivities(scores, head.thresholds), scores };
    }),
    scorer,
  );
}

export function scoreCells(
  { head, score }: Scorer,
  cells: BoardPicture['cells'],
  embeddings: Float32Array,
): KeptCell[] {
  const probabilities = score(embeddings, cells.length);
  return cells.map((cell, row) => ({ ...cell, scores: scoresOf(head, probabilities, row) }));
}

/** Each cell by itself; every source counts the same, however many cells it has. */
export function baseErrors(scorer: Scorer, { samples, embeddings }: EmbeddedSet): Errors {
  const { activities, cells } = scorer.head;
  const probabilities = scorer.score(embeddings, samples.length);
  const sources = new Map<string, Prediction[]>();
  for (const [row, sample] of samples.entries()) {
    const truth = activities.filter((_, index) => sample.labels[index] === 1);
    const scores = scoresOf(scorer.head, probabilities, row);
    const { activity, score } = likeliest(scores);
    const prediction = { truth, found: score >= (cells?.rider ?? 0.5) ? [activity] : [], scores };
    sources.set(sample.source, [...(sources.get(sample.source) ?? []), prediction]);
  }
  const each = [...sources.values()].map(predictions => errorsOf(predictions, scorer));
  return {
    plain: mean(each.map(({ plain }) => plain)),
    balanced: mean(each.map(({ balanced }) => balanced)),
  };
}

function errorsOf(predictions: readonly Prediction[], { head }: Scorer): Errors {
  const { accuracy, balancedAccuracy } = measure(predictions, head.activities);
  return { plain: 1 - accuracy, balanced: 1 - balancedAccuracy };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
