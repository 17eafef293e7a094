/** Puts what a training of a head for riders gave into figures: the record, and the head's manifest. */

import { createHash } from 'node:crypto';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import { KITE } from '../../activity/kites.ts';
import type { Rectangle } from '../../base/geometry.ts';
import type { FittedHead } from '../../learning/fit/head-trainer.ts';
import type { BackboneBundle } from '../../vision/bundle.ts';
import type { BackboneSight, SeenPictures } from '../backbone-sight.ts';
import type { Finding } from '../data/findings.ts';
import { type Material, ridersIn } from './data/material.ts';
import type { FitCellsOptions } from './fit/fit-cells.ts';
import type { FoldedMaterial } from './folds.ts';
import { type FrameOutcome, figuresOf, outcomeOf, overallOf } from './judge/figures.ts';
import { groundFigures } from './judge/ground.ts';
import { riderMarks } from './judge/match.ts';
import type { JudgedFrame, PlacedCalibration } from './judge/place-calibration.ts';
import type { Outputs } from './outputs.ts';
import type { JudgedRecord, RidersRecord, ShownPlace, SourceCounts } from './record.ts';

export interface RidersFacts {
  readonly bundle: BackboneBundle;
  readonly material: readonly Material[];
  readonly outputs: Outputs;
  readonly weights: FittedHead;
  readonly calibration: PlacedCalibration;
  readonly frames: readonly JudgedFrame[];
  readonly sight: BackboneSight;
  readonly curves: RidersRecord['fit']['curves'];
  readonly epochs: { readonly all: number; readonly kept: number };
  readonly fold: FoldedMaterial;
  readonly rows: { readonly all: number; readonly fitted: number };
  readonly findings: readonly Finding[];
  readonly dataSha256: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: string;
  readonly seconds: Readonly<Record<string, number>>;
}

export function describeRiders(
  job: RidersJob,
  facts: RidersFacts,
): { head: HeadBundle; record: RidersRecord } {
  const { outputs, calibration, weights, bundle } = facts;
  const { id: backboneId, weights: file } = bundle.manifest;
  const at = job.now.toISOString();
  const mark = createHash('sha256').update(`${facts.dataSha256} ${job.command} ${file.sha256}`).digest('hex');
  const id = `riders-${at.slice(0, 16).replace(':', '-')}Z-${mark.slice(0, 4)}`;
  const backbone = { id: backboneId, sha256: file.sha256 };
  const head: HeadBundle = {
    ...withKites(weights, outputs, calibration),
    manifest: {
      format: 1,
      id,
      createdAt: at,
      activities: [...outputs.activities],
      background: [...outputs.background],
      width: weights.hiddenKernel.length / weights.hiddenBias.length,
      hidden: weights.hiddenBias.length,
      backbone,
      calibration: outputs.activities.map(() => calibration.rider),
      thresholds: Object.fromEntries(outputs.activities.map(activity => [activity, 0.5])),
      cells: calibration.cells,
      weights: { file: 'weights.f32.bin', sha256: '0'.repeat(64) },
      training: { parent: null, seed: job.seed, dataSha256: facts.dataSha256, command: job.command },
    },
  };
  const record: RidersRecord = {
    format: 1,
    kind: 'riders',
    head: {
      id,
      activities: outputs.activities,
      background: outputs.background,
      backbone,
      cells: calibration.cells,
      calibration: calibration.rider,
    },
    made: {
      at,
      command: job.command,
      seed: job.seed,
      versions: facts.versions,
      machine: facts.machine,
      seconds: facts.seconds,
    },
    data: {
      sha256: facts.dataSha256,
      sources: [...new Set(facts.material.map(({ source }) => source))].map(name =>
        countsOf(name, facts.material),
      ),
      findings: facts.findings,
    },
    fit: {
      crops: job.crops,
      cells: facts.rows.all,
      fitted: facts.rows.fitted,
      epochs: facts.epochs.all,
      kept: facts.epochs.kept,
      curves: facts.curves,
      reservedCameras: [...facts.fold.reserved].sort(),
    },
    judged: {
      by: job.judge === null ? 'folds' : 'backbone',
      folds: job.judge === null ? facts.fold.count : 1,
      backbone:
        job.judge === null
          ? null
          : { id: job.judge.bundle.manifest.id, sha256: job.judge.bundle.manifest.weights.sha256 },
      sight: facts.sight,
      ...judgementOf(facts.frames, outputs, calibration),
    },
  };
  return { head, record };
}

/** A kite's calibration, folded into the weights of its output. */
function withKites(weights: FittedHead, outputs: Outputs, { kite }: PlacedCalibration): FittedHead {
  const at = outputs.all.indexOf(KITE);
  if (at === -1) return weights;
  const hidden = weights.hiddenBias.length;
  return {
    ...weights,
    outputKernel: weights.outputKernel.map((value, index) =>
      Math.floor(index / hidden) === at ? value * kite.slope : value,
    ),
    outputBias: weights.outputBias.map((value, index) =>
      index === at ? value * kite.slope + kite.intercept : value,
    ),
  };
}

