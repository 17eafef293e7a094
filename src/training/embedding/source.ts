/** The photos of a folder, and what each is seen as. */
import { basename, resolve } from 'node:path';
import type { Random } from '../../base/random.ts';
import { SurfwatchError } from '../../errors.ts';
import type { RawPicture } from '../../vision/decode.ts';
import { hasBoxes, listPhotos } from '../data/dataset.ts';
import type { View } from './view.ts';
import { croppedView, middleView, mirroredView, openPicture, wholeView } from './views.ts';

export interface ViewOptions {
  /** Side of the backbone's input in pixels. */
  readonly input: number;
  /** Changed copies of each photo. */
  readonly changed: number;
  /** Whether photos are also seen, and judged, by their middle square. */
  readonly middle: boolean;
}

export interface TrainingPicture {
  readonly path: string;
  readonly group: string;
  /** Empty for none. */
  readonly activities: readonly string[];
  views(bytes: Buffer, options: ViewOptions, random: Random): Promise<View[]>;
}

export interface TrainingSource {
  readonly name: string;
  readonly directory: string;
  /** Activities that occur in it. */
  readonly activities: readonly string[];
  readonly pictures: readonly TrainingPicture[];
}

/** @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`; `training-impossible` for frames with boxes */
export async function openSource(directory: string): Promise<TrainingSource> {
  if (await hasBoxes(directory)) {
    throw new SurfwatchError(
      'training-impossible',
      `${directory} holds frames with boxes: they teach a head that finds riders, not one for whole pictures`,
    );
  }
  const photos = await listPhotos(directory);
  return {
    name: basename(resolve(directory)),
    directory,
    activities: [...new Set(photos.flatMap(photo => photo.activities))],
    pictures: photos.map(({ path, group, activities }) => ({
      path,
      group,
      activities,
      views: async (bytes, options, random) =>
        photoViews(await openPicture(bytes, options.input * SPARE), activities, options, random),
    })),
  };
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
  const activities = new Set(pictures.flatMap(picture => picture.activities));
  return { ...source, pictures, activities: [...activities] };
}

/** A photo is decoded at this many times the backbone's input, so that parts of it are still sharp. */
const SPARE = 3;

interface PhotoViewOptions {
  /** Side of the backbone's input in pixels. */
  readonly input: number;
  /** Changed copies: the first is the mirror image, the others random parts in other light. */
  readonly changed: number;
  /** Also the middle square, by which photos are judged together with the whole. */
  readonly middle: boolean;
}

/** The photo as it is judged (squeezed to a square, and its middle square), then changed copies. */
async function photoViews(
  picture: RawPicture,
  activities: readonly string[],
  { input, changed, middle }: PhotoViewOptions,
  random: Random,
): Promise<View[]> {
  const parts = Array.from({ length: Math.max(0, changed - 1) }, () => croppedView(picture, input, random));
  const [whole, square, ...cropped] = await Promise.all([
    wholeView(picture, input),
    middle ? middleView(picture, input) : null,
    ...parts,
  ]);
  const judged = square === null ? [whole] : [whole, square];
  const copies = changed > 0 ? [mirroredView(whole, input), ...cropped] : [];
  const view = (augmented: boolean) => (pixels: Uint8Array) => ({ pixels, part: '', activities, augmented });
  return [...judged.map(view(false)), ...copies.map(view(true))];
}
