/** Reads the sources to learn from as a stream of views, leaving out files that cannot be read. */
import { basename } from 'node:path';
import { messageOf } from '../errors.ts';
import { createRandom, type Random } from '../ops/random.ts';
import type { RawPicture } from '../vision/decode.ts';
import type { BoxedFrame, LabelledPhoto } from './dataset.ts';
import type { SampleView } from './embed.ts';
import { labelVector } from './labels.ts';
import { chooseTiles } from './tile-choice.ts';
import { croppedView, mirroredView, openPicture, tileView, variedView, wholeView } from './views.ts';

export interface CollectOptions {
  readonly activities: readonly string[];
  /** Side of the backbone's input in pixels. */
  readonly input: number;
  /** Augmented views of each photo, besides the photo itself. */
  readonly views: number;
  /** Tiles around riders, and as many anywhere, of each frame. */
  readonly tiles: number;
  readonly seed: number;
  /** A file that was left out, and why. */
  readonly onSkip: (file: string, reason: string) => void;
  /** A file was read. */
  readonly onRead: () => void;
}

/** Photos are decoded at this many times the backbone's input, so that parts of them are still sharp. */
const SPARE = 3;

/** Each photo as the daemon sees it, its mirror image, and random parts of it. */
export async function* photoViews(
  photos: readonly LabelledPhoto[],
  source: string,
  options: CollectOptions,
): AsyncGenerator<SampleView> {
  const random = createRandom(options.seed);
  for (const photo of photos) {
    const picture = await openOrSkip(photo.path, options, options.input * SPARE);
    options.onRead();
    if (picture === null) continue;
    const plain = {
      labels: labelVector(photo.activities, options.activities),
      group: photo.group,
      source,
      file: photo.path,
      augmented: false,
    };
    const changed = { ...plain, augmented: true };
    const whole = await wholeView(picture, options.input);
    yield { sample: plain, pixels: whole };
    if (options.views > 0) yield { sample: changed, pixels: mirroredView(whole, options.input) };
    for (let view = 1; view < options.views; view++) {
      yield { sample: changed, pixels: await croppedView(picture, options.input, random) };
    }
  }
}

/** Tiles around the riders of a frame and elsewhere: each once as it is, and once in another light. */
export async function* frameViews(
  frames: Iterable<BoxedFrame> | AsyncIterable<BoxedFrame & { picture: RawPicture }>,
  source: string,
  options: CollectOptions,
): AsyncGenerator<SampleView> {
  const random = createRandom(options.seed);
  for await (const frame of frames) {
    const picture = 'picture' in frame ? frame.picture : await openOrSkip(frame.path, options);
    options.onRead();
    if (picture !== null) yield* tilesOf(frame, picture, source, options, random);
  }
}

async function* tilesOf(
  frame: BoxedFrame,
  picture: RawPicture,
  source: string,
  options: CollectOptions,
  random: Random,
): AsyncGenerator<SampleView> {
  for (const { rectangle, activities } of chooseTiles(frame.riders, picture, options.tiles, random)) {
    const plain = {
      labels: labelVector(activities, options.activities),
      group: frame.group,
      source,
      file: frame.path,
      augmented: false,
    };
    const tile = await tileView(picture, rectangle, options.input);
    yield { sample: plain, pixels: tile };
    if (options.views > 0) {
      const pixels = await variedView(tile, options.input, random);
      yield { sample: { ...plain, augmented: true }, pixels };
    }
  }
}

async function openOrSkip(
  path: string,
  options: CollectOptions,
  shortest?: number,
): Promise<RawPicture | null> {
  try {
    return await openPicture(path, shortest);
  } catch (error) {
    options.onSkip(basename(path), messageOf(error).split('\n')[0] as string);
    return null;
  }
}
