/** Reads a whole frame as the daemon does at full detail, with any head. */
import { readFile } from 'node:fs/promises';
import { type Detection, findDetections, type LevelScores, scoresAt } from '../../../activity/detections.ts';
import { type Scene, sceneOf } from '../../../activity/scene.ts';
import type { Scores } from '../../../activity/scores.ts';
import { fullScale } from '../../../vision/cells/detail.ts';
import type { CellEngine } from '../../../vision/cells/engine.ts';
import { pyramidOf, type Size } from '../../../vision/cells/pyramid.ts';
import { readCells } from '../../../vision/cells/read-cells.ts';
import { decodeFrame, resizePicture } from '../../../vision/decode.ts';
import type { Calibration } from '../../fit/calibrate.ts';
import type { FittedHead } from '../../fit/head-model.ts';
import { cellHead } from '../fit/gather.ts';
import type { Outputs } from '../outputs.ts';

/** Something that may be a rider, with what the head said before calibration. */
export interface FoundPlace extends Pick<Detection, 'x' | 'y'> {
  /** [outputs] */
  readonly logits: Float32Array;
}

export interface ReadWhole {
  /** In pixels. */
  readonly frame: Size;
  /** Strongest first. */
  readonly found: readonly FoundPlace[];
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
  const levels: LevelScores[] = [];
  for (const size of pyramidOf(frame, fullScale(frame))) {
    const { columns, rows, logits } = await readCells(engine, await resizePicture(picture, size), computed);
    levels.push({ columns, rows, logits });
  }
  const size = outputs.all.length;
  const found = findDetections(levels, calibrated(outputs, UNCALIBRATED))
    .slice(0, MOST_FOUND)
    .map(({ x, y, level, cell }) => ({
      x,
      y,
      logits: (levels[level] as LevelScores).logits.slice(cell * size, (cell + 1) * size),
    }));
  return { frame, found, scene: sceneOf(levels, calibrated(outputs, UNCALIBRATED)) };
}

/** What scoring needs of a head all of whose activities share a calibration. */
export function calibrated(outputs: Outputs, calibration: Calibration) {
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
