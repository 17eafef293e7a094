/** Trains a head that finds riders in frames: crops, cells, folds of cameras, calibration on frames never fitted to. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { packageVersion } from '../../base/version.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import type { FittedHead } from '../../learning/fit/head-model.ts';
import type { BaseSet } from '../../learning/retrain/types.ts';
import type { Backbone } from '../../vision/backbone.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import type { CellEngine } from '../../vision/cells/engine.ts';
import { createBackbone } from '../../vision/engines/create.ts';
import { type BackboneSight, sightOf, UNRECORDED } from '../backbone-sight.ts';
import { checkSources } from '../data/check.ts';
import { listPhotos } from '../data/dataset.ts';
import type { Finding } from '../data/findings.ts';
import { joinGroups } from '../data/join-groups.ts';
import { datasetKind } from '../data/kind.ts';
import { machineName } from '../train.ts';
import { baseOfRows, foundPlaces } from './base.ts';
import { stocksOf } from './crops/stock.ts';
import { listMaterial } from './data/list-material.ts';
import { type Material, ridersIn } from './data/material.ts';
import { openPictures } from './data/pictures.ts';
import { describeRiders, type RidersJob } from './describe.ts';
import { type FittedEpoch, fitCells } from './fit/fit-cells.ts';
import { gatherCells } from './fit/gather.ts';
import type { CellRows } from './fit/rows.ts';
import { type FoldedMaterial, foldMaterial } from './folds.ts';
import { choosePerCamera } from './judge/choose-frames.ts';
import { type JudgedFrame, placeCalibration } from './judge/place-calibration.ts';
import { readWhole } from './judge/read-frame.ts';
import { type Outputs, outputsFrom } from './outputs.ts';
import type { RidersRecord } from './record.ts';

export type RidersPhase = 'checking' | 'cells' | 'folds' | 'judging' | 'fitting';

export interface RidersHooks {
  readonly onPhase: (phase: RidersPhase) => void;
  /** Share of the phase that is done, 0..1. */
  readonly onProgress: (done: number) => void;
}

export interface RidersTraining {
  readonly head: HeadBundle;
  readonly record: RidersRecord;
  readonly base: BaseSet;
}

/** Of each camera, whose strongest places go into the base set. */
const FOUND_FRAMES = 8;

/** @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`, `training-impossible`, `engine-unavailable` */
export async function trainRiders(
  job: RidersJob,
  bundle: BackboneBundle,
  hooks: RidersHooks,
): Promise<RidersTraining> {
  const seconds: Record<string, number> = {};
  const timed = async <T>(phase: RidersPhase, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    hooks.onPhase(phase);
    const result = await work();
    seconds[phase] = Number(((seconds[phase] ?? 0) + (performance.now() - start) / 1000).toFixed(1));
    return result;
  };
  const { material, findings } = await timed('checking', () => checkedMaterial(job, hooks));
  const outputs = outputsFrom(material);
  const unread: Finding[] = [];
  const onSkip = (path: string, reason: unknown) => {
    if (unread.some(({ files }) => files[0] === path)) return;
    unread.push({ kind: 'unreadable', files: [path], message: messageOf(reason), leftOut: [path] });
  };
  const work: Work = { job, outputs, hooks, timed, onSkip, pictures: openPictures() };
  const judged = job.judge === null ? null : await judgeElsewhere(work, material, job.judge);
  const { fold, rows, frames, epochs, runtime } = await withCells(bundle, async (engine, width, backbone) => {
    const folded = foldMaterial(
      material,
      outputs.activities,
      judged === null ? job.folds : 1,
      job.reserve,
      job.seed,
    );
    const gathered = await gather(work, engine, width, material, folded.foldOf);
    if (judged !== null) {
      return { fold: folded, rows: gathered, frames: judged, epochs: null, runtime: backbone.runtime };
    }
    const own = await judgeByFolds(work, engine, width, material, folded, gathered);
    return { fold: folded, rows: gathered, ...own, runtime: backbone.runtime };
  });
  const fitted = [...Array(rows.count).keys()].filter(row => (rows.folds[row] as number) < fold.count);
  const history = await timed('fitting', () => fitCells(rows, fitted, [], job.fit, hooks.onProgress));
  const kept = history[(epochs ?? history.length) - 1] ?? (history.at(-1) as FittedEpoch);
  const calibration = placeCalibration(frames.judged, outputs);
  // Of a judge the vectors are another backbone's, and of folds the places are another head's.
  const found = await withCells(bundle, (engine, width) =>
    readAll(work, engine, width, material, choosePerCamera(material, FOUND_FRAMES), () => kept.weights),
  );
  const described = describeRiders(job, {
    bundle,
    material,
    outputs,
    weights: kept.weights,
    calibration,
    frames: frames.judged,
    sight: await sightOfCameras(job, material, frames.judged),
    curves: frames.curves,
    epochs: { all: job.fit.epochs, kept: kept.epoch },
    fold,
    rows: { all: rows.count, fitted: fitted.length },
    findings: [...findings, ...unread],
    dataSha256: await hashOf(material),
    versions: { surfwatch: packageVersion(), node: process.versions.node, cells: runtime },
    machine: machineName(),
    seconds,
  });
  const base = baseOfRows(rows, material, fold.reserved, bundle.manifest.weights.sha256, job.seed);
  return { ...described, base: { ...base, found: foundPlaces(found, outputs.all) } };
}

