/** What the daemon answers about its frames and labels. */
import sharp from 'sharp';
import type { HeadBundle } from '../../activity/head-bundle.ts';
import type { Point } from '../../base/geometry.ts';
import { SurfwatchError } from '../../errors.ts';
import type { Zone } from '../../vision/zone.ts';
import { EXPLAIN_DEFAULTS, explainFrame } from '../advice/explain.ts';
import type { Explanation } from '../advice/explain-words.ts';
import { type NextFrame, rankFrames } from '../advice/next.ts';
import { progressOf } from '../advice/progress.ts';
import type { Progress, RetrainingPoint } from '../advice/progress-words.ts';
import { rescoreWith } from '../advice/rescore.ts';
import { foldLabels } from '../archive/fold.ts';
import { pixelateOutside } from '../archive/privacy.ts';
import type { RecentFrames } from '../archive/recent.ts';
import type { Archive, LabelEntry, LabelledFrame } from '../archive/types.ts';
import type { ModelStore } from '../models/types.ts';
import type { BaseSet } from '../retrain/types.ts';
import type { LabelledCellsCache } from './labelled-cells-cache.ts';

export interface AnswerDeps {
  readonly archive: Archive;
  readonly recent: RecentFrames;
  /** Frames that somebody saw on the page. */
  readonly shown: RecentFrames;
  readonly known: LabelledCellsCache;
  readonly head: () => HeadBundle;
  readonly thresholds: () => Readonly<Record<string, number>>;
  /** What stays visible of a picture in an answer; null: all of it. */
  readonly onlyZones: () => readonly Zone[] | null;
  readonly loadBase: () => Promise<BaseSet | null>;
  /** Frames labelled as a whole of which the last retraining could not tell who is meant. */
  readonly unsure: () => ReadonlySet<string>;
}

/** What to label next, best first. */
export function nextFrames(
  { archive, recent, known, head, thresholds, unsure }: AnswerDeps,
  count: number,
): { readonly frames: readonly (Omit<NextFrame, 'id' | 'takenAt'> & { frame: string; takenAt: string })[] } {
  const { manifest } = head();
  const { id, width, backbone } = manifest;
  const kept = archive
    .frames({ labelled: false })
    .filter(frame => frame.backbone === backbone.sha256 && frame.visibility === 'ok')
    .map(frame => ({
      ...frame,
      embeddings: () => archive.embeddings(frame.id),
      stale: frame.head !== id,
    }));
  const ids = new Set(kept.map(({ id }) => id));
  const latest = recent
    .list()
    .filter(({ id, visibility }) => !ids.has(id) && visibility === 'ok' && archive.labelOf(id) === undefined)
    .map(frame => ({ ...frame, embeddings: () => frame.embeddings, stale: frame.head !== id }));
  const labelled = archive.labelled().filter(({ because }) => because !== 'image');
  const input = {
    head: { ...manifest, thresholds: thresholds() },
    labelled: known.cells().matrix,
    width,
    counts: archive.counts().labels,
    showsNobody: labelled.some(saysWhereNobodyIs),
    whole: labelled
      .filter(frame => frame.backbone === backbone.sha256 && isWhole(frame))
      .map(frame => ({
        ...frame,
        labels: frame.label.labels.filter(name => manifest.activities.includes(name)),
        unsure: unsure().has(frame.id),
        embeddings: () => archive.embeddings(frame.id),
      })),
    rescore: rescoreWith(head()),
  };
  const frames = rankFrames([...kept, ...latest], input, { count }).map(({ id: frame, takenAt, ...why }) => ({
    frame,
    takenAt: new Date(takenAt).toISOString(),
    ...why,
  }));
  return { frames };
}

/** Labelled `none`, or with all of its riders. */
function saysWhereNobodyIs({ label }: LabelledFrame): boolean {
  const { labels, rectangle, pointing } = label;
  return pointing === undefined ? labels.length === 0 && rectangle === undefined : pointing.complete;
}

/** Labelled with activities, without a word of where. */
function isWhole({ label }: LabelledFrame): boolean {
  return label.labels.length > 0 && label.rectangle === undefined && label.pointing === undefined;
}

