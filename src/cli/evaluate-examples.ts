/** Labelled photos and what the model makes of them. */
import type { PictureClassifier } from '../activity/picture-classifier.ts';
import type { Settings } from '../config/settings.ts';
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import type { Prediction } from '../learning/fit/metrics.ts';
import type { LabelledPhoto } from '../training/data/dataset.ts';
import { PICTURE_LIMITS } from '../vision/decode.ts';
import { type JudgedPhoto, judgePhoto, UNKNOWN, type Verdict } from './judge.ts';
import { readPicture } from './pictures.ts';

/** One photo, judged; without a prediction where it cannot be read or its class is unknown. */
export interface EvaluatedFile {
  readonly file: string;
  readonly group: string;
  readonly predictions: readonly Prediction[];
  readonly visibility?: JudgedPhoto['visibility'];
  readonly error?: { readonly code: ErrorCode; readonly message: string };
  /** Activities in it that the model doesn't know. */
  readonly foreign?: readonly string[];
}

/** A fault of the picture is noted; any other ends the command. */
export async function evaluatePhoto(
  classifier: PictureClassifier,
  { path: file, group, activities: truth }: LabelledPhoto,
  settings: Settings,
): Promise<EvaluatedFile> {
  const foreign = truth.filter(name => !classifier.head.manifest.activities.includes(name));
  if (foreign.length > 0) return { file, group, predictions: [], foreign };
  try {
    const bytes = await readPicture(file, PICTURE_LIMITS.maxBytes);
    const judged = await judgePhoto(classifier, bytes, settings);
    return { file, group, visibility: judged.visibility, predictions: [predictionOf(truth, judged)] };
  } catch (error) {
    if (!(error instanceof SurfwatchError)) throw error;
    return { file, group, predictions: [], error: { code: error.code, message: error.message } };
  }
}

/** A picture that cannot be judged is wrong, whatever its scores. */
function predictionOf(truth: readonly string[], { activity, activities, scores }: Verdict): Prediction {
  return activity === UNKNOWN
    ? { truth, found: [UNKNOWN], scores: {} }
    : { truth, found: activities, scores };
}
