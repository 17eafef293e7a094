/** Gathers what a retraining learns from. */

import type { Logger } from 'pino';
import type { BeachReader } from '../../activity/beach-reader.ts';
import type { Point } from '../../base/geometry.ts';
import { messageOf } from '../../errors.ts';
import { WHOLE_FRAME, type Zone } from '../../vision/zone.ts';
import { notShown } from '../archive/points.ts';
import type { RecentFrames } from '../archive/recent.ts';
import type { Archive, KeptFrame, Label, LabelledFrame, NewFrame } from '../archive/types.ts';
import type { EmbeddedPicture } from '../labels/service.ts';
import type { ModelStore } from '../models/types.ts';
import { heldFrames } from '../retrain/blocks.ts';
import type { BaseSet, BoardFrame, CameraFrame, RetrainInput } from '../retrain/types.ts';
import { pointAt } from './point-at.ts';

export interface GatherDeps {
  readonly archive: Archive;
  readonly reader: BeachReader;
  /** Zones of the camera. */
  readonly zones: readonly Zone[];
  readonly recent: Pick<RecentFrames, 'list'>;
  readonly store: Pick<ModelStore, 'shipped'>;
  /** A fresh one for each job: its embeddings are handed over. */
  readonly loadBase: () => Promise<BaseSet | null>;
  readonly log: Logger;
}

/** @param only ways or activities; without it all labels */
export async function gather(
  deps: GatherDeps,
  only: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<RetrainInput> {
  const { archive, reader, loadBase } = deps;
  const held = heldFrames(
    archive.log(Number.MAX_SAFE_INTEGER).toReversed(),
    id => archive.frame(id)?.because === 'image',
  );
  const board: BoardFrame[] = [];
  for (const frame of archive.labelled().filter(({ label }) => isWanted(label, only))) {
    signal.throwIfAborted();
    const seen = await cellsOf(frame, deps);
    if (seen === null) continue;
    const { id, takenAt, because, label } = frame;
    board.push({
      id,
      takenAt,
      labels: label.labels,
      ...(label.rectangle !== undefined && { rectangle: label.rectangle }),
      ...(label.pointing !== undefined && { pointing: label.pointing }),
      held: held.has(id),
      elsewhere: because === 'image',
      ...seen,
    });
  }
  const shipped = await deps.store.shipped().catch(error => {
    deps.log.warn({ err: error }, 'the shipped head cannot be read: new heads are not compared with it');
    return null;
  });
  return {
    base: await loadBase(),
    board,
    unlabelled: unlabelledFrames(deps),
    incumbent: reader.head,
    ...(shipped !== null && { shipped }),
  };
}

/** Frames to compare heads on, at most: of the archive, which reaches further back, and of those seen just now. */
const ARCHIVED = 80;
const RECENT = 40;

/** Those that nobody labelled, newest first, spread over what is remembered. */
function unlabelledFrames({ archive, recent, reader }: GatherDeps): CameraFrame[] {
  const { backbone, width } = reader.head.manifest;
  const isUsable = (frame: Pick<NewFrame, 'visibility' | 'backbone' | 'because'>) =>
    frame.visibility === 'ok' && frame.backbone === backbone.sha256 && frame.because !== 'image';
  const kept = archive
    .frames({ labelled: false, limit: 2 * ARCHIVED })
    .filter(isUsable)
    .slice(0, ARCHIVED)
    .map(frame => ({ ...frame, embeddings: archive.embeddings(frame.id) }));
  const ids = new Set(kept.map(({ id }) => id));
  const latest = recent
    .list()
    .filter(frame => isUsable(frame) && !ids.has(frame.id) && archive.labelOf(frame.id) === undefined);
  const step = Math.max(1, Math.ceil(latest.length / RECENT));
  return [...kept, ...latest.filter((_, index) => index % step === 0)].flatMap(({ id, cells, embeddings }) =>
    // Copied: the job takes its embeddings away.
    embeddings?.length === cells.length * width ? [{ id, cells, embeddings: embeddings.slice() }] : [],
  );
}

function isWanted({ way, labels }: LabelledFrame['label'], only: readonly string[] | undefined): boolean {
  if (only === undefined) return true;
  const names = labels.length === 0 ? ['none'] : labels;
  return only.includes(way) || names.some(name => only.includes(name));
}

/** Those that are kept; of another backbone, or where a point has none, the picture is read anew, and what comes of it kept. */
async function cellsOf(
  frame: LabelledFrame,
  deps: GatherDeps,
): Promise<Pick<BoardFrame, 'cells' | 'embeddings'> | null> {
  const { archive, reader, log } = deps;
  const { backbone, width } = reader.head.manifest;
  const points = pointsOf(frame.label);
  const kept = ({ id, cells, backbone: of }: KeptFrame) => {
    const embeddings = archive.embeddings(id);
    return of === backbone.sha256 && embeddings?.length === cells.length * width
      ? { cells, embeddings }
      : null;
  };
  const before = kept(frame);
  // After `undo` the points of the label before hold again, whose cells are no longer kept.
  if (before !== null && notShown(before.cells, points).length === 0) return before;
  try {
    const there = await pointAt(deps, frame.id, points);
    const now = archive.frame(frame.id);
    if (there && now !== undefined) return kept(now);
    if (before === null)
      log.warn(
        { frame: frame.id },
        'a labelled frame of another backbone has no picture: nothing is learnt from it',
      );
  } catch (error) {
    log.warn({ frame: frame.id, reason: messageOf(error) }, 'the picture of a labelled frame cannot be read');
  }
  return before;
}

/** All that a label points at. */
function pointsOf({ pointing }: Label): Point[] {
  return pointing === undefined ? [] : [...pointing.riders, ...pointing.nobody];
}

/**
 * Looks at a picture that was sent to be labelled. It is read as a frame, whatever its size: riders are looked for at all sizes. The label is of all of it, so the
 * zones of this camera don't matter.
 *
 * @param points that its label points at
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function embedSentPicture(
  jpeg: Buffer,
  { read, backbone }: Pick<BeachReader, 'read' | 'backbone'>,
  points: readonly Point[] = [],
): Promise<EmbeddedPicture> {
  const { cells, embeddings, head } = await read(jpeg, [WHOLE_FRAME], { points });
  return {
    cells,
    embeddings,
    head,
    backbone: backbone.manifest.weights.sha256,
    visibility: 'ok',
    novelty: null,
  };
}
