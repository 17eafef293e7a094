/** Tells what kind of dataset a folder is. */
import { join } from 'node:path';
import { NONE } from '../../base/activities.ts';
import { SurfwatchError } from '../../errors.ts';
import { activityNamed } from '../../learning/labels/activity-names.ts';
import { cocoFiles } from './coco.ts';
import { exists, isPicture, list, listDeep } from './files.ts';
import { labelFiles } from './yolo-layout.ts';
import { yoloNameFiles } from './yolo-names.ts';

export type FrameFormat = 'boxes.json' | 'YOLO' | 'COCO';

export type DatasetKind =
  | { readonly kind: 'photos' }
  | { readonly kind: 'frames'; readonly format: FrameFormat };

/**
 * Photos in class folders, or frames with boxes and in which format. A folder without lists of boxes is taken for
 * photos; whether there are any, `listPhotos` finds out.
 *
 * @throws SurfwatchError `dataset-unreadable`; `dataset-mixed` where it is several at once
 */
export async function datasetKind(directory: string): Promise<DatasetKind> {
  const signs = await signsOf(directory);
  const formats = [...new Set(signs.map(({ format }) => format))];
  const [format] = formats;
  if (format === undefined) return { kind: 'photos' };
  if (formats.length > 1) {
    throw mixed(directory, signs.map(({ file }) => file).join(' and '));
  }
  const folders = await classFolders(directory);
  if (folders.length > 0) throw mixed(directory, `${signs[0]?.file} and photos in ${folders.join(', ')}`);
  return { kind: 'frames', format };
}

interface Sign {
  readonly format: FrameFormat;
  readonly file: string;
}

async function signsOf(directory: string): Promise<Sign[]> {
  const signs: Sign[] = [];
  if (await exists(join(directory, 'boxes.json'))) signs.push({ format: 'boxes.json', file: 'boxes.json' });
  const { folders, files } = await list(directory);
  const coco = cocoFiles(files);
  for (const folder of folders) {
    const inner = (await list(join(directory, folder))).files;
    coco.push(...cocoFiles(inner.map(file => `${folder}/${file}`)));
  }
  if (coco[0] !== undefined) signs.push({ format: 'COCO', file: coco[0] });
  const [names] = await yoloNameFiles(directory);
  // A list of names alone may be anything's: labels must be there too.
  const structured = folders.some(folder => YOLO_FOLDERS.test(folder)) && coco.length === 0;
  if ((names !== undefined || structured) && labelFiles(await listDeep(directory)).length > 0) {
    signs.push({ format: 'YOLO', file: names ?? 'labels/' });
  }
  return signs;
}

const YOLO_FOLDERS = /^(images|labels|train|valid|val|test)$/;

/** Folders with photos that are named after an activity, or none. */
async function classFolders(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of (await list(directory)).folders) {
    const isClass = folder.split('+').every(part => part === NONE || activityNamed(part) !== undefined);
    if (isClass && (await list(join(directory, folder))).files.some(isPicture)) found.push(`${folder}/`);
  }
  return found;
}

function mixed(directory: string, what: string): SurfwatchError {
  return new SurfwatchError('dataset-mixed', `${directory} holds ${what}`);
}