/** Figures of all frames together and camera by camera, and what went most surely wrong. */
export function judgementOf(
  frames: readonly JudgedFrame[],
  outputs: Outputs,
  calibration: PlacedCalibration,
): Pick<JudgedRecord, 'overall' | 'ground' | 'cameras' | 'misses' | 'alarms'> {
  const outcomes = frames.map(frame => outcomeOf(frame, outputs, calibration));
  const cameras = [...new Set(frames.map(({ material }) => material.camera))].sort();
  return {
    overall: overallOf(outcomes),
    ground: groundFigures(frames),
    cameras: cameras.map(name => ({
      name,
      ...figuresOf(outcomes.filter(({ frame }) => frame.material.camera === name)),
    })),
    misses: spread(outcomes.flatMap(outcome => missesOf(outcome))),
    alarms: spread(outcomes.flatMap(outcome => alarmsOf(outcome))),
  };
}

const SHOWN = 24;
/** Pictures of one camera look alike. */
const SHOWN_OF_CAMERA = 4;

function spread(places: readonly (ShownPlace & { readonly rank: number })[]): ShownPlace[] {
  const counts = new Map<string, number>();
  return [...places]
    .sort((a, b) => b.rank - a.rank)
    .filter(({ camera }) => {
      const count = (counts.get(camera) ?? 0) + 1;
      counts.set(camera, count);
      return count <= SHOWN_OF_CAMERA;
    })
    .slice(0, SHOWN)
    .map(({ rank: _, ...place }) => place);
}

/** Riders nothing was found of; the largest are the worst. */
function missesOf({ frame, places }: FrameOutcome): (ShownPlace & { rank: number })[] {
  const { marks, path, camera } = frame.material;
  return riderMarks(frame.material).flatMap(index => {
    const own = places.find(({ mark }) => mark === index);
    const mark = marks[index];
    if (mark === undefined || own?.counts === true) return [];
    const rank = mark.box.h * frame.frame.height;
    const found = own === undefined ? 'nothing' : own.activity;
    return [
      {
        file: path,
        camera,
        rectangle: around(mark.box, frame.frame),
        truth: mark.kind,
        found,
        score: own?.score ?? 0,
        rank,
      },
    ];
  });
}

function alarmsOf({ frame, places }: FrameOutcome): (ShownPlace & { rank: number })[] {
  const { path, camera } = frame.material;
  return places.flatMap(({ x, y, score, activity, mark, counts }) => {
    if (mark !== null || !counts) return [];
    const side = 16 / frame.frame.height;
    const box = { x: x - side / 2, y: y - side / 2, w: side, h: side };
    return [
      {
        file: path,
        camera,
        rectangle: around(box, frame.frame),
        truth: 'no rider',
        found: activity,
        score,
        rank: score,
      },
    ];
  });
}

/** A square of several times the size around a box, within the frame. */
function around({ x, y, w, h }: Rectangle, { width, height }: { width: number; height: number }): Rectangle {
  const side = Math.min(width, height, Math.max(96, 4 * w * width, 4 * h * height));
  const [sideX, sideY] = [side / width, side / height];
  const clamp = (value: number, most: number) => Math.max(0, Math.min(value, most));
  return {
    x: clamp(x + w / 2 - sideX / 2, 1 - sideX),
    y: clamp(y + h / 2 - sideY / 2, 1 - sideY),
    w: sideX,
    h: sideY,
  };
}

function countsOf(name: string, all: readonly Material[]): SourceCounts {
  const own = all.filter(({ source }) => source === name);
  const boxes: Record<string, number> = {};
  for (const { kind } of own.flatMap(({ marks }) => marks)) boxes[kind] = (boxes[kind] ?? 0) + 1;
  return {
    name,
    kind: own[0]?.kind === 'photo' ? 'photos' : 'frames',
    files: own.length,
    cameras: new Set(own.map(({ camera }) => camera)).size,
    empty: own.filter(picture => picture.complete.riders && ridersIn(picture).length === 0).length,
    boxes,
  };
}

export interface RidersJob {
  readonly folders: readonly string[];
  /** Lists of areas and of proposals for all folders. */
  readonly areas: string | null;
  readonly proposals: string | null;
  /** Crops to learn from. */
  readonly crops: number;
  /** Folds of whole cameras, 2 or more. */
  readonly folds: number;
  /** Frames of each camera that are judged, at most. */
  readonly judgeFrames: number;
  /** Share of the pictures that no head is ever fitted to, 0..1; by camera. */
  readonly reserve: number;
  readonly fit: FitCellsOptions;
  readonly seed: number;
  /** Judges on a backbone that has not seen some cameras, instead of on folds. */
  readonly judge: {
    readonly bundle: BackboneBundle;
    readonly cameras: readonly string[];
    /** What that backbone was trained on. */
    readonly seen?: SeenPictures;
  } | null;
  /** What the backbone was trained on; without it nothing is known of that. */
  readonly seen?: SeenPictures;
  readonly command: string;
  readonly now: Date;
}
