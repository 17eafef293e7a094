/** Reads a whole frame as the daemon does at full detail, with any head. */
import { readFile } from 'node:fs/promises';
import { type Detection, findDetections, scoresAt } from '../../../activity/detections.ts';
import type { ReadLevel } from '../../../activity/kept-cells.ts';
import { KITE, underKites } from '../../../activity/kites.ts';
import { type Scene, sceneOf } from '../../../activity/scene.ts';
import type { Scores } from '../../../activity/scores.ts';
import type { Calibration } from '../../../learning/fit/calibrate.ts';
import type { FittedHead } from '../../../learning/fit/head-trainer.ts';
import { fullScale } from '../../../vision/cells/detail.ts';
import type { CellEngine } from '../../../vision/cells/engine.ts';
import { pyramidOf, type Size } from '../../../vision/cells/pyramid.ts';
import { readCells } from '../../../vision/cells/read-cells.ts';
import { decodeFrame, resizePicture } from '../../../vision/decode.ts';
import { cellHead } from '../fit/gather.ts';
import type { Outputs } from '../outputs.ts';

/** Something that may be a rider, or a kite, with what the head said before calibration. */
export interface FoundPlace extends Omit<Detection, 'score' | 'scores'> {
  /** [outputs] */
  readonly logits: Float32Array;
  /** [width]: its cell, as the backbone read it. */
  readonly vector: Float32Array;
}

export interface ReadWhole {
  /** In pixels. */
  readonly frame: Size;
  /** Strongest first. */
  readonly found: readonly FoundPlace[];
  /** What may be a kite, strongest first. */
  readonly kites: readonly FoundPlace[];
  /** Where this one frame shows land and sky; null where the head does not tell. */
  readonly scene: Scene | null;
}

const LIMITS = { maxBytes: 100_000_000, maxPixels: 100_000_000 };
/** Nobody asks for weaker ones. */
const MOST_FOUND = 150;

const UNCALIBRATED: Calibration = { slope: 1, intercept: 0 };

/** @throws SurfwatchError `image-unreadable`, `image-too-large` */
export async function readWhole(
  engine: CellEngine,
  width: number,
  path: string,
  head: FittedHead,
  outputs: Outputs,
): Promise<ReadWhole> {
  const computed = cellHead(head, width, outputs.all.length);
  const finest = (size: Size) => pyramidOf(size, fullScale(size))[0] ?? size;
  const { frame, picture } = await decodeFrame(await readFile(path), LIMITS, finest);
  const levels: ReadLevel[] = [];
  for (const size of pyramidOf(frame, fullScale(frame))) {
    const read = await readCells(engine, await resizePicture(picture, size), computed);
    // The engine writes the next level to the same memory.
    levels.push({ ...read, vectors: read.vectors.slice() });
  }
  const size = outputs.all.length;
  const plain = calibrated(outputs, UNCALIBRATED);
  const find = (names: readonly string[]) =>
    findDetections(levels, plain, names)
      .slice(0, MOST_FOUND)
      .map(({ score: _, scores: __, ...place }) => {
        const { logits, vectors } = levels[place.level] as ReadLevel;
        return {
          ...place,
          logits: logits.slice(place.cell * size, (place.cell + 1) * size),
          vector: vectors.slice(place.cell * width, (place.cell + 1) * width),
        };
      });
  return { frame, found: find(outputs.activities), kites: find([KITE]), scene: sceneOf(levels, plain) };
}

/** What scoring needs of a head all of whose activities share a calibration. */
function calibrated(outputs: Outputs, calibration: Calibration) {
  return {
    activities: [...outputs.activities],
    background: [...outputs.background],
    calibration: outputs.activities.map(() => calibration),
  };
}

/** What a calibrated head says of a place. */
export function scorePlace(
  { logits }: Pick<FoundPlace, 'logits'>,
  outputs: Outputs,
  calibration: Calibration,
): { readonly score: number; readonly scores: Scores } {
  const scores = scoresAt({ columns: 1, rows: 1, logits }, 0, calibrated(outputs, calibration));
  return {
    scores,
    score: Math.min(
      1,
      Object.values(scores).reduce((sum, score) => sum + score, 0),
    ),
  };
}

/** What a calibrated head says of all that was found, as the daemon has it: riders below kites kitesurf. */
export function scoredPlaces(
  { found, kites }: Pick<ReadWhole, 'found' | 'kites'>,
  outputs: Outputs,
  calibrations: { readonly rider: Calibration; readonly kite: Calibration },
  limit: number,
): { readonly places: readonly Detection[]; readonly kites: readonly Detection[] } {
  const kite = outputs.all.indexOf(KITE);
  const places = found
    .map(({ logits, ...place }) => ({ ...place, ...scorePlace({ logits }, outputs, calibrations.rider) }))
    .sort((a, b) => b.score - a.score);
  const flying = kites.map(({ logits, ...place }) => {
    const { slope, intercept } = calibrations.kite;
    const score = 1 / (1 + Math.exp(-(slope * (logits[kite] as number) + intercept)));
    return { ...place, score, scores: { [KITE]: score } };
  });
  return { places: underKites(places, flying, limit), kites: flying };
}