/** @throws SurfwatchError `label-frame-unknown` */
export async function explanation(deps: AnswerDeps, id: string, at?: Point): Promise<Explanation> {
  const { archive, known, head, loadBase } = deps;
  const kept = archive.frame(id);
  const frame = kept === undefined ? latelyKnown(deps, id) : { ...kept, embeddings: archive.embeddings(id) };
  if (frame === undefined) throw unknown(id);
  const labels = archive.labelOf(id)?.labels ?? null;
  const manifest = head().manifest;
  const isComparable = frame.backbone === manifest.backbone.sha256;
  return explainFrame(
    { ...frame, labels, embeddings: isComparable ? frame.embeddings : null },
    { board: known.cells(), base: await loadBase() },
    { ...head(), manifest: { ...manifest, thresholds: { ...manifest.thresholds, ...deps.thresholds() } } },
    { ...EXPLAIN_DEFAULTS, ...(at !== undefined && { at }) },
  );
}

/**
 * The picture of a frame as base64, pixelated where pictures are: one seen lately is as the camera gave it, and so is
 * one that was kept before `learning.pixelate` was switched on.
 *
 * @param width in pixels; not enlarged
 * @throws SurfwatchError `label-frame-unknown`, also where no picture of it is kept
 */
export async function framePicture(
  { onlyZones, ...deps }: PictureDeps & Pick<AnswerDeps, 'onlyZones'>,
  id: string,
  width: number | undefined,
) {
  const { frame, picture } = await pictureOf(deps, id);
  const zones = onlyZones();
  const shown = sharp(zones === null ? picture : await pixelateOutside(picture, zones)).autoOrient();
  const sized = width === undefined ? shown : shown.resize({ width, withoutEnlargement: true });
  const jpeg = await sized.jpeg({ quality: 80 }).toBuffer();
  return {
    frame: id,
    takenAt: new Date(frame.takenAt).toISOString(),
    cells: frame.cells.length,
    labels: deps.archive.labelOf(id)?.labels ?? null,
    jpeg: jpeg.toString('base64'),
  };
}

/**
 * A frame and its picture as it is kept, not pixelated.
 *
 * @throws SurfwatchError `label-frame-unknown`, also where no picture of it is kept
 */
export async function pictureOf({ archive, ...lately }: PictureDeps, id: string) {
  const kept = archive.frame(id);
  const latest = latelyKnown(lately, id);
  const picture = kept === undefined ? (latest?.picture ?? null) : await archive.picture(id);
  const frame = kept ?? latest;
  if (frame === undefined) throw unknown(id);
  if (picture === null) throw new SurfwatchError('label-frame-unknown', `no picture of frame ${id} is kept`);
  return { frame, picture };
}

type PictureDeps = Pick<AnswerDeps, 'archive' | 'recent' | 'shown'>;

function latelyKnown({ recent, shown }: Pick<AnswerDeps, 'recent' | 'shown'>, id: string) {
  return recent.get(id) ?? shown.get(id);
}

/** How far labelling has come: what labels there are, what they brought, what ten more would. */
export function labelProgress(archive: Archive, store: ModelStore): Progress {
  const log = archive.log(Number.MAX_SAFE_INTEGER).toReversed();
  const points = store
    .history(PROGRESS_POINTS)
    .toReversed()
    .flatMap(({ at, event, figures }): RetrainingPoint[] => {
      if ((event !== 'promoted' && event !== 'rejected') || figures === null) return [];
      const { board, base } = figures;
      const known = log.filter(entry => entry.at <= Date.parse(at));
      return [{ at: Date.parse(at), labels: countsOf(known), board, base, outcome: event }];
    });
  return progressOf(archive.counts().labels, points);
}

/** The newest retrainings that are looked back on. */
const PROGRESS_POINTS = 30;

/** Labelled frames of each activity, and of `none`. */
function countsOf(log: readonly LabelEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { labels } of foldLabels(log).values()) {
    for (const name of labels.length === 0 ? ['none'] : labels) counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function unknown(id: string): SurfwatchError {
  return new SurfwatchError(
    'label-frame-unknown',
    `frame ${id}: neither in the archive nor among those seen lately`,
  );
}