interface Work {
  readonly job: RidersJob;
  readonly outputs: Outputs;
  readonly hooks: RidersHooks;
  readonly timed: <T>(phase: RidersPhase, work: () => Promise<T>) => Promise<T>;
  readonly onSkip: (path: string, reason: unknown) => void;
  readonly pictures: ReturnType<typeof openPictures>;
}

interface Judgement {
  readonly judged: readonly JudgedFrame[];
  /** Loss by epoch of each fit that was judged. */
  readonly curves: readonly (readonly Omit<FittedEpoch, 'weights'>[])[];
}

function gather(
  { job, outputs, hooks, timed, onSkip, pictures }: Work,
  engine: CellEngine,
  width: number,
  material: readonly Material[],
  foldOf: readonly number[],
): Promise<CellRows> {
  const stocks = stocksOf(material, foldOf);
  return timed('cells', async () => {
    const rows = await gatherCells(
      engine,
      width,
      { material, stocks, pictures, outputs },
      { crops: job.crops, seed: job.seed, fit: job.fit },
      { onProgress: hooks.onProgress, onSkip },
    );
    if (rows.count === 0)
      throw impossible('there is no frame with a box around a rider, and no photo of one');
    return rows;
  });
}

/** A head for each fold, fitted to the others; each frame is read by the head that never saw its camera. */
async function judgeByFolds(
  work: Work,
  engine: CellEngine,
  width: number,
  material: readonly Material[],
  { foldOf, count }: FoldedMaterial,
  rows: CellRows,
): Promise<{ frames: Judgement; epochs: number | null }> {
  const { job, timed, hooks } = work;
  const all = [...Array(rows.count).keys()];
  const histories = await timed('folds', async () => {
    const found: FittedEpoch[][] = [];
    for (let fold = 0; fold < count && count > 1; fold++) {
      const fitted = all.filter(row => rows.folds[row] !== fold && (rows.folds[row] as number) < count);
      const held = all.filter(row => rows.folds[row] === fold);
      found.push(
        await fitCells(rows, fitted, held, job.fit, done => hooks.onProgress((fold + done) / count)),
      );
    }
    return found;
  });
  // How long to fit is what the other folds say, lest a fold chooses for itself what it is judged by.
  const best = histories.map(bestEpoch);
  const epochFor = (fold: number) => median(best.filter((_, index) => index !== fold || best.length === 1));
  const heads = histories.map((history, fold) => history[epochFor(fold) - 1]?.weights as FittedHead);
  const wanted = choosePerCamera(material, job.judgeFrames).filter(() => heads.length > 0);
  const judged = await readAll(
    work,
    engine,
    width,
    material,
    wanted,
    index => heads[foldOf[index] as number] ?? (heads[0] as FittedHead),
  );
  return {
    frames: { judged, curves: histories.map(history => history.map(({ weights: _, ...rest }) => rest)) },
    epochs: best.length === 0 ? null : median(best),
  };
}

