/** Where YOLO datasets keep the labels of a picture. Paths are relative to the dataset, with `/` between. */
import { isPicture } from './files.ts';

/** The last folder named `images` in a path. */
const IMAGES = /^(.*\/)?images\//;

/** Whether its labels have a folder of their own. */
export function hasLabelFolder(picture: string): boolean {
  return IMAGES.test(picture);
}

/** `…/labels/…/x.txt` for `…/images/…/x.jpg`, else `x.txt` beside it. */
export function labelOf(picture: string): string {
  return picture.replace(/\.[^.]+$/, '.txt').replace(IMAGES, '$1labels/');
}

/** The files that hold labels: those in a folder for labels, and those beside a picture of their name. */
export function labelFiles(files: readonly string[]): string[] {
  const wanted = new Set(files.filter(isPicture).map(labelOf));
  return files.filter(
    file => wanted.has(file) || (/(^|\/)labels\/.*\.txt$/.test(file) && !file.endsWith('/classes.txt')),
  );
}
