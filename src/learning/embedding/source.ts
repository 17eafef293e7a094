/** Decides what each folder given to training is, and what its pictures are seen as. */
import { basename, resolve } from 'node:path';
import type { Random } from '../../ops/random.ts';
import { datasetKind, listFrames, listPhotos } from '../data/dataset.ts';
import { frameViews } from './frame-views.ts';
import { photoViews, SPARE } from './photo-views.ts';
import type { View } from './view.ts';
import { openPicture } from './views.ts';

export interface ViewOptions {
  /** Side of the backbone's input in pixels. */
  readonly input: number;
  /** Changed copies of each photo; any also shows each tile in another light. */
  readonly changed: number;
  /** Whether photos are also seen, and judged, by their middle square. */
  readonly middle: boolean;
  /** Tiles around riders, and as many elsewhere, of each frame. */
  readonly tiles: number;
}

export interface TrainingPicture {
  readonly path: string;
  readonly group: string;
  /** Activities of a photo; those of a frame's tiles depend on where they lie. */
  readonly activities: readonly string[] | null;
  /** Activities anywhere in it. */
  readonly shows: readonly string[];
  /** Besides bytes and options, what its views depend on. */
  readonly layout: string;
  views(bytes: Buffer, options: ViewOptions, random: Random): Promise<View[]>;
}

export interface TrainingSource {
  readonly name: string;
  readonly directory: string;
  readonly kind: 'photos' | 'frames';
  /** Activities that occur in it. */
  readonly activities: readonly string[];
  readonly pictures: readonly TrainingPicture[];
}

/** @throws SurfwatchError `dataset-unreadable`, `dataset-mixed` */
export async function openSource(directory: string): Promise<TrainingSource> {
  const { kind } = await datasetKind(directory);
  const { pictures, activities } = await (kind === 'frames' ? framesOf(directory) : photosOf(directory));
  return { name: basename(resolve(directory)), directory, kind, activities, pictures };
}

/** The source without some of its files, and with the groups given by path. */
export function narrowed(
  source: TrainingSource,
  leftOut: ReadonlySet<string>,
  groups: ReadonlyMap<string, string>,
): TrainingSource {
  const pictures = source.pictures
    .filter(({ path }) => !leftOut.has(path))
    .map(picture => ({ ...picture, group: groups.get(picture.path) ?? picture.group }));
  const activities = new Set(pictures.flatMap(picture => picture.shows));
  return { ...source, pictures, activities: [...activities] };
}

type Opened = Pick<TrainingSource, 'activities' | 'pictures'>;

async function photosOf(directory: string): Promise<Opened> {
  const photos = await listPhotos(directory);
  return {
    activities: [...new Set(photos.flatMap(photo => photo.activities))],
    pictures: photos.map(({ path, group, activities }) => ({
      path,
      group,
      activities,
      shows: activities,
      layout: 'photo',
      views: async (bytes, options, random) =>
        photoViews(await openPicture(bytes, options.input * SPARE), activities, options, random),
    })),
  };
}

async function framesOf(directory: string): Promise<Opened> {
  const frames = await listFrames(directory);
  return {
    activities: [...new Set(frames.flatMap(frame => frame.riders.map(rider => rider.activity)))],
    pictures: frames.map(({ path, group, riders }) => ({
      path,
      group,
      activities: null,
      shows: [...new Set(riders.map(rider => rider.activity))],
      layout: JSON.stringify(riders),
      views: async (bytes, { input, tiles, changed }, random) =>
        frameViews(await openPicture(bytes), riders, { input, tiles, varied: changed > 0 }, random),
    })),
  };
}
