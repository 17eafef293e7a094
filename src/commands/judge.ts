/** Pictures judged one by one, outside of the daemon: no smoothing, no memory of the picture before. */
import {
  type Classifier,
  createClassifier,
  type ScoredPicture,
  type Scores,
} from '../activity/classifier.ts';
import { presentActivities } from '../activity/scores.ts';
import type { Settings } from '../config/settings.ts';
import { NONE } from '../learning/data/labels.ts';
import { headFolders, resolveHead } from '../learning/models/resolve.ts';
import { type GateOptions, judgeQuality, measureQuality, type PictureFault } from '../vision/quality.ts';
import type { Size } from '../vision/tiles.ts';
import type { Zone } from '../vision/zone.ts';

/** No activity, as a picture can't be judged. */
export const UNKNOWN = 'unknown';

/** The picture as one tile, squeezed to a square. */
export const WHOLE_PICTURE: readonly Zone[] = [
  { name: 'beach', x: 0, y: 0, w: 1, h: 1, tiles: { columns: 1, rows: 1, overlap: 0 } },
];

export interface Verdict {
  /** The strongest activity that is present, `none`, or `unknown` where the picture can't be judged. */
  readonly activity: string;
  /** All that are present, strongest first. */
  readonly activities: readonly string[];
  /** Calibrated probability of each activity, 0..1. */
  readonly scores: Scores;
}

export interface JudgedPicture extends Verdict {
  readonly visibility: 'ok' | PictureFault;
  readonly scored: ScoredPicture;
}

/** With the head that the daemon loads by the same settings. @throws SurfwatchError `model-…`, `engine-…` */
export function openClassifier(settings: Settings): Promise<Classifier> {
  const { models, vision } = settings;
  return createClassifier(models, vision, undefined, async backbone => {
    const { head } = await resolveHead(headFolders(settings), models.head, backbone);
    return head;
  });
}

/**
 * Judges a picture by its zones, the strongest of which counts; or, without zones, as a photo.
 *
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function judgePicture(
  classifier: Classifier,
  bytes: Buffer,
  zones: readonly Zone[] | null,
  gates: GateOptions,
): Promise<JudgedPicture> {
  const { activities, thresholds } = classifier.head.manifest;
  const scored = await classifier.classify(bytes, zones ?? WHOLE_PICTURE);
  const visibility = judgeQuality(measureQuality(scored.picture.preview), gates);
  const middle = zones === null ? await scoreMiddle(classifier, bytes, scored.picture) : null;
  const scores = Object.fromEntries(
    activities.map(name => {
      const strongest = Math.max(...Object.values(scored.zones).map(zone => zone.scores[name] ?? 0));
      return [name, middle === null ? strongest : between(strongest, middle[name] ?? 0)];
    }),
  );
  return { ...verdictOf(scores, thresholds, visibility === 'ok'), visibility, scored };
}

/**
 * A photo is looked at twice, squeezed to a square and by its middle square, where people aim the camera: on photos of
 * sources never seen both together are right more often than either.
 */
async function scoreMiddle(
  classifier: Classifier,
  bytes: Buffer,
  { width, height }: Size,
): Promise<Scores | null> {
  const side = Math.min(width, height);
  if (side > 0.9 * Math.max(width, height)) return null;
  const [w, h] = [side / width, side / height];
  const square = {
    name: 'middle',
    x: (1 - w) / 2,
    y: (1 - h) / 2,
    w,
    h,
    tiles: { columns: 1, rows: 1, overlap: 0 },
  };
  const { zones } = await classifier.classify(bytes, [square]);
  return zones.middle?.scores ?? null;
}

/** The probability half-way between two, in odds. */
function between(one: number, other: number): number {
  const logit = (p: number) => Math.log(p / (1 - p));
  const clamped = (p: number) => Math.min(1 - 1e-6, Math.max(1e-6, p));
  return 1 / (1 + Math.exp(-(logit(clamped(one)) + logit(clamped(other))) / 2));
}

/** @param visible false for a picture that can't be judged, whatever its scores */
export function verdictOf(
  scores: Scores,
  thresholds: Readonly<Record<string, number>>,
  visible: boolean,
): Verdict {
  if (!visible) return { activity: UNKNOWN, activities: [], scores };
  const activities = presentActivities(scores, thresholds);
  return { activity: activities[0] ?? NONE, activities, scores };
}
