/** Lists what is in folders to learn from, photos and frames alike. */
import { basename, dirname } from 'node:path';
import { labelsInOrder, NONE } from '../../base/activities.ts';
import { checkFolderName } from './class-checks.ts';
import type { Finding } from './findings.ts';
import { readFrames } from './frames.ts';
import { datasetKind, type FrameFormat } from './kind.ts';
import { listPhotos } from './photos.ts';

export interface ListedFile {
  readonly path: string;
  /** The directory it was found through. */
  readonly source: string;
  /** Labels of a photo, or of the riders of a frame; empty for none. */
  readonly activities: readonly string[];
  /** Its activities in the usual order with + between, or `none`. */
  readonly label: string;
  /** Its own path where nothing tells where it is from. */
  readonly group: string;
  readonly frame: boolean;
}

export interface ListedSource {
  readonly directory: string;
  readonly format: 'photos' | FrameFormat;
}

export interface Listed {
  readonly sources: readonly ListedSource[];
  /** Each file once, also where folders overlap. */
  readonly files: readonly ListedFile[];
  /** What is wrong with names of folders and with boxes. */
  readonly findings: readonly Finding[];
}

/**
 * @param activities names that stand for themselves as classes of boxes, besides the usual three
 * @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`
 */
export async function listSources(
  directories: readonly string[],
  activities?: readonly string[],
): Promise<Listed> {
  const sources: ListedSource[] = [];
  const files = new Map<string, ListedFile>();
  const findings: Finding[] = [];
  for (const directory of directories) {
    const kind = await datasetKind(directory);
    const found =
      kind.kind === 'photos' ? await photosOf(directory) : await framesOf(directory, kind.format, activities);
    sources.push({ directory, format: kind.kind === 'photos' ? 'photos' : kind.format });
    findings.push(...found.findings);
    for (const file of found.files) if (!files.has(file.path)) files.set(file.path, file);
  }
  return { sources, files: [...files.values()], findings };
}

type Found = Omit<Listed, 'sources'>;

async function photosOf(directory: string): Promise<Found> {
  const photos = await listPhotos(directory);
  const folders = new Map<string, string[]>();
  for (const { path } of photos) {
    const folder = basename(dirname(path));
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  const findings = [...folders].flatMap(([folder, paths]) => checkFolderName(folder, paths) ?? []);
  const files = photos.map(({ path, activities, group }) => ({
    path,
    source: directory,
    activities,
    label: labelOf(activities),
    group,
    frame: false,
  }));
  return { files, findings };
}

async function framesOf(
  directory: string,
  format: FrameFormat,
  names: readonly string[] | undefined,
): Promise<Found> {
  const { frames, findings } = await readFrames(directory, format, names);
  const files = frames.map(({ path, riders, group }) => {
    const activities = [...new Set(riders.map(rider => rider.activity))];
    return { path, source: directory, activities, label: labelOf(activities), group, frame: true };
  });
  return { files, findings };
}

function labelOf(activities: readonly string[]): string {
  return activities.length === 0 ? NONE : labelsInOrder(activities).join('+');
}
