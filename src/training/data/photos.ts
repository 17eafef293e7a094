/** Photos in folders named after what they show. */
import { join } from 'node:path';
import { activitiesOf } from '../../base/activities.ts';
import { SurfwatchError } from '../../errors.ts';
import { isPicture, list } from './files.ts';
import { readGroups } from './manifest.ts';

export interface LabelledPhoto {
  readonly path: string;
  /** Activities in the picture; empty for none. */
  readonly activities: readonly string[];
  /** Its source; its own path where no manifest tells. */
  readonly group: string;
}

/**
 * Lists the photos of `<directory>/<class>/*.{jpg,jpeg,png,webp}`, in a fixed order. A `manifest.csv` with the columns
 * `file` and `group` beside the class folders tells which photos come from the same source.
 *
 * @throws SurfwatchError `dataset-unreadable` where there is no class folder with a picture
 */
export async function listPhotos(directory: string): Promise<LabelledPhoto[]> {
  const groups = await readGroups(directory);
  const photos: LabelledPhoto[] = [];
  for (const folder of (await list(directory)).folders) {
    for (const file of (await list(join(directory, folder))).files.filter(isPicture)) {
      const path = join(directory, folder, file);
      photos.push({
        path,
        activities: activitiesOf(folder),
        group: groups.get(`${folder}/${file}`) ?? path,
      });
    }
  }
  if (photos.length === 0) {
    throw new SurfwatchError(
      'dataset-unreadable',
      `${directory} holds no pictures in class folders (DIR/<class>/*.jpg)`,
    );
  }
  return photos;
}
