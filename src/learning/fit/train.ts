/** The plain method: fit on 80 % of the groups, calibrate and measure on the rest, write a head bundle. */
import { createHash } from 'node:crypto';
import { headLogits, scoreEmbeddings } from '../../activity/head.ts';
import type { HeadBundle, HeadManifest } from '../../activity/head-bundle.ts';
import { presentActivities, scoresOf } from '../../activity/scores.ts';
import { SurfwatchError } from '../../errors.ts';
import type { BackboneManifest } from '../../vision/bundle.ts';
import type { Tensorflow } from '../../vision/engines/tensorflow.ts';
import { type EmbeddedSet, selectRows } from '../embedding/sample.ts';
import { bestThreshold, type Calibration, fitCalibration } from './calibrate.ts';
import { type Epoch, type FitOptions, type FittedHead, fitHead } from './fit-head.ts';
import { type Metrics, measure } from './metrics.ts';
import { heldBackGroups } from './split.ts';
import { samplingWeights } from './weights.ts';

export interface TrainOptions extends FitOptions {
  readonly activities: readonly string[];
  /** Share of the samples held back to calibrate and measure, 0..1. */
  readonly validation: number;
  /** Fit once more on everything, with the calibration found on the held-back part. */
  readonly refit: boolean;
  readonly command: string;
  readonly now: Date;
}

export interface TrainResult {
  readonly head: HeadBundle;
  readonly report: TrainReport;
}

/** What the metrics file holds. */
export interface TrainReport {
  readonly seed: number;
  readonly command: string;
  readonly samples: {
    readonly fitted: number;
    readonly held: number;
    readonly heldGroups: readonly string[];
  };
  readonly epochs: readonly Epoch[];
  /** On the held-back groups, augmented views left out, by source. */
  readonly held: Readonly<Record<string, Metrics>>;
}

/** @throws SurfwatchError `training-impossible` */
export async function trainHead(
  tf: Tensorflow,
  set: EmbeddedSet,
  backbone: BackboneManifest,
  options: TrainOptions,
  onEpoch: (epoch: Epoch) => void,
): Promise<TrainResult> {
  const held = heldBackGroups(set.samples, options.validation, options.seed);
  const fitting = selectRows(set, sample => !held.has(sample.group));
  const heldBack = selectRows(set, sample => held.has(sample.group));
  const measuring = selectRows(heldBack, sample => !sample.augmented);
  checkEnough(fitting, measuring, options.activities);

  const epochs: Epoch[] = [];
  const fitted = await fitHead(tf, fitting, options, epoch => {
    epochs.push(epoch);
    onEpoch(epoch);
  });
  const plain = describeHead(fitted, backbone, options, set);
  const { calibration, thresholds } = calibrate(plain, heldBack);
  const judged = { ...plain, manifest: { ...plain.manifest, calibration, thresholds } };
  const report: TrainReport = {
    seed: options.seed,
    command: options.command,
    samples: { fitted: fitting.samples.length, held: measuring.samples.length, heldGroups: [...held].sort() },
    epochs,
    held: measureBySource(judged, measuring),
  };
  if (!options.refit) return { head: judged, report };
  return { head: { ...judged, ...(await fitHead(tf, set, options, onEpoch)) }, report };
}

/** Metrics of a head on each source of a set, and on all together. */
function measureBySource(head: HeadBundle, set: EmbeddedSet): Record<string, Metrics> {
  const { activities, thresholds } = head.manifest;
  const probabilities = scoreEmbeddings(head, set.embeddings, set.samples.length);
  const predictions = set.samples.map(({ labels, source }, row) => {
    const scores = scoresOf(head.manifest, probabilities, row);
    const truth = activities.filter((_, index) => labels[index] === 1);
    return { source, prediction: { truth, found: presentActivities(scores, thresholds), scores } };
  });
  const sources = [...new Set(predictions.map(({ source }) => source))];
  const bySource = sources.map(name => {
    const own = predictions.filter(({ source }) => source === name).map(({ prediction }) => prediction);
    return [name, measure(own, activities)] as const;
  });
  return Object.fromEntries(bySource);
}

/** On changed views too: on a camera nobody has seen the head is less sure than on photos the backbone knows. */
function calibrate(head: HeadBundle, set: EmbeddedSet) {
  const { activities } = head.manifest;
  const logits = headLogits(head, set.embeddings, set.samples.length);
  const weights = [...samplingWeights(set.samples)].map(weight => weight * set.samples.length);
  const calibration: Calibration[] = [];
  const thresholds: Record<string, number> = {};
  for (const [index, activity] of activities.entries()) {
    const column = set.samples.map((_, row) => logits[row * activities.length + index] as number);
    const labels = set.samples.map(sample => sample.labels[index] as number);
    const fitted = fitCalibration(column, labels, weights);
    const probabilities = column.map(logit => 1 / (1 + Math.exp(-(fitted.slope * logit + fitted.intercept))));
    calibration.push(fitted);
    thresholds[activity] = Number(bestThreshold(probabilities, labels, weights).toFixed(3));
  }
  return { calibration, thresholds };
}

function describeHead(
  fitted: FittedHead,
  backbone: BackboneManifest,
  options: TrainOptions,
  set: EmbeddedSet,
): HeadBundle {
  const dataSha256 = hashData(set);
  const stamp = options.now.toISOString();
  const manifest: HeadManifest = {
    format: 1,
    id: `${stamp.slice(0, 16).replace(':', '-')}Z-${dataSha256.slice(0, 4)}`,
    createdAt: stamp,
    activities: [...options.activities],
    width: set.width,
    hidden: options.hidden,
    backbone: { id: backbone.id, sha256: backbone.weights.sha256 },
    calibration: options.activities.map(() => ({ slope: 1, intercept: 0 })),
    thresholds: Object.fromEntries(options.activities.map(activity => [activity, 0.5])),
    weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
    training: { parent: null, seed: options.seed, dataSha256, command: options.command },
  };
  return { manifest, ...fitted };
}

/** Of labels and embeddings: any change of a photo, of its label or of the backbone changes it. */
function hashData(set: EmbeddedSet): string {
  const hash = createHash('sha256');
  for (const { labels, group, augmented } of set.samples)
    hash.update(`${labels.join('')} ${augmented} ${group}\n`);
  const { buffer, byteOffset, byteLength } = set.embeddings;
  return hash.update(new Uint8Array(buffer, byteOffset, byteLength)).digest('hex');
}

function checkEnough(fitting: EmbeddedSet, measuring: EmbeddedSet, activities: readonly string[]): void {
  for (const [index, activity] of activities.entries()) {
    for (const [part, what] of [
      [fitting, 'to fit with'],
      [measuring, 'held back to measure with'],
    ] as const) {
      if (part.samples.some(({ labels }) => labels[index] === 1)) continue;
      throw new SurfwatchError('training-impossible', `there is no picture of ${activity} ${what}`);
    }
  }
}