/** A second head on a backbone that has not seen the cameras it is judged by. */
async function judgeElsewhere(
  work: Work,
  material: readonly Material[],
  { bundle, cameras, seen = UNRECORDED }: NonNullable<RidersJob['judge']>,
): Promise<Judgement> {
  const out = new Set(cameras);
  const rest = material.filter(({ camera, source }) => !out.has(camera) && !out.has(source));
  const unseen = material.filter(picture => !rest.includes(picture) && picture.kind === 'frame');
  if (unseen.length === 0)
    throw impossible(`no frame is of ${cameras.join(', ')}: there is nothing to judge by`);
  const pictures = unseen.map(({ path, camera }) => ({ path, group: camera }));
  const sight = await sightOf(seen, pictures, new Set(pictures.map(({ group }) => group)));
  if (sight.seen.length > 0) {
    throw impossible(
      `backbone ${bundle.manifest.id} was trained on ${sight.seen.join(', ')} by its record: it cannot judge by them`,
    );
  }
  return withCells(bundle, async (engine, width) => {
    const rows = await gather(
      work,
      engine,
      width,
      rest,
      rest.map(() => 0),
    );
    const history = await work.timed('folds', () =>
      fitCells(rows, [...Array(rows.count).keys()], [], work.job.fit, work.hooks.onProgress),
    );
    const { weights } = history.at(-1) as FittedEpoch;
    const wanted = choosePerCamera(unseen, work.job.judgeFrames);
    const judged = await readAll(work, engine, width, unseen, wanted, () => weights);
    return { judged, curves: [history.map(({ weights: _, ...each }) => each)] };
  });
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

async function readAll(
  { outputs, timed, hooks, onSkip }: Work,
  engine: CellEngine,
  width: number,
  material: readonly Material[],
  wanted: readonly number[],
  headFor: (index: number) => FittedHead,
): Promise<JudgedFrame[]> {
  return timed('judging', async () => {
    const judged: JudgedFrame[] = [];
    for (const [done, index] of wanted.entries()) {
      const picture = material[index] as Material;
      hooks.onProgress(done / wanted.length);
      try {
        judged.push({
          ...(await readWhole(engine, width, picture.path, headFor(index), outputs)),
          material: picture,
        });
      } catch (error) {
        onSkip(picture.path, error);
      }
    }
    return judged;
  });
}

async function withCells<T>(
  bundle: BackboneBundle,
  work: (engine: CellEngine, width: number, backbone: Backbone) => Promise<T>,
): Promise<T> {
  const { cells, id } = bundle.manifest;
  if (cells === undefined) {
    throw impossible(
      `backbone ${id} has no projection for the cells of a frame: it can tell photos apart, not find riders`,
    );
  }
  const { backbone } = await createBackbone(
    bundle,
    { engine: 'auto', threads: availableParallelism() },
    undefined,
    'frames',
  );
  try {
    return await work(backbone.cells as CellEngine, cells.width, backbone);
  } finally {
    await backbone.close();
  }
}

async function checkedMaterial(job: RidersJob, { onProgress }: Pick<RidersHooks, 'onProgress'>) {
  let total = 1;
  let done = 0;
  const { findings, leftOut, cluster } = await checkSources(job.folders, {
    onTotal: files => {
      total = files;
    },
    onFile: () => onProgress(++done / total),
  });
  const photos = [];
  for (const folder of job.folders) {
    if ((await datasetKind(folder)).kind === 'photos') photos.push(...(await listPhotos(folder)));
  }
  const { areas, proposals } = job;
  const groups = joinGroups(photos, cluster);
  const material = await listMaterial(job.folders, { areas, proposals, leftOut, groups });
  if (!material.some(picture => picture.shows.length > 0 || ridersIn(picture).length > 0)) {
    throw impossible('there is no frame with a box around a rider, and no photo of one');
  }
  return { material, findings };
}

function bestEpoch(history: readonly FittedEpoch[]): number {
  return history.reduce((best, each) =>
    (each.heldLoss ?? Infinity) < (best.heldLoss ?? Infinity) ? each : best,
  ).epoch;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

/** Of pictures and of all that is known of them. */
async function hashOf(material: readonly Material[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, camera, marks, shows, areas } of material) {
    hash.update(JSON.stringify([camera, marks, shows, areas])).update(await readFile(path));
  }
  return hash.digest('hex');
}

function impossible(text: string): SurfwatchError {
  return new SurfwatchError('training-impossible', text);
}
