/** One training: fit to most groups, calibrate and judge on the others, then fit once more to all. */
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { SurfwatchError } from '../../errors.ts';
import type { BackboneManifest } from '../../vision/bundle.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { type EmbeddedSet, selectRows } from '../embedding/sample.ts';
import type { EpochRecord } from '../record.ts';
import { chooseOutputs, judgeCrossFitted, withOutputs } from './calibrate-head.ts';
import { type FitOptions, fitHead } from './fit-head.ts';
import type { FittedHead } from './head-model.ts';
import { type JudgedSample, judgeSet } from './judge-set.ts';
import { lossOf, thinnedSet } from './loss.ts';
import { isRight } from './metrics.ts';
import { scoredBy } from './scored-set.ts';
import { heldBackGroups } from './split.ts';

export interface TrainOptions extends FitOptions {
  readonly activities: readonly string[];
  /** Share of the samples held back to calibrate and measure, 0..1. */
  readonly validation: number;
  /** Groups to hold back instead of a share. */
  readonly heldGroups?: ReadonlySet<string>;
  /** Whether probabilities are calibrated and thresholds chosen on the held-back part, or left at 0.5. */
  readonly calibrated: boolean;
  /** Thresholds reach this precision where they can; null for the best F1. */
  readonly precision: number | null;
  /** Fit once more on everything, with the calibration found on the held-back part. */
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
  /** The held-back part as the head judged it before it was fitted to that too; see {@link judgeCrossFitted}. */
  readonly held: readonly JudgedSample[];
}

export interface TrainHooks {
  /** Share of the work that is done, 0..1. */
  readonly onProgress?: (done: number) => void;
}

/** @throws SurfwatchError `training-impossible` */
export async function trainHead(
  tf: Tensorflow,
  set: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
  hooks: TrainHooks = {},
): Promise<TrainedHead> {
  const groups = options.heldGroups ?? heldBackGroups(set.samples, options.validation, options.seed);
  const fitting = selectRows(set, ({ group }) => !groups.has(group));
  const heldBack = selectRows(set, ({ group }) => groups.has(group));
  checkEnough(fitting, heldBack, options.activities);

  const epochs: EpochRecord[] = [];
  const watch = watcher(fitting, heldBack, backbone, options);
  const passes = options.refit ? 2 : 1;
  const first = await fitHead(tf, fitting, options, {
    onStep: done => hooks.onProgress?.(done / passes),
    onEpoch: ({ epoch, loss, weights }) => {
      const record = { epoch, loss, ...watch(weights) };
      epochs.push(record);
      return record.heldLoss;
    },
  });
  const plain = bundleOf(first.weights, backbone, options);
  const scored = scoredBy(plain, heldBack);
  const head = options.calibrated ? withOutputs(plain, chooseOutputs(scored, options)) : plain;
  const result = {
    epochs,
    bestEpoch: first.epoch,
    fitted: fitting.samples.length,
    heldGroups: [...groups].sort(),
    held: options.calibrated ? judgeCrossFitted(scored, options) : judgeSet(plain, heldBack),
  };
  if (!options.refit) return { ...result, head };
  // As many epochs as were best, on everything.
  const whole = { ...options, epochs: first.epoch, patience: 0 };
  const again = await fitHead(tf, set, whole, { onStep: done => hooks.onProgress?.((1 + done) / passes) });
  return { ...result, head: { ...head, ...again.weights } };
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
      [heldBack, 'held back to measure with'],
    ] as const) {
      if (part.samples.some(({ labels, augmented }) => labels[index] === 1 && !augmented)) continue;
      throw new SurfwatchError(
        'training-impossible',
        `there is no picture of ${activity} ${what}: it needs pictures of two sources or more`,
      );
    }
  }
}
