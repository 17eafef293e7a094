/** A whole training: check the pictures, embed them, cross-validate, fit, and say what is known of the head. */

import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import type { HeadBundle } from '../activity/head-bundle.ts';
import { labelsInOrder } from '../base/activities.ts';
import { packageVersion } from '../base/version.ts';
import { chooseBase } from '../learning/base/choose-base.ts';
import { reservedGroups } from '../learning/base/reserve.ts';
import { selectRows } from '../learning/fit/sample.ts';
import type { BaseSet } from '../learning/retrain/types.ts';
import type { BackboneBundle } from '../vision/bundle.ts';
import { createBackbone } from '../vision/engines/create.ts';
import { sightOf, UNRECORDED } from './backbone-sight.ts';
import { checkSources } from './data/check.ts';
import type { Finding } from './data/findings.ts';
import { joinGroups } from './data/join-groups.ts';
import { describeTraining, type TrainingJob } from './describe-training.ts';
import { openCache } from './embedding/cache.ts';
import { embedSources } from './embedding/embed-sources.ts';
import { narrowed, openSource, type TrainingSource } from './embedding/source.ts';
import { crossValidate } from './fit/cross-validate.ts';
import { measureLearningCurve } from './fit/measure-curve.ts';
import { trainHead } from './fit/train-head.ts';
import type { TrainingRecord } from './record.ts';

export type TrainingPhase = 'checking' | 'reading' | 'folds' | 'fitting' | 'curve';

export interface TrainingHooks {
  /** A phase begins; `files` tells how many there are to read, where it reads. */
  readonly onPhase: (phase: TrainingPhase) => void;
  /** Share of the phase that is done, 0..1. */
  readonly onProgress: (done: number) => void;
}

export interface Training {
  readonly head: HeadBundle;
  readonly record: TrainingRecord;
  /** What a board goes on learning with; its held groups are the reserved ones. */
  readonly base: BaseSet;
}

/** @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`, `training-impossible`, `engine-unavailable` */
export async function train(
  job: TrainingJob,
  bundle: BackboneBundle,
  hooks: TrainingHooks,
): Promise<Training> {
  const seconds: Record<string, number> = {};
  const timed = async <T>(phase: TrainingPhase, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    hooks.onPhase(phase);
    const result = await work();
    seconds[phase] = Number(((performance.now() - start) / 1000).toFixed(2));
    return result;
  };

  const { sources, findings } = await timed('checking', () => checkedSources(job.folders, hooks));
  const activities = labelsInOrder(sources.flatMap(source => source.activities));
  const unread: Finding[] = [];
  const embedded = await timed('reading', () => embedAll(job, bundle, sources, activities, unread, hooks));
  const { seed, validation, precision } = job;
  const { samples } = embedded.set;
  const reserved = reservedGroups(samples, job.reserve, seed, job.heldGroups);
  const set =
    reserved.size === 0 ? embedded.set : selectRows(embedded.set, ({ group }) => !reserved.has(group));
  const heldGroups = job.heldGroups && new Set([...job.heldGroups].filter(group => !reserved.has(group)));

  const options = {
    ...job.options,
    activities,
    seed,
    validation,
    precision,
    ...(heldGroups === undefined ? {} : { heldGroups }),
  };
  const folds =
    job.folds === 0
      ? null
      : await timed('folds', () =>
          // Its heads are thrown away: every picture may be judged.
          crossValidate(embedded.set, bundle.manifest, options, job.folds, hooks.onProgress),
        );
  const trained = await timed('fitting', () =>
    trainHead(set, bundle.manifest, options, { onProgress: hooks.onProgress }),
  );
  const points = job.curve
    ? await timed('curve', () => measureLearningCurve(set, bundle.manifest, options, hooks.onProgress))
    : null;
  const judged = folds === null ? trained.heldGroups : samples.map(({ group }) => group);
  const sight = await sightOf(
    job.seen ?? UNRECORDED,
    sources.flatMap(({ pictures }) => pictures),
    new Set(judged),
  );
  const described = describeTraining(job, {
    trained,
    sight,
    reserved,
    folds,
    points,
    sources,
    samples,
    findings: [...findings, ...unread],
    dataSha256: embedded.dataSha256,
    versions: {
      surfwatch: packageVersion(),
      node: process.versions.node,
      embedding: embedded.runtime,
    },
    machine: machineName(),
    seconds,
  });
  const chosen = chooseBase(embedded.set, { held: reserved, max: BASE_SAMPLES, seed });
  return {
    ...described,
    base: { activities, backbone: bundle.manifest.weights.sha256, set: chosen, held: reserved },
  };
}

/** In half precision 8 MB beside the head, on the board 15 MB while it retrains. */
const BASE_SAMPLES = 3000;

export function machineName(): string {
  return `${cpus()[0]?.model.trim() || 'unknown processor'}, ${availableParallelism()} cores`;
}

/** The sources without what the checks leave out, near-duplicates in one group. */
export async function checkedSources(
  folders: readonly string[],
  { onProgress }: Pick<TrainingHooks, 'onProgress'>,
): Promise<{ sources: TrainingSource[]; findings: readonly Finding[] }> {
  let total = 1;
  let done = 0;
  const { findings, leftOut, cluster } = await checkSources(folders, {
    onTotal: files => {
      total = files;
    },
    onFile: () => onProgress(++done / total),
  });
  const opened = await Promise.all(folders.map(openSource));
  const groups = joinGroups(
    opened.flatMap(({ pictures }) => pictures),
    cluster,
  );
  return { sources: opened.map(source => narrowed(source, leftOut, groups)), findings };
}

async function embedAll(
  job: TrainingJob,
  bundle: BackboneBundle,
  sources: readonly TrainingSource[],
  activities: readonly string[],
  unread: Finding[],
  { onProgress }: TrainingHooks,
) {
  const { backbone } = await createBackbone(bundle, { engine: 'auto', threads: availableParallelism() });
  const total = sources.reduce((sum, { pictures }) => sum + pictures.length, 0);
  let read = 0;
  const { changed, middle } = job.options;
  const cache = job.cache === null ? null : openCache(join(job.cache, 'embeddings'));
  const input = bundle.manifest.input.size;
  try {
    const embedded = await embedSources(
      backbone,
      sources,
      { activities, input, changed, middle, seed: job.seed, cache },
      {
        onSkip: (file, reason) =>
          unread.push({ kind: 'unreadable', files: [file], message: reason, leftOut: [file] }),
        onRead: () => onProgress(++read / total),
      },
    );
    return { ...embedded, runtime: backbone.runtime };
  } finally {
    await backbone.close();
  }
}
