/** What labels have brought so far, and what more of them would. */

import { fitLearningCurve } from '../fit/learning-curve-fit.ts';
import type { GateComparison } from '../retrain/types.ts';
import {
  type ActivityProgress,
  type Expected,
  type Gain,
  type Progress,
  progressSentence,
  type RetrainingPoint,
} from './progress-words.ts';

const MORE = 10;
/**
 * The base set has taught something before the first label: the power law counts it as this many labels. It keeps
 * the law finite at no labels at all.
 */
const BASE_LABELS = 10;
const FEWEST_POINTS = 3;

/**
 * @param counts labelled frames of each activity, and of `none`, now
 * @param history oldest first
 */
export function progressOf(
  counts: Readonly<Record<string, number>>,
  history: readonly RetrainingPoint[],
): Progress {
  const names = new Set([...Object.keys(counts), ...history.flatMap(({ labels }) => Object.keys(labels))]);
  return {
    macroF1: gainOf(history, ({ board }) => pairOf(board, ({ macroF1 }) => macroF1)),
    baseMacroF1: gainOf(history, ({ base }) => pairOf(base, ({ macroF1 }) => macroF1)),
    activities: Object.fromEntries(
      [...names].sort().map(name => [name, activityProgress(name, counts[name] ?? 0, history)]),
    ),
  };
}

function activityProgress(
  name: string,
  labels: number,
  history: readonly RetrainingPoint[],
): ActivityProgress {
  const learnt = history.at(-1)?.labels[name] ?? 0;
  const brought = gainOf(history, ({ board }) => pairOf(board, ({ recall }) => recall[name] ?? null));
  const { tenMore, reason } = expected(name, labels, history);
  const facts = {
    labels,
    waiting: Math.max(0, labels - learnt),
    brought,
    tenMore,
    reason: brought === null ? whyUnknown(name, history) : reason,
  };
  return { ...facts, sentence: progressSentence(name, facts) };
}

function whyUnknown(name: string, history: readonly RetrainingPoint[]): string {
  if (history.length === 0) return 'there was no retraining yet';
  if (!history.some(({ outcome }) => outcome === 'promoted')) return 'no retraining was promoted yet';
  if (!history.some(({ board }) => (board?.candidate.recall[name] ?? null) !== null))
    return `no held-out frame is labelled ${name} yet`;
  return `no promoted head and the one before it were both judged on ${name}`;
}

interface Pair {
  readonly before: number;
  readonly after: number;
  readonly judged: number;
}

function pairOf(
  comparison: GateComparison | null,
  figure: (figures: GateComparison['candidate']) => number | null,
): Pair | null {
  if (comparison === null) return null;
  const before = figure(comparison.incumbent);
  const after = figure(comparison.candidate);
  return before === null || after === null || comparison.candidate.judged === 0
    ? null
    : { before, after, judged: comparison.candidate.judged };
}

function gainOf(
  history: readonly RetrainingPoint[],
  pair: (point: RetrainingPoint) => Pair | null,
): Gain | null {
  const pairs = history.flatMap(point => (point.outcome === 'promoted' ? (pair(point) ?? []) : []));
  const first = pairs[0];
  const last = pairs.at(-1);
  if (first === undefined || last === undefined) return null;
  const gain = pairs.reduce((sum, { before, after }) => sum + after - before, 0);
  return {
    before: rounded(first.before),
    now: rounded(last.after),
    gain: rounded(gain),
    judged: last.judged,
  };
}

/** A rejected candidate's figures count here: they too say what so many labels teach. */
function expected(
  name: string,
  labels: number,
  history: readonly RetrainingPoint[],
): { readonly tenMore: Expected | null; readonly reason: string | null } {
  const points = history.flatMap(({ labels: then, board }) => {
    const recall = board?.candidate.recall[name] ?? null;
    if (board === null || recall === null) return [];
    return [{ photos: BASE_LABELS + (then[name] ?? 0), accuracy: recall, spread: spreadOf(recall, board) }];
  });
  const sizes = new Set(points.map(({ photos }) => photos));
  if (sizes.size < FEWEST_POINTS) {
    return {
      tenMore: null,
      reason: `it takes ${FEWEST_POINTS} retrainings with different numbers of labels to tell what more would bring, and there are ${sizes.size}`,
    };
  }
  const more = Math.max(1, BASE_LABELS + labels + MORE - Math.max(...sizes));
  const next = fitLearningCurve(points, more);
  if (next === null)
    return { tenMore: null, reason: 'the figures so far vary too much to tell what more would bring' };
  return {
    tenMore: { recall: rounded(next.accuracy), low: rounded(next.low), high: rounded(next.high) },
    reason: null,
  };
}

/** Binomial standard deviation, as if the held-out frames were shared evenly among the classes that are there. */
function spreadOf(recall: number, { candidate }: GateComparison): number {
  const classes = Object.values(candidate.recall).filter(value => value !== null).length;
  const frames = Math.max(1, candidate.judged / Math.max(1, classes));
  // One frame more on either side (Laplace): none wrong of few does not mean that none ever is.
  const share = (recall * frames + 1) / (frames + 2);
  return Math.sqrt((share * (1 - share)) / frames);
}

function rounded(value: number): number {
  // Not -0, which JSON does not know.
  return Number(value.toFixed(4)) + 0;
}
