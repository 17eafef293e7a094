/** What a board starts from: a head that has not seen the site, and the base set that comes with it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type CellSense, type HeadBundle, loadHead } from '../../src/activity/head-bundle.ts';
import { chooseBase } from '../../src/learning/base/choose-base.ts';
import { type EmbeddedSet, type Sample, selectRows } from '../../src/learning/embedding/sample.ts';
import { fitCalibration } from '../../src/learning/fit/calibrate.ts';
import { RECIPES } from '../../src/learning/fit/recipes.ts';
import { saveHead } from '../../src/learning/fit/save-head.ts';
import { heldBackGroups } from '../../src/learning/fit/split.ts';
import { trainHead } from '../../src/learning/fit/train-head.ts';
import { samplingWeights } from '../../src/learning/fit/weights.ts';
import { judgeFrames } from '../../src/learning/retrain/judge-frames.ts';
import type { BaseSet } from '../../src/learning/retrain/types.ts';
import { createRandom } from '../../src/ops/random.ts';
import type { BackboneManifest } from '../../src/vision/bundle.ts';
import type { Tensorflow } from '../../src/vision/engines/tensorflow.ts';
import type { BoardPicture } from './board-picture.ts';
import type { Material } from './material.ts';
import type { Site } from './sites.ts';

export interface Start {
  readonly head: HeadBundle;
  readonly base: BaseSet;
  /** Of the groups that no head is fitted to: what is judged. */
  readonly judged: EmbeddedSet;
}

const SEED = 37;
const HELD_SHARE = 0.2;
const BASE_ROWS = 3_000;
/** Judging takes time after each retraining. */
const JUDGED_ROWS = 1_200;

/** @param cache folder of heads made before, named by all that they depend on */
export async function startOf(
  tf: Tensorflow,
  site: Site,
  { activities, backbone, dataSha256, pictures }: Material,
  cache: string,
): Promise<Start> {
  const held = heldBackGroups(site.others.samples, HELD_SHARE, SEED);
  // Cells need no faint features lifted: the backbone's projection was fitted to such heads.
  const { input: _, ...recipe } = RECIPES.robust;
  const options = {
    ...recipe,
    activities,
    seed: SEED,
    validation: HELD_SHARE,
    heldGroups: held,
    precision: null,
    refit: false,
  };
  const fittedTo = site.others.samples.map(({ file, part }) => `${file} ${part}`);
  const told = JSON.stringify([site.name, dataSha256, backbone.sha256, options, [...held], fittedTo]);
  const id = `bench-${createHash('sha256').update(told).digest('hex').slice(0, 24)}`;
  const heads = join(cache, 'heads');
  const head = await loadHead(heads, id, backbone).catch(async () => {
    const trained = await trainHead(tf, site.others, shownAs(backbone, site.others.width), options);
    const plain = { ...trained.head.manifest, id, thresholds: evenThresholds(activities) };
    const others = pictures.filter(picture => !site.pictures.includes(picture));
    const cells = senseOf({ ...trained.head, manifest: { ...plain, cells: UNFITTED } }, others);
    await saveHead(heads, { ...trained.head, manifest: { ...plain, cells } }, {});
    return loadHead(heads, id, backbone);
  });
  const set = chooseBase(site.others, { held, max: BASE_ROWS, seed: SEED });
  const ofHeld = selectRows(site.others, ({ group, augmented }) => held.has(group) && !augmented);
  const base = { activities, backbone: backbone.sha256, set, held };
  return { head, base, judged: chosenRows(ofHeld, JUDGED_ROWS) };
}

const UNFITTED: CellSense = { rider: 0.5, presence: { slope: 1, intercept: 0 } };

/** From riders to frames: on the pictures of the other cameras. */
function senseOf(head: HeadBundle, pictures: readonly BoardPicture[]): CellSense {
  const judged = judgeFrames(
    head,
    pictures.map(picture => ({ ...picture, takenAt: 0 })),
  );
  const each = judged.flatMap(({ truth, scores }) =>
    Object.entries(scores).map(([activity, score]) => ({
      logit: Math.log(score / (1 - score)),
      label: truth.includes(activity) ? 1 : 0,
    })),
  );
  const presence = fitCalibration(
    each.map(({ logit }) => logit),
    each.map(({ label }) => label),
    each.map(() => 1),
  );
  return { ...UNFITTED, presence };
}

function evenThresholds(activities: readonly string[]): Record<string, number> {
  return Object.fromEntries(activities.map(activity => [activity, 0.5]));
}

/** All that a training asks of a backbone. */
function shownAs({ id, sha256 }: Material['backbone'], width: number): BackboneManifest {
  return { id, width, weights: { sha256 } } as BackboneManifest;
}

/** Drawn by the weights of training, each row once (Efraimidis and Spirakis 2006). */
function chosenRows(set: EmbeddedSet, most: number): EmbeddedSet {
  const random = createRandom(SEED);
  const weights = samplingWeights(set.samples);
  const keys = set.samples.map((sample, row) => ({
    sample,
    key: Math.log(1 - random.next()) / (weights[row] as number),
  }));
  keys.sort((a, b) => b.key - a.key);
  const kept = new Set<Sample>(keys.slice(0, most).map(({ sample }) => sample));
  return selectRows(set, sample => kept.has(sample));
}
