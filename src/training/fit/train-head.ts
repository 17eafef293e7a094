/** One training: fit to most groups, calibrate and judge on the others, then fit once more to all. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { type HeadInput, prepareEmbeddings } from '../../activity/head-input.ts';
import { SurfwatchError } from '../../errors.ts';
import { chooseOutputs, judgeCrossFitted, withOutputs } from '../../learning/fit/calibrate-head.ts';
import type { FittedHead } from '../../learning/fit/head-trainer.ts';
import { type JudgedSample, judgeScored, judgeSet } from '../../learning/fit/judge-set.ts';
import { lossOf, thinnedSet } from '../../learning/fit/loss.ts';
import { isRight } from '../../learning/fit/metrics.ts';
import { type EmbeddedSet, selectRows } from '../../learning/fit/sample.ts';
import { joinScored, type Outputs, type ScoredSet, scoredBy } from '../../learning/fit/scored-set.ts';
import { heldBackGroups } from '../../learning/fit/split.ts';
import type { BackboneManifest } from '../../vision/bundle.ts';
import type { EpochRecord } from '../record.ts';
import { scoreByOthers } from './cross-fit.ts';
import { fitSet, type SetFitOptions } from './fit-set.ts';
import { foldsOf } from './folds.ts';

export interface TrainOptions extends SetFitOptions {
  readonly activities: readonly string[];
  /** Share of the samples held out to calibrate and measure, 0..1. */
  readonly validation: number;
  /** Groups to hold back instead of a share. */
  readonly heldGroups?: ReadonlySet<string>;
  /** Whether probabilities are calibrated and thresholds chosen on the held-out part, or left at 0.5. */
  readonly calibrated: boolean;
  /** Thresholds reach this precision where they can; null for the best F1. */
  readonly precision: number | null;
  /**
   * Into so many parts of whole groups the samples are divided to calibrate: each is scored by a head fitted to the
   * others, which costs a fit each. 1, and wherever `heldGroups` are given: by the held-out part alone.
   */
  readonly calibrationFolds?: number;
  /** What is done to embeddings before they are fitted to; missing for nothing. */
  readonly input?: HeadInput | undefined;
  /** Fit once more on everything, with the calibration found on the held-out part. */
  readonly refit: boolean;
}

export interface TrainedHead {
  /** Its id, hash and command are still to be filled in. */
  readonly head: HeadBundle;
  readonly epochs: readonly EpochRecord[];
  readonly bestEpoch: number;
  /** Samples that the head was fitted to when it was judged. */
  readonly fitted: number;
  readonly heldGroups: readonly string[];
  /**
   * The held-out part as the head judged it before it was fitted to that too, by a calibration
   * and thresholds that were not chosen on it.
   */
  readonly held: readonly JudgedSample[];
}

export interface TrainHooks {
  /** Fraction of the work that is done, 0..1. */
  readonly onProgress?: (done: number) => void;
}

/** @throws SurfwatchError `training-impossible` */
export async function trainHead(
  set: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
  hooks: TrainHooks = {},
): Promise<TrainedHead> {
  const { input } = options;
  // All heads here are given what is prepared once; only the one that is handed out prepares it by itself.
  const prepared = { ...set, embeddings: prepareEmbeddings(set.embeddings, input) };
  const { head, ...result } = await trainPrepared(prepared, backbone, options, hooks);
  if (input === undefined) return { ...result, head };
  return { ...result, head: { ...head, manifest: { ...head.manifest, input } } };
}

async function trainPrepared(
  set: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
  hooks: TrainHooks,
): Promise<TrainedHead> {
  const groups = options.heldGroups ?? heldBackGroups(set.samples, options.validation, options.seed);
  const fitting = selectRows(set, ({ group }) => !groups.has(group));
  const heldBack = selectRows(set, ({ group }) => groups.has(group));
  checkEnough(fitting, heldBack, options.activities);

  const epochs: EpochRecord[] = [];
  const watch = watcher(fitting, heldBack, backbone, options);
  const folds = calibrationFolds(fitting, options);
  const passes = 1 + folds.length + (options.refit ? 1 : 0);
  const onProgress = (done: number) => hooks.onProgress?.(done / passes);
  const first = await fitSet(fitting, options, {
    onStep: onProgress,
    onEpoch: ({ epoch, loss, weights }) => {
      const record = { epoch, loss, ...watch(weights) };
      epochs.push(record);
      return record.heldLoss;
    },
  });
  // As many epochs as were best.
  const whole = { ...options, epochs: first.epoch, patience: 0 };
  const plain = bundleOf(first.weights, backbone, options);
  const others = await scoreByOthers(set, folds, {
    ...whole,
    bundleOf: weights => bundleOf(weights, backbone, options),
    onProgress: done => onProgress(1 + done * folds.length),
  });
  const { outputs, held } = judged(plain, scoredBy(plain, heldBack), others, options);
  const result = {
    epochs,
    bestEpoch: first.epoch,
    fitted: fitting.samples.length,
    heldGroups: [...groups].sort(),
    held,
  };
  const head = withOutputs(plain, outputs);
  if (!options.refit) return { ...result, head };
  const again = await fitSet(set, whole, { onStep: done => onProgress(1 + folds.length + done) });
  return { ...result, head: { ...head, ...again.weights } };
}

