/** Reads the sources to learn from as a stream of views, leaving out files that cannot be read. */
import { basename } from 'node:path';
import { messageOf } from '../../errors.ts';
import { createRandom, type Random } from '../../ops/random.ts';
import type { RawPicture } from '../../vision/decode.ts';
import type { BoxedFrame, LabelledPhoto } from '../data/dataset.ts';
import { labelVector } from '../data/labels.ts';
import type { SampleView } from './embed.ts';
import { chooseTiles, gridTiles } from './tile-choice.ts';
import {
  croppedView,
  drawVariation,
  mirroredView,
  openPicture,
  tileView,
  variedView,
  wholeView,
} from './views.ts';

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

/** Pictures in work at the same time: sharp draws the next while the backbone computes. */
const AHEAD = 3;

/** Each photo as the daemon sees it, its mirror image, and random parts of it. */
export async function* photoViews(
  photos: readonly LabelledPhoto[],
  source: string,
  options: CollectOptions,
): AsyncGenerator<SampleView> {
  const random = createRandom(options.seed);
  const opened = openAll(photos, options, options.input * SPARE);
  const views = ahead(opened, AHEAD, async ({ item: photo, picture }) => {
    const plain = {
      labels: labelVector(photo.activities, options.activities),
      group: photo.group,
      source,
      file: photo.path,
      augmented: false,
    };
    const parts = Array.from({ length: Math.max(0, options.views - 1) }, () =>
      croppedView(picture, options.input, random),
    );
    const [whole, ...cropped] = await Promise.all([wholeView(picture, options.input), ...parts]);
    const changed = options.views > 0 ? [mirroredView(whole, options.input), ...cropped] : [];
    return [
      { sample: plain, pixels: whole },
      ...changed.map(pixels => ({ sample: { ...plain, augmented: true }, pixels })),
    ];
  });
  for await (const list of views) yield* list;
}

/** Tiles around the riders of a frame and elsewhere, once as they are and once in another light; and the daemon's own. */
export async function* frameViews(
  frames: readonly BoxedFrame[],
  source: string,
  options: CollectOptions,
): AsyncGenerator<SampleView> {
  const random = createRandom(options.seed);
  const views = ahead(openAll(frames, options), AHEAD, ({ item, picture }) =>
    tilesOf(item, picture, source, options, random),
  );
  for await (const list of views) yield* list;
}

async function tilesOf(
  frame: BoxedFrame,
  picture: RawPicture,
  source: string,
  options: CollectOptions,
  random: Random,
): Promise<SampleView[]> {
  const { input } = options;
  const chosen = chooseTiles(frame.riders, picture, options.tiles, random).map(tile => ({
    ...tile,
    variation: options.views > 0 ? drawVariation(input, random) : null,
  }));
  const grid = gridTiles(frame.riders, picture, input).map(tile => ({ ...tile, variation: null }));
  const tiles = [...chosen, ...grid].map(async ({ rectangle, activities, variation }) => {
    const sample = {
      labels: labelVector(activities, options.activities),
      group: frame.group,
      source,
      file: frame.path,
      augmented: false,
    };
    const pixels = await tileView(picture, rectangle, input);
    const plain = { sample, pixels };
    if (variation === null) return [plain];
    const varied = await variedView(pixels, input, variation);
    return [plain, { sample: { ...sample, augmented: true }, pixels: varied }];
  });
  return (await Promise.all(tiles)).flat();
}

/** The pictures that can be read, in order. */
async function* openAll<T extends { readonly path: string }>(
  items: readonly T[],
  options: CollectOptions,
  shortest?: number,
): AsyncGenerator<{ item: T; picture: RawPicture }> {
  const attempts = ahead(items, AHEAD, async item => {
    try {
      return { item, picture: await openPicture(item.path, shortest) };
    } catch (error) {
      return { item, error };
    }
  });
  for await (const attempt of attempts) {
    options.onRead();
    if (attempt.picture !== undefined) yield { item: attempt.item, picture: attempt.picture };
    else options.onSkip(basename(attempt.item.path), messageOf(attempt.error).split('\n')[0] as string);
  }
}

/** Runs `task` on up to `count` items at a time, begun and returned in order. */
async function* ahead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  count: number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for await (const item of items) {
    const result = task(item);
    // Its failure is met where its turn comes; until then nobody waits for it.
    result.catch(() => undefined);
    running.push(result);
    if (running.length >= count) yield running.shift() as Promise<R>;
  }
  for (const result of running) yield result;
}
