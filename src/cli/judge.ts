/** Pictures judged one by one, outside of the daemon: no smoothing, no memory of the picture before. */
import { join } from 'node:path';
import { type BeachReader, createBeachReader, type ReadFrame } from '../activity/beach-reader.ts';
import type { Detection } from '../activity/detections.ts';
import type { HeadManifest } from '../activity/head-bundle.ts';
import { overZone } from '../activity/kites.ts';
import { createPictureClassifier, type PictureClassifier } from '../activity/picture-classifier.ts';
import { likeliest } from '../activity/presence-score.ts';
import { ridersAmong } from '../activity/rider-threshold.ts';
import { activitiesAbove, type Scores } from '../activity/scores.ts';
import { afloat, sightOfFrame } from '../activity/zones.ts';
import { NONE } from '../base/activities.ts';
import type { Settings } from '../config/settings.ts';
import { zonesOf } from '../config/zones.ts';
import { headFolders, resolveHead } from '../learning/models/resolve.ts';
import { fixedDetail } from '../vision/cells/detail.ts';
import { judgeQuality, measureQuality, type PictureFault } from '../vision/quality.ts';
import { zoneAt } from '../vision/zone.ts';

/** No activity, as a picture cannot be judged. */
export const UNKNOWN = 'unknown';

export interface Verdict {
  /** The strongest activity that is present, `none`, or `unknown` where the picture cannot be judged. */
  readonly activity: string;
  /** All that are present, strongest first. */
  readonly activities: readonly string[];
  /** Calibrated probability of each activity, 0..1. */
  readonly scores: Scores;
}

export interface JudgedPhoto extends Verdict {
  readonly visibility: 'ok' | PictureFault;
}

/** A frame of a beach camera, judged by what it shows alone. */
export interface JudgedFrame extends JudgedPhoto {
  readonly read: ReadFrame;
  /** All that may be a rider in a zone, strongest first. */
  readonly found: readonly Detection[];
  /** Kites over the zones, however sure. */
  readonly kites: readonly Detection[];
  /** Those of them that count as riders; none where the frame cannot be judged. */
  readonly riders: readonly Detection[];
  /** Riders of each activity. */
  readonly count: Readonly<Record<string, number>>;
  /** Each configured zone by itself; empty where none is. */
  readonly zones: Readonly<Record<string, ZoneVerdict>>;
}

export interface ZoneVerdict {
  readonly activity: string;
  readonly count: Readonly<Record<string, number>>;
}

/** @throws SurfwatchError `model-…`, `engine-…` */
export function openPictureClassifier({ models, vision }: Settings): Promise<PictureClassifier> {
  return createPictureClassifier(models, vision);
}

/**
 * With the head that the daemon loads by the same settings, and as finely as `vision.detail` says: where that is `auto`,
 * whatever time it takes, so that answers are the same on every machine.
 *
 * @throws SurfwatchError `model-…`, `engine-…`
 */
export function openBeachReader(settings: Settings): Promise<BeachReader> {
  const { models, vision } = settings;
  const folders = { ...headFolders(settings), shipped: join(models.dir, 'riders') };
  return createBeachReader(models, vision, fixedDetail(vision), undefined, async backbone => {
    const { head } = await resolveHead(folders, models.head, backbone);
    return head;
  });
}

/** @throws SurfwatchError `image-unreadable`, `image-too-large` */
export async function judgePhoto(
  classifier: PictureClassifier,
  bytes: Buffer,
  { gates }: Pick<Settings, 'gates'>,
): Promise<JudgedPhoto> {
  const { scores, quality } = await classifier.classify(bytes);
  const visibility = judgeQuality(quality, gates);
  return { ...verdictOf(scores, classifier.head.manifest.thresholds, visibility === 'ok'), visibility };
}

/**
 * Riders outside of all configured zones are left out.
 *
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function judgeFrame(
  reader: BeachReader,
  bytes: Buffer,
  settings: Pick<Settings, 'gates' | 'zones'>,
): Promise<JudgedFrame> {
  const { manifest } = reader.head;
  const zones = zonesOf(settings);
  const read = await reader.read(bytes, zones);
  const visibility = judgeQuality(measureQuality(read.picture), settings.gates);
  const visible = visibility === 'ok';
  const inZones = settings.zones.length > 0;
  const found = afloat(read.detections, zones, read.scene);
  const kites = zones.flatMap(zone => overZone(read.kites, zone));
  const { scores, count } = sightOfFrame(found, manifest, kites);
  const byZone = inZones
    ? zones.map(zone => {
        const { name } = zone;
        const own = found.filter(one => zoneAt(zones, one) === name);
        const sight = sightOfFrame(own, manifest, overZone(read.kites, zone));
        const { activity } = verdictOf(sight.scores, manifest.thresholds, visible);
        return [name, { activity, count: visible ? sight.count : noneOf(sight.count) }] as const;
      })
    : [];
  return {
    ...verdictOf(scores, manifest.thresholds, visible),
    visibility,
    read,
    found,
    kites,
    riders: visible ? ridersAmong(found, manifest.cells) : [],
    count: visible ? count : noneOf(count),
    zones: Object.fromEntries(byZone),
  };
}

/** Probability, 0..1, from which a detection in one frame surely counts as a rider. */
export function riderThreshold({ cells }: Pick<HeadManifest, 'cells'>): number {
  return cells?.rider ?? 0.5;
}

/** What a rider most likely does. */
export function activityOf({ scores }: Pick<Detection, 'scores'>): string {
  return likeliest(scores).activity;
}

function noneOf(count: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.keys(count).map(activity => [activity, 0]));
}

/** @param visible false for a picture that cannot be judged, whatever its scores */
export function verdictOf(
  scores: Scores,
  thresholds: Readonly<Record<string, number>>,
  visible: boolean,
): Verdict {
  if (!visible) return { activity: UNKNOWN, activities: [], scores };
  const activities = activitiesAbove(scores, thresholds);
  return { activity: activities[0] ?? NONE, activities, scores };
}