/** Parts of what is fitted to, which with the part held out make up all that is calibrated on. */
function calibrationFolds(
  { samples }: EmbeddedSet,
  { calibrated, calibrationFolds: count = 1, heldGroups, seed }: TrainOptions,
): Set<string>[] {
  // Held-out groups are given where nothing else is new to the backbone.
  if (!calibrated || heldGroups !== undefined || count < 2) return [];
  return foldsOf(samples, count - 1, seed).filter(({ size }) => size > 0);
}

/** @param others what is not held out, scored by heads that did not see it; perhaps nothing */
function judged(
  { manifest }: HeadBundle,
  heldBack: ScoredSet,
  others: ScoredSet,
  options: TrainOptions,
): { outputs: Outputs; held: JudgedSample[] } {
  const { activities, calibrated } = options;
  if (!calibrated) return { outputs: manifest, held: judgeScored(heldBack, manifest, activities) };
  const outputs = chooseOutputs(joinScored([heldBack, others]), options);
  if (others.samples.length === 0) return { outputs, held: judgeCrossFitted(heldBack, options) };
  return { outputs, held: judgeScored(heldBack, chooseOutputs(others, options), activities) };
}

/** A head of these weights that calls present what is at least as likely as not. */
function bundleOf(
  weights: FittedHead,
  backbone: BackboneManifest,
  { activities, hidden, seed }: TrainOptions,
): HeadBundle {
  return {
    ...weights,
    manifest: {
      format: 1,
      id: 'new',
      createdAt: new Date(0).toISOString(),
      activities: [...activities],
      width: backbone.width,
      hidden,
      backbone: { id: backbone.id, sha256: backbone.weights.sha256 },
      calibration: activities.map(() => ({ slope: 1, intercept: 0 })),
      thresholds: Object.fromEntries(activities.map(activity => [activity, 0.5])),
      weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
      training: { parent: null, seed, dataSha256: '0'.repeat(64), command: '' },
    },
  };
}

/** Judgements that are looked at after each epoch: enough to see where it goes. */
const WATCHED = 1_500;

/** Measures both parts as they are, without calibration. */
function watcher(
  fitting: EmbeddedSet,
  heldBack: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
): (weights: FittedHead) => Omit<EpochRecord, 'epoch' | 'loss'> {
  const [own, held] = [fitting, heldBack].map(part => thinnedSet(part, WATCHED)) as [
    EmbeddedSet,
    EmbeddedSet,
  ];
  return weights => {
    const head = bundleOf(weights, backbone, options);
    const accuracy = (part: EmbeddedSet) => {
      const judged = judgeSet(head, part);
      return judged.filter(isRight).length / Math.max(1, judged.length);
    };
    return { accuracy: accuracy(own), heldAccuracy: accuracy(held), heldLoss: lossOf(head, held) };
  };
}

function checkEnough(fitting: EmbeddedSet, heldBack: EmbeddedSet, activities: readonly string[]): void {
  if (activities.length === 0) {
    throw new SurfwatchError('training-impossible', 'there is no picture of an activity, only of none');
  }
  for (const [index, activity] of activities.entries()) {
    for (const [part, what] of [
      [fitting, 'to fit with'],
      [heldBack, 'held out to measure with'],
    ] as const) {
      if (part.samples.some(({ labels, augmented }) => labels[index] === 1 && !augmented)) continue;
      throw new SurfwatchError(
        'training-impossible',
        `there is no picture of ${activity} ${what}: it needs pictures of two sources or more`,
      );
    }
  }
}
