/** The views of a photo. */
import type { Random } from '../../base/random.ts';
import type { RawPicture } from '../../vision/decode.ts';
import type { View } from './view.ts';
import { croppedView, middleView, mirroredView, wholeView } from './views.ts';

/** A photo is decoded at this many times the backbone's input, so that parts of it are still sharp. */
export const SPARE = 3;

export interface PhotoViewOptions {
  /** Side of the backbone's input in pixels. */
  readonly input: number;
  /** Changed copies: the first is the mirror image, the others random parts in other light. */
  readonly changed: number;
  /** Also the middle square, by which photos are judged together with the whole. */
  readonly middle: boolean;
}

/** The photo as it is judged (squeezed to a square, and its middle square), then changed copies. */
export async function photoViews(
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
