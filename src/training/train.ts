/** A whole training: check the pictures, embed them, cross-validate, fit, and say what is known of the head. */

import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import type { HeadBundle } from '../activity/head-bundle.ts';
import { labelsInOrder } from '../base/activities.ts';
import { packageVersion } from '../base/version.ts';
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
import { type PhaseHooks, startPhases } from './phases.ts';
import type { TrainingRecord } from './record.ts';

export type PicturesPhase = 'checking' | 'reading' | 'folds' | 'fitting' | 'curve';

type Hooks = PhaseHooks<PicturesPhase>;

/** @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`, `training-impossible`, `engine-unavailable` */
export async function train(
  job: TrainingJob,
  bundle: BackboneBundle,
  hooks: Hooks,
): Promise<{ head: HeadBundle; record: TrainingRecord }> {
  const phases = startPhases(hooks);
  const { sources, findings } = await phases.run('checking', () => checkedSources(job.folders, hooks));
  const activities = labelsInOrder(sources.flatMap(source => source.activities));
  const unread: Finding[] = [];
  const embedded = await phases.run('reading', () =>
    embedAll(job, bundle, sources, activities, unread, hooks),
  );
  const { seed, validation, precision } = job;
  const { set } = embedded;
  const options = {
    ...job.options,
    activities,
    seed,
    validation,
    precision,
    ...(job.heldGroups === undefined ? {} : { heldGroups: job.heldGroups }),
  };
  const folds =
    job.folds === 0
      ? null
      : await phases.run('folds', () =>
          // Its heads are thrown away: every picture may be judged.
          crossValidate(set, bundle.manifest, options, job.folds, hooks.onProgress),
        );
  const trained = await phases.run('fitting', () =>
    trainHead(set, bundle.manifest, options, { onProgress: hooks.onProgress }),
  );
  const points = job.curve
    ? await phases.run('curve', () => measureLearningCurve(set, bundle.manifest, options, hooks.onProgress))
    : null;
  const judged = folds === null ? trained.heldGroups : set.samples.map(({ group }) => group);
  const sight = await sightOf(
    job.seen ?? UNRECORDED,
    sources.flatMap(({ pictures }) => pictures),
    new Set(judged),
  );
  return describeTraining(job, {
    trained,
    sight,
    folds,
    points,
    sources,
    samples: set.samples,
    findings: [...findings, ...unread],
    dataSha256: embedded.dataSha256,
    versions: {
      surfwatch: packageVersion(),
      node: process.versions.node,
      embedding: embedded.runtime,
    },
    machine: machineName(),
    seconds: phases.seconds,
  });
}

export function machineName(): string {
  return `${cpus()[0]?.model.trim() || 'unknown processor'}, ${availableParallelism()} cores`;
}

/** The sources without what the checks leave out, near-duplicates in one group. */
export async function checkedSources(
  folders: readonly string[],
  { onProgress }: Pick<Hooks, 'onProgress'>,
): Promise<{ sources: TrainingSource[]; findings: readonly Finding[] }> {
  const { findings, leftOut, cluster } = await checkSources(folders, {
    onFile: (done, total) => onProgress(done / total),
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
  { onProgress }: Hooks,
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
