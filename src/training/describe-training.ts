/** Puts what a training gave into words and figures: the record, and the head's manifest. */

import { createHash } from 'node:crypto';
import type { HeadBundle } from '../activity/head-bundle.ts';
import { labelsInOrder, NONE } from '../base/activities.ts';
import { type Evaluation, evaluate } from '../learning/fit/evaluation.ts';
import type { JudgedSample } from '../learning/fit/judge-set.ts';
import type { CurvePoint } from '../learning/fit/learning-curve-fit.ts';
import { fitLearningCurve } from '../learning/fit/learning-curve-fit.ts';
import { isRight } from '../learning/fit/metrics.ts';
import type { Sample } from '../learning/fit/sample.ts';
import type { BackboneSight, SeenPictures } from './backbone-sight.ts';
import type { Finding } from './data/findings.ts';
import type { TrainingSource } from './embedding/source.ts';
import type { Recipe, RecipeName } from './fit/recipes.ts';
import { findSuspects } from './fit/suspects.ts';
import type { TrainedHead } from './fit/train-head.ts';
import type { Mistake, SourceSummary, TrainingRecord } from './record.ts';

export interface TrainingFacts {
  readonly trained: TrainedHead;
  readonly sight: BackboneSight;
  /** Judgements of each fold of the cross-validation. */
  readonly folds: readonly (readonly JudgedSample[])[] | null;
  readonly points: readonly CurvePoint[] | null;
  readonly sources: readonly TrainingSource[];
  readonly samples: readonly Sample[];
  readonly findings: readonly Finding[];
  readonly dataSha256: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  readonly seconds: Readonly<Record<string, number>>;
}

/** So many are listed and shown. */
const WORST = 24;
/** What the learning curve looks ahead to. */
const MORE_PHOTOS = 50;

export function describeTraining(
  job: TrainingJob,
  facts: TrainingFacts,
): { head: HeadBundle; record: TrainingRecord } {
  const { trained, folds, sources, samples } = facts;
  // Every picture was judged where there are folds, else only what was held out.
  const judged = folds?.flat() ?? trained.held;
  const head = named(trained.head, job, facts.dataSha256);
  const { id, activities, thresholds, backbone } = head.manifest;
  const record: TrainingRecord = {
    format: 2,
    head: { id, activities, thresholds, backbone },
    made: {
      at: head.manifest.createdAt,
      command: job.command,
      seed: job.seed,
      recipe: job.recipe,
      versions: facts.versions,
      machine: facts.machine,
      seconds: facts.seconds,
    },
    data: {
      sha256: facts.dataSha256,
      sources: sources.map(source => summaryOf(source, samples, activities)),
      findings: facts.findings,
    },
    samples: {
      fitted: trained.fitted,
      held: trained.held.length,
      heldGroups: trained.heldGroups,
    },
    sight: facts.sight,
    epochs: trained.epochs,
    bestEpoch: trained.bestEpoch,
    held: bySource(trained.held, activities, job.seed),
    folds: folds === null ? null : describeFolds(folds, activities, job.seed),
    curve:
      facts.points === null
        ? null
        : { points: facts.points, next: fitLearningCurve(facts.points, MORE_PHOTOS) },
    mistakes: worstMistakes(judged).map(shown),
    suspects: findSuspects(judged, activities).slice(0, WORST).map(shown),
  };
  return { head, record };
}

function named(head: HeadBundle, { seed, command, now }: TrainingJob, dataSha256: string): HeadBundle {
  const stamp = now.toISOString();
  // Other options give another head of the same data: both belong in its name.
  const mark = createHash('sha256').update(`${dataSha256} ${command} ${head.manifest.backbone.sha256}`);
  return {
    ...head,
    manifest: {
      ...head.manifest,
      id: `${stamp.slice(0, 16).replace(':', '-')}Z-${mark.digest('hex').slice(0, 4)}`,
      createdAt: stamp,
      training: { parent: null, seed, dataSha256, command },
    },
  };
}

function bySource(
  judged: readonly JudgedSample[],
  activities: readonly string[],
  seed: number,
): Record<string, Evaluation> {
  const sources = [...new Set(judged.map(({ source }) => source))];
  const own = sources.map(name => {
    const part = judged.filter(({ source }) => source === name);
    return [name, evaluate(part, activities, seed)] as const;
  });
  // Last, so that no folder of that name takes its place.
  return { ...Object.fromEntries(own), all: evaluate(judged, activities, seed) };
}

function describeFolds(
  folds: readonly (readonly JudgedSample[])[],
  activities: readonly string[],
  seed: number,
): TrainingRecord['folds'] {
  return {
    count: folds.length,
    pooled: bySource(folds.flat(), activities, seed),
    each: folds.map(fold => {
      const { pictures, accuracy, balancedAccuracy, activityAccuracy } = evaluate(fold, activities, seed);
      return { pictures, accuracy, balancedAccuracy, activityAccuracy };
    }),
  };
}

function summaryOf(
  { name, pictures }: TrainingSource,
  samples: readonly Sample[],
  activities: readonly string[],
): SourceSummary {
  const own = samples.filter(({ source, augmented }) => source === name && !augmented);
  // A photo is one picture however often it is looked at.
  const things = new Map(own.map(sample => [`${sample.file}\n${sample.part}`, sample]));
  const count = (holds: (sample: Sample) => boolean) => [...things.values()].filter(holds).length;
  const present = labelsInOrder(activities).map((activity): [string, number] => [
    activity,
    count(({ labels }) => labels[activities.indexOf(activity)] === 1),
  ]);
  const none = count(({ labels }) => labels.every(label => label === 0));
  return {
    name,
    files: pictures.length,
    groups: new Set(own.map(({ group }) => group)).size,
    classes: Object.fromEntries([...present, [NONE, none]]),
  };
}

/** Those of which the head was most sure. */
function worstMistakes(judged: readonly JudgedSample[]): JudgedSample[] {
  const sureness = ({ truth, scores }: JudgedSample) =>
    Math.max(...Object.entries(scores).map(([name, score]) => (truth.includes(name) ? 1 - score : score)));
  return judged
    .filter(each => !isRight(each))
    .sort((a, b) => sureness(b) - sureness(a))
    .slice(0, WORST);
}

function shown({ part: _, ...mistake }: JudgedSample): Mistake {
  return mistake;
}

export interface TrainingJob {
  readonly folders: readonly string[];
  readonly recipe: RecipeName;
  /** The recipe's values, some perhaps changed. */
  readonly options: Recipe;
  readonly seed: number;
  /** Share of the samples held out to calibrate and measure, 0..1. */
  readonly validation: number;
  /** Groups to hold back instead of a share. */
  readonly heldGroups?: ReadonlySet<string>;
  /** Thresholds reach this precision where they can; null for the best F1. */
  readonly precision: number | null;
  /** Folds of a cross-validation; 0 for none. */
  readonly folds: number;
  readonly curve: boolean;
  /** Folder of kept embeddings; null embeds all anew. */
  readonly cache: string | null;
  /** What the backbone was trained on; without it nothing is known of that. */
  readonly seen?: SeenPictures;
  readonly command: string;
  readonly now: Date;
}
