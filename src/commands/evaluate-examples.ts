/** Labelled pictures and what the model makes of them. */
import sharp from 'sharp';
import type { Classifier } from '../activity/classifier.ts';
import { imageType } from '../capture/image-type.ts';
import type { Settings } from '../config/settings.ts';
import { zonesOf } from '../config/zones.ts';
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import { type BoxedFrame, type LabelledPhoto, listFrames, listPhotos } from '../learning/data/dataset.ts';
import { activitiesIn } from '../learning/embedding/tile-choice.ts';
import type { Prediction } from '../learning/fit/metrics.ts';
import type { Size } from '../vision/tiles.ts';
import type { Zone } from '../vision/zone.ts';
import {
  type JudgedPicture,
  judgePicture,
  UNKNOWN,
  type Verdict,
  verdictOf,
  WHOLE_PICTURE,
} from './judge.ts';
import { readPicture } from './pictures.ts';

/** One file, judged: a prediction a picture, or a tile of a frame; none where it can't be read or its class is unknown. */
export interface EvaluatedFile {
  readonly file: string;
  readonly group: string;
  readonly predictions: readonly Prediction[];
  readonly visibility?: JudgedPicture['visibility'];
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** Activities in it that the model doesn't know. */
  readonly foreign?: readonly string[];
}

/** Each item reads and judges one file when it is called. */
export interface Examples {
  readonly items: readonly ((classifier: Classifier) => Promise<EvaluatedFile>)[];
}

/** @throws SurfwatchError `dataset-unreadable` */
export async function photoExamples(
  directory: string,
  settings: Settings,
  zones: readonly Zone[] | null,
): Promise<Examples> {
  const photos = await listPhotos(directory);
  return { items: photos.map(photo => classifier => judgePhoto(photo, classifier, settings, zones)) };
}

async function judgePhoto(
  { path, group, activities: truth }: LabelledPhoto,
  classifier: Classifier,
  { vision, gates }: Settings,
  zones: readonly Zone[] | null,
): Promise<EvaluatedFile> {
  const foreign = truth.filter(name => !classifier.head.manifest.activities.includes(name));
  if (foreign.length > 0) return { file: path, group, predictions: [], foreign };
  return guarded(path, group, async () => {
    const judged = await judgePicture(classifier, await readPicture(path, vision.maxBytes), zones, gates);
    return { visibility: judged.visibility, predictions: [predictionOf(truth, judged)] };
  });
}

/**
 * @param tileSize side of the squares in pixels; the configured grid where absent
 * @throws SurfwatchError `dataset-unreadable`
 */
export async function frameExamples(
  directory: string,
  settings: Settings,
  tileSize: number | undefined,
): Promise<Examples> {
  const frames = await listFrames(directory);
  return { items: frames.map(frame => classifier => judgeFrame(frame, classifier, settings, tileSize)) };
}

function judgeFrame(
  { path, group, riders }: BoxedFrame,
  classifier: Classifier,
  settings: Settings,
  tileSize: number | undefined,
): Promise<EvaluatedFile> {
  const { activities, thresholds } = classifier.head.manifest;
  return guarded(path, group, async () => {
    const bytes = await readPicture(path, settings.vision.maxBytes);
    const zones =
      tileSize === undefined
        ? zonesOf(settings)
        : squares(await sizeOf(bytes), tileSize, settings.tiles.overlap);
    const { scored, visibility } = await judgePicture(classifier, bytes, zones, settings.gates);
    const foreign = [...new Set(riders.map(rider => rider.activity))].filter(
      name => !activities.includes(name),
    );
    const predictions = scored.tiles.flatMap(({ rectangle, scores }) => {
      const truth = activitiesIn(rectangle, riders, scored.picture);
      if (truth === null || truth.some(name => foreign.includes(name))) return [];
      return [predictionOf(truth, verdictOf(scores, thresholds, visibility === 'ok'))];
    });
    return { visibility, predictions, ...(foreign.length > 0 && { foreign }) };
  });
}

/** A picture that can't be judged is wrong, whatever its scores. */
function predictionOf(truth: readonly string[], { activity, activities, scores }: Verdict): Prediction {
  return activity === UNKNOWN
    ? { truth, found: [UNKNOWN], scores: {} }
    : { truth, found: activities, scores };
}

/** A grid over the whole frame whose squares are at most `side` wide. */
function squares({ width, height }: Size, side: number, overlap: number): Zone[] {
  const count = (length: number) => Math.max(1, Math.ceil((length / side - overlap) / (1 - overlap)));
  return WHOLE_PICTURE.map(zone => ({
    ...zone,
    tiles: { columns: count(width), rows: count(height), overlap },
  }));
}

async function sizeOf(bytes: Buffer): Promise<Size> {
  if (imageType(bytes) === undefined)
    throw new SurfwatchError('image-unreadable', 'not a JPEG, PNG or WebP picture');
  try {
    return (await sharp(bytes, { limitInputPixels: false }).metadata()).autoOrient;
  } catch (error) {
    throw new SurfwatchError('image-unreadable', 'the picture cannot be decoded', { cause: error });
  }
}

/** A fault of one file is noted; any other ends the command. */
async function guarded(
  file: string,
  group: string,
  judge: () => Promise<Omit<EvaluatedFile, 'file' | 'group'>>,
): Promise<EvaluatedFile> {
  try {
    return { file, group, ...(await judge()) };
  } catch (error) {
    if (!(error instanceof SurfwatchError)) throw error;
    return { file, group, predictions: [], error: { code: error.code, message: error.message } };
  }
}
