/** The views of a frame with boxes. */
import type { Random } from '../../ops/random.ts';
import type { RawPicture } from '../../vision/decode.ts';
import type { BoxedRider } from '../data/dataset.ts';
import { chooseTiles, gridTiles } from './tile-choice.ts';
import type { View } from './view.ts';
import { drawVariation, tileView, variedView } from './views.ts';

export interface FrameViewOptions {
  /** Side of the backbone's input in pixels. */
  readonly input: number;
  /** Tiles around riders, and as many anywhere. */
  readonly tiles: number;
  /** Whether each of these is also shown once in another light. */
  readonly varied: boolean;
}

/** Tiles around the riders and elsewhere, once as they are and once in another light; and the daemon's own. */
export async function frameViews(
  picture: RawPicture,
  riders: readonly BoxedRider[],
  { input, tiles: count, varied }: FrameViewOptions,
  random: Random,
): Promise<View[]> {
  const chosen = chooseTiles(riders, picture, count, random).map(tile => ({
    ...tile,
    variation: varied ? drawVariation(input, random) : null,
  }));
  const grid = gridTiles(riders, picture, input).map(tile => ({ ...tile, variation: null }));
  const views = [...chosen, ...grid].map(async ({ rectangle, activities, variation }, index) => {
    const label = { part: String(index), rectangle, activities, augmented: false };
    const pixels = await tileView(picture, rectangle, input);
    const plain = { ...label, pixels };
    if (variation === null) return [plain];
    return [plain, { ...label, augmented: true, pixels: await variedView(pixels, input, variation) }];
  });
  return (await Promise.all(views)).flat();
}
