/** Opens the archive and what works on it. */

import { liveView } from '../../base/live-view.ts';
import { openArchive } from '../archive/archive.ts';
import { createReferences, type References, strongestCells } from '../archive/novelty.ts';
import { ARCHIVE_LIKENESS, type ArchiveOptions } from '../archive/options.ts';
import { createRecentFrames, type RecentFrames, type RecentOptions } from '../archive/recent.ts';
import type { Archive } from '../archive/types.ts';
import { LabelFolder } from '../labels/folder.ts';
import { type LabelService, labelService } from '../labels/service.ts';
import type { BaseSet } from '../retrain/types.ts';
import { type Archiver, createArchiver } from './archiver.ts';
import { type DriftMonitor, openDriftMonitor } from './drift-monitor.ts';
import { embedSentPicture } from './gather.ts';
import { type LabelledCellsCache, labelledCellsCache } from './labelled-cells-cache.ts';
import type { LearningDeps } from './learning-deps.ts';
import { pointAt } from './point-at.ts';
import { thinnedBase } from './shipped-base.ts';

export interface OpenArchive {
  readonly archive: Archive;
  readonly recent: RecentFrames;
  /** Frames that somebody saw on the page. */
  readonly shown: RecentFrames;
  readonly archiver: Archiver;
  readonly known: LabelledCellsCache;
  readonly drift: DriftMonitor;
  readonly labels: LabelService;
  /** Not started; absent where no folder is watched. */
  readonly folder?: LabelFolder;
}

export interface OpenArchiveHooks {
  readonly loadBase: () => Promise<BaseSet | null>;
  readonly onLabelled: () => void;
}

/** A minute of pictures two seconds apart: who taps on a rider taps on one of the newest. */
const SHOWN: RecentOptions = { frames: 30, bytes: 12 * 2 ** 20 };
/** Cells that those of new frames are compared with; 2 MB at a width of 128. */
const REFERENCES = 2_000;

/** @throws SurfwatchError `database-newer`, `disk-full`, `state-unwritable`, `storage-failed` */
export async function openArchiveParts(deps: LearningDeps, hooks: OpenArchiveHooks): Promise<OpenArchive> {
  const { options, minFreeBytes, directory, reader, zones, clock, log, onAlert } = deps;
  const head = () => reader.head.manifest;
  // A view: the quotas may change while the daemon runs.
  const archiveOptions = liveView((): ArchiveOptions => {
    const { maxFrames, maxBytes, maxAgeMs } = options;
    return { ...ARCHIVE_LIKENESS, maxFrames, maxBytes, maxAgeMs, minFreeBytes };
  });
  const archive = await openArchive({ directory, options: archiveOptions, clock, log });
  const base = await hooks.loadBase();
  if (base === null)
    log.warn('no base set comes with the head: a retraining can only be judged on this board');
  const recent = createRecentFrames();
  const shown = createRecentFrames(SHOWN);
  const full = 'no room for frames to learn from: see learning.maxBytes and monitor.minFree';
  const archiver = createArchiver({
    archive,
    recent,
    shown,
    references: referencesOf(archive, base, deps),
    options,
    zones,
    head,
    backbone: reader.backbone.manifest.weights.sha256,
    monotonicMs: clock.monotonic(),
    onRoom: isFull => onAlert('archive-full', isFull ? full : null),
  });
  const labels = labelsOf(deps, hooks, { archive, recent, archiver });
  const folder = folderOf(deps, labels);
  return {
    archive,
    recent,
    shown,
    archiver,
    known: labelledCellsCache(archive, () => reader.head),
    drift: await openDriftMonitor(directory, base, head, { clock, log }),
    labels,
    ...(folder !== undefined && { folder }),
  };
}

/** What is known: of the base set, and of all labelled frames. */
function referencesOf(archive: Archive, base: BaseSet | null, { reader }: LearningDeps): References {
  const { width, backbone } = reader.head.manifest;
  const references = createReferences(width, REFERENCES);
  if (base !== null) references.add(thinnedBase(base, REFERENCES / 2));
  for (const frame of archive.labelled()) {
    const embeddings = frame.backbone === backbone.sha256 ? archive.embeddings(frame.id) : null;
    if (embeddings !== null) references.add(strongestCells(embeddings, width));
  }
  return references;
}

function labelsOf(
  { options, reader, zones, newId, clock, log }: LearningDeps,
  { onLabelled }: OpenArchiveHooks,
  { archive, recent, archiver }: Pick<OpenArchive, 'archive' | 'recent' | 'archiver'>,
): LabelService {
  return labelService({
    archive: {
      ...archive,
      // What is labelled is kept under the same rules as what the daemon keeps by itself.
      add: async frame => {
        const prepared = await archiver.prepared(frame);
        return prepared === null ? 'full' : archive.add(prepared);
      },
    },
    recent,
    activities: () => reader.head.manifest.activities,
    newActivities: options.newActivities,
    embedPicture: (jpeg, points) => embedSentPicture(jpeg, reader, points),
    pointAt: (frame, points) => pointAt({ archive, reader, zones }, frame, points),
    rider: () => reader.head.manifest.cells?.rider ?? 1,
    newId,
    clock,
    log,
    onLabelled,
  });
}

function folderOf(
  { options, reader, clock, log }: LearningDeps,
  labels: LabelService,
): LabelFolder | undefined {
  const { labelledDir: root, newActivities } = options;
  if (root === undefined) return undefined;
  const activities = () => [...reader.head.manifest.activities, ...newActivities];
  return new LabelFolder({ root, labels, activities, clock, log });
}
