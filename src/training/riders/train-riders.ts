/** Trains a head that finds riders in frames: crops, cells, folds of cameras, calibration on frames never fitted to. */

import type { HeadBundle } from '../../activity/head-bundle.ts';
import { packageVersion } from '../../base/version.ts';
import { messageOf } from '../../errors.ts';
import type { BaseSet } from '../../learning/retrain/types.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import { type BackboneSight, sightOf, UNRECORDED } from '../backbone-sight.ts';
import type { Finding } from '../data/findings.ts';
import { type PhaseHooks, startPhases } from '../phases.ts';
import { machineName } from '../train.ts';
import { baseOfRows, foundPlaces } from './base.ts';
import { checkedMaterial, hashOf } from './data/checked-material.ts';
import type { Material } from './data/material.ts';
import { openPictures } from './data/pictures.ts';
import { describeRiders, type RidersJob } from './describe.ts';
import { type FittedEpoch, fitCells } from './fit/fit-cells.ts';
import { foldMaterial } from './folds.ts';
import { choosePerCamera, judgeByFolds, judgeElsewhere, readAll } from './judge/judge-cameras.ts';
import { type JudgedFrame, placeCalibration } from './judge/place-calibration.ts';
import { outputsFrom } from './outputs.ts';
import type { RidersRecord } from './record.ts';
import { gather, type RidersPhase, type Work, withCells } from './work.ts';

export interface TrainedRiders {
  readonly head: HeadBundle;
  readonly record: RidersRecord;
  readonly base: BaseSet;
}

/** Frames of each camera whose strongest places go into the base set. */
const FOUND_FRAMES = 8;

/** @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`, `training-impossible`, `engine-unavailable` */
export async function trainRiders(
  job: RidersJob,
  bundle: BackboneBundle,
  hooks: PhaseHooks<RidersPhase>,
): Promise<TrainedRiders> {
  const phases = startPhases(hooks);
  const { material, findings } = await phases.run('checking', () => checkedMaterial(job, hooks.onProgress));
  const outputs = outputsFrom(material);
  const unread: Finding[] = [];
  const onSkip = (path: string, reason: unknown) => {
    if (unread.some(({ files }) => files[0] === path)) return;
    unread.push({ kind: 'unreadable', files: [path], message: messageOf(reason), leftOut: [path] });
  };
  const work: Work = { job, outputs, hooks, phases, onSkip, pictures: openPictures() };
  const elsewhere = job.judge === null ? null : await judgeElsewhere(work, material, job.judge);
  const folds = elsewhere === null ? job.folds : 1;
  const fold = foldMaterial(material, outputs.activities, folds, job.reserve, job.seed);
  const { rows, judgement, runtime } = await withCells(bundle, async reader => {
    const gathered = await gather(work, reader, material, fold.foldOf);
    return {
      rows: gathered,
      judgement: elsewhere ?? (await judgeByFolds(work, reader, material, fold, gathered)),
      runtime: reader.runtime,
    };
  });
  const { judged, curves, epochs } = judgement;
  const fitted = [...Array(rows.count).keys()].filter(row => (rows.folds[row] as number) < fold.count);
  const history = await phases.run('fitting', () => fitCells(rows, fitted, [], job.fit, hooks.onProgress));
  const kept = history[(epochs ?? history.length) - 1] ?? (history.at(-1) as FittedEpoch);
  // Of a judge the vectors are another backbone's, and of folds the places are another head's.
  const found = await withCells(bundle, reader =>
    readAll(work, reader, material, choosePerCamera(material, FOUND_FRAMES), () => kept.weights),
  );
  const described = describeRiders(job, {
    bundle,
    material,
    outputs,
    weights: kept.weights,
    calibration: placeCalibration(judged, outputs),
    frames: judged,
    sight: await sightOfCameras(job, material, judged),
    curves,
    epochs: { all: job.fit.epochs, kept: kept.epoch },
    fold,
    rows: { all: rows.count, fitted: fitted.length },
    findings: [...findings, ...unread],
    dataSha256: await hashOf(material),
    versions: { surfwatch: packageVersion(), node: process.versions.node, cells: runtime },
    machine: machineName(),
    seconds: phases.seconds,
  });
  const base = baseOfRows(rows, material, fold.reserved, bundle.manifest.weights.sha256, job.seed);
  return { ...described, base: { ...base, found: foundPlaces(found, outputs.all) } };
}

/** On the backbone that they were judged on. */
function sightOfCameras(
  { judge, seen }: Pick<RidersJob, 'judge' | 'seen'>,
  material: readonly Material[],
  judged: readonly Pick<JudgedFrame, 'material'>[],
): Promise<BackboneSight> {
  return sightOf(
    (judge === null ? seen : judge.seen) ?? UNRECORDED,
    material.map(({ path, camera }) => ({ path, group: camera })),
    new Set(judged.map(({ material: { camera } }) => camera)),
  );
}
