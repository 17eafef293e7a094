/** What a training comes to, in a sentence and three figures. */
import { NONE } from '../../base/activities.ts';
import type { Interval } from '../../base/words.ts';
import { count, counted } from '../../base/words.ts';
import type { Evaluation } from '../../learning/fit/evaluation.ts';
import type { TrainingRecord } from '../record.ts';
import { judgedBy, sightWarning } from './sight-words.ts';

/** The key of all sources taken together. */
export const ALL = 'all';

export interface Headline {
  /** The evaluation to judge by: cross-validation where there was one, as it asks of every group. */
  readonly evaluation: Evaluation;
  /** What it was measured on, to be put after "measured". */
  readonly basis: string;
  readonly verdict: string;
  /** That the backbone was, or may have been, trained on what judges; null where it was not. */
  readonly warning: string | null;
  /** What it takes for what most often; null where it makes no such mistake. */
  readonly confusion: string | null;
  readonly figures: readonly Figure[];
}

export interface Figure {
  readonly name: string;
  readonly meaning: string;
  /** 0..1 */
  readonly value: number;
  readonly interval: Interval;
}

/** @returns null where nothing was measured */
export function headlineOf(record: TrainingRecord): Headline | null {
  const { folds } = record;
  const evaluation = overall(folds?.pooled ?? record.held);
  if (evaluation === null) return null;
  return {
    evaluation,
    basis: folds === null ? heldBasis(record) : foldsBasis(folds.count, evaluation),
    verdict: verdictOf(evaluation, record),
    warning: sightWarning('group', record.sight),
    confusion: confusionOf(evaluation),
    figures: figuresOf(evaluation),
  };
}

/** All sources together, or the only one; null where nothing was measured. */
export function overall(evaluations: Readonly<Record<string, Evaluation>>): Evaluation | null {
  const evaluation = evaluations[ALL] ?? Object.values(evaluations)[0] ?? null;
  return evaluation === null || evaluation.pictures === 0 ? null : evaluation;
}

function verdictOf({ accuracy, intervals }: Evaluation, { sight }: TrainingRecord): string {
  const [low, high] = intervals.accuracy.map(share => Math.round(100 * share));
  const right = Math.round(100 * accuracy);
  return `Of 100 pictures of ${judgedBy('group', sight)}, it gets about ${right} right (${low} to ${high}).`;
}

function heldBasis({ samples }: TrainingRecord): string {
  const groups = counted(samples.heldGroups.length, 'group');
  return `on ${counted(samples.held, 'picture')} of ${groups} held out from fitting`;
}

function foldsBasis(folds: number, { pictures }: Evaluation): string {
  return `by ${folds}-fold cross-validation: each of ${count(pictures)} pictures was judged by a head fitted without its group`;
}

function confusionOf({ confusion }: Evaluation): string | null {
  let worst = { truth: '', found: '', times: 0, all: 0 };
  for (const [truth, row] of Object.entries(confusion)) {
    const all = Object.values(row).reduce((sum, times) => sum + times, 0);
    for (const [found, times] of Object.entries(row)) {
      if (found !== truth && times > worst.times) worst = { truth, found, times, all };
    }
  }
  if (worst.times === 0) return null;
  const share = `${count(worst.times)} of ${counted(worst.all, 'picture')}`;
  if (worst.found === NONE) return `Most often it misses ${worst.truth} (${share}).`;
  if (worst.truth === NONE) return `Most often it sees ${worst.found} where there is none (${share}).`;
  return `Most often it takes ${worst.truth} for ${worst.found} (${share}).`;
}

function figuresOf(evaluation: Evaluation): Figure[] {
  const { intervals } = evaluation;
  const figures: Figure[] = [
    {
      name: 'Accuracy',
      meaning: 'the strongest activity, or none, is right',
      value: evaluation.accuracy,
      interval: intervals.accuracy,
    },
    {
      name: 'Balanced accuracy',
      meaning: 'mean recall of the classes, none included',
      value: evaluation.balancedAccuracy,
      interval: intervals.balancedAccuracy,
    },
  ];
  if (evaluation.activityAccuracy !== null && intervals.activityAccuracy !== null) {
    figures.push({
      name: 'Activities apart',
      meaning: 'where there is an activity, its score is the highest',
      value: evaluation.activityAccuracy,
      interval: intervals.activityAccuracy,
    });
  }
  return figures;
}
