/** Finds what there is to learn from: photos in class folders, or frames with boxes around their riders. */
import { datasetKind } from './kind.ts';

export type { BoxedFrame } from './boxes.ts';
export { listFrames, readListedFrames } from './frames.ts';
export { datasetKind } from './kind.ts';
export { type LabelledPhoto, listPhotos } from './photos.ts';

/**
 * Whether a folder holds frames with boxes rather than class folders.
 *
 * @throws SurfwatchError `dataset-unreadable`, `dataset-mixed`
 */
export async function hasBoxes(directory: string): Promise<boolean> {
  return (await datasetKind(directory)).kind === 'frames';
}
