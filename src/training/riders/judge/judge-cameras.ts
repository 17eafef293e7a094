/** Judges by frames of cameras that the judging head never saw: in folds, or on a backbone that has not seen them either. */
import type { FittedHead } from '../../../learning/fit/head-trainer.ts';
import { sightOf, UNRECORDED } from '../../backbone-sight.ts';
import type { Material } from '../data/material.ts';
import type { RidersJob } from '../describe.ts';
import { type FittedEpoch, fitCells } from '../fit/fit-cells.ts';
import type { CellRows } from '../fit/rows.ts';
import type { FoldedMaterial } from '../folds.ts';
import { type CellReader, gather, impossible, type Work, withCells } from '../work.ts';
import type { JudgedFrame } from './place-calibration.ts';
import { readWhole } from './read-frame.ts';

export interface Judgement {
  readonly judged: readonly JudgedFrame[];
  /** Loss by epoch of each fit that was judged. */
  readonly curves: readonly (readonly Omit<FittedEpoch, 'weights'>[])[];
  /** As many as the folds are best fitted by; null where they do not tell. */
  readonly epochs: number | null;
}

/** A head for each fold, fitted to the others; each frame is read by the head that never saw its camera. */
export async function judgeByFolds(
  work: Work,
  reader: CellReader,
  material: readonly Material[],
  { foldOf, count }: FoldedMaterial,
  rows: CellRows,
): Promise<Judgement> {
  const { job, phases, hooks } = work;
  const all = [...Array(rows.count).keys()];
  const histories = await phases.run('folds', async () => {
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
  const headFor = (index: number) => heads[foldOf[index] as number] ?? (heads[0] as FittedHead);
  return {
    judged: await readAll(work, reader, material, wanted, headFor),
    curves: histories.map(withoutWeights),
    epochs: best.length === 0 ? null : median(best),
  };
}

/** A second head on a backbone that has not seen the cameras it is judged by. */
export async function judgeElsewhere(
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
  return withCells(bundle, async reader => {
    const rows = await gather(
      work,
      reader,
      rest,
      rest.map(() => 0),
    );
    const history = await work.phases.run('folds', () =>
      fitCells(rows, [...Array(rows.count).keys()], [], work.job.fit, work.hooks.onProgress),
    );
    const { weights } = history.at(-1) as FittedEpoch;
    const wanted = choosePerCamera(unseen, work.job.judgeFrames);
    const judged = await readAll(work, reader, unseen, wanted, () => weights);
    return { judged, curves: [withoutWeights(history)], epochs: null };
  });
}

/** Whole frames as heads read them; those that cannot be read are left out. */
export async function readAll(
  { outputs, phases, hooks, onSkip }: Work,
  { engine, width }: CellReader,
  material: readonly Material[],
  wanted: readonly number[],
  headFor: (index: number) => FittedHead,
): Promise<JudgedFrame[]> {
  return phases.run('judging', async () => {
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

/**
 * Picks evenly spread frames of each camera, as neighbours are near copies of each other.
 *
 * @returns indexes of frames, at most `most` of each camera
 */
export function choosePerCamera(material: readonly Material[], most: number): number[] {
  const cameras = new Map<string, number[]>();
  for (const [index, { kind, camera }] of material.entries()) {
    if (kind !== 'frame') continue;
    const frames = cameras.get(camera) ?? [];
    frames.push(index);
    cameras.set(camera, frames);
  }
  return [...cameras.values()].flatMap(frames => {
    if (frames.length <= most) return frames;
    return Array.from(
      { length: most },
      (_, place) => frames[Math.floor((place * frames.length) / most)] as number,
    );
  });
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

function withoutWeights(history: readonly FittedEpoch[]): Omit<FittedEpoch, 'weights'>[] {
  return history.map(({ weights: _, ...rest }) => rest);
}
