/** What is known of a training when it is over: `metrics.json`, from which the report and the model card are drawn. */

import type { Evaluation } from '../learning/fit/evaluation.ts';
import type { LearningCurve } from '../learning/fit/learning-curve-fit.ts';
import type { BackboneSight } from './backbone-sight.ts';
import type { Finding } from './data/findings.ts';

/** How a head was made. */
export interface Made {
  /** ISO 8601. */
  readonly at: string;
  readonly command: string;
  readonly seed: number;
  /** Versions of surfwatch, Node.js, the engine that embedded and the one that fitted. */
  readonly versions: Readonly<Record<string, string>>;
  /** Processor and number of cores. */
  readonly machine: string;
  /** Seconds of each step. */
  readonly seconds: Readonly<Record<string, number>>;
}

export interface TrainingRecord {
  readonly format: 2;
  readonly head: {
    readonly id: string;
    readonly activities: readonly string[];
    readonly thresholds: Readonly<Record<string, number>>;
    readonly backbone: { readonly id: string; readonly sha256: string };
  };
  readonly made: Made & { readonly recipe: string };
  readonly data: {
    /** SHA-256 of labels, groups and pictures. */
    readonly sha256: string;
    readonly sources: readonly SourceSummary[];
    /** What the checks found, and which files they left out. */
    readonly findings: readonly Finding[];
  };
  readonly samples: {
    readonly fitted: number;
    readonly held: number;
    readonly heldGroups: readonly string[];
  };
  /** Which of the groups that judge the backbone has seen. */
  readonly sight: BackboneSight;
  readonly epochs: readonly EpochRecord[];
  /** The epoch whose weights were kept, from 1. */
  readonly bestEpoch: number;
  /** On the held-out groups, by source: `all` when they are taken together. Augmented views are left out. */
  readonly held: Readonly<Record<string, Evaluation>>;
  /** Group cross-validation, where `--folds` asked for it. */
  readonly folds: FoldsRecord | null;
  readonly curve: LearningCurve | null;
  /** Held-out pictures on which the head is most surely wrong, worst first. */
  readonly mistakes: readonly Mistake[];
  /** Pictures whose label heads that never saw them surely contradict: perhaps mislabelled. Worst first. */
  readonly suspects: readonly Mistake[];
}

export interface SourceSummary {
  readonly name: string;
  readonly files: number;
  readonly groups: number;
  /** Files that show each activity, and `none`. */
  readonly classes: Readonly<Record<string, number>>;
}

export interface EpochRecord {
  readonly epoch: number;
  /** Mean binary cross-entropy over the epoch's batches. */
  readonly loss: number;
  readonly accuracy: number;
  readonly heldLoss: number;
  readonly heldAccuracy: number;
}

export interface FoldsRecord {
  readonly count: number;
  /** All held-out predictions together, by source and `all`. */
  readonly pooled: Readonly<Record<string, Evaluation>>;
  /** Each fold by itself, on all sources. */
  readonly each: readonly {
    readonly pictures: number;
    readonly accuracy: number;
    readonly balancedAccuracy: number;
    readonly activityAccuracy: number | null;
  }[];
}

export interface Mistake {
  /** Path of the picture. */
  readonly file: string;
  readonly source: string;
  readonly group: string;
  readonly truth: readonly string[];
  readonly found: readonly string[];
  readonly scores: Readonly<Record<string, number>>;
}
