/** Which crops are made, before any picture is read. */
import { createRandom, type Random } from '../../../base/random.ts';
import type { CropWindow } from './canvas.ts';
import type { Stock } from './stock.ts';

/**
 * - `rider`: around a rider of a frame.
 * - `thing`: around a kite or a person who is no rider.
 * - `anywhere`: any part of a frame, at any scale.
 * - `empty`: a part of a picture without riders.
 * - `mosaic`: small photos side by side on such a part.
 * - `again`: where the head was wrong before.
 */
export type CropKind = 'rider' | 'thing' | 'anywhere' | 'empty' | 'mosaic' | 'again';

export interface CropPlan {
  readonly fold: number;
  readonly kind: CropKind;
  /** Index of the picture it is cut from. */
  readonly picture: number;
  /** Where the head was wrong; for `again` alone. */
  readonly window?: CropWindow;
  /** Seed of all else that is drawn for it. */
  readonly seed: number;
}

const SHARES: readonly (readonly [CropKind, number])[] = [
  ['rider', 0.42],
  ['thing', 0.06],
  ['anywhere', 0.15],
  ['empty', 0.19],
  ['mosaic', 0.18],
];

/** Frames of a camera are near copies of each other: more of them than that bring little. */
const TELLING_FRAMES = 40;

/** @returns `count` crops in random order; none where nothing can be cut from */
export function planCrops(stocks: readonly Stock[], count: number, seed: number): CropPlan[] {
  const random = createRandom(seed);
  const folds = stocks.map((stock, fold) => ({ fold, kinds: kindsOf(stock), weight: weightOf(stock) }));
  const open = folds.filter(({ kinds }) => kinds.length > 0);
  if (open.length === 0) return [];
  return Array.from({ length: count }, () => {
    const { fold, kinds } = drawWeighted(open, ({ weight }) => weight, random);
    const [kind] = drawWeighted(kinds, ([, share]) => share, random);
    const picture = pictureFor(stocks[fold] as Stock, kind, random);
    return { fold, kind, picture, seed: random.below(2 ** 31) };
  });
}

/** Crops around places at which the head was wrong, each shifted and scaled a little; the worst as often as the others. */
export function planAgain(
  failures: readonly { readonly fold: number; readonly window: CropWindow }[],
  count: number,
  seed: number,
): CropPlan[] {
  const random = createRandom(seed);
  if (failures.length === 0) return [];
  return Array.from({ length: count }, () => {
    const { fold, window } = failures[random.below(failures.length)] as (typeof failures)[number];
    const reach = 40 / window.scale;
    const moved = {
      ...window,
      x: window.x + random.between(-reach, reach),
      y: window.y + random.between(-reach, reach),
      scale: window.scale * Math.exp(random.between(-0.2, 0.2)),
    };
    return { fold, kind: 'again', picture: window.picture, window: moved, seed: random.below(2 ** 31) };
  });
}

function kindsOf(stock: Stock): (readonly [CropKind, number])[] {
  return SHARES.filter(([kind]) => {
    if (kind === 'rider') return stock.riderCameras.length > 0;
    if (kind === 'thing') return stock.things.length > 0;
    if (kind === 'anywhere') return stock.cameras.length > 0;
    const canMosaic = stock.photos.size + stock.wholes.size > 0;
    return stock.empty.length > 0 && (kind === 'empty' || canMosaic);
  });
}

function pictureFor(stock: Stock, kind: CropKind, random: Random): number {
  if (kind === 'rider' || kind === 'anywhere') {
    const cameras = kind === 'rider' ? stock.riderCameras : stock.cameras;
    return pick(drawWeighted(cameras, cameraWeight, random), random);
  }
  return pick(kind === 'thing' ? stock.things : stock.empty, random);
}

function cameraWeight(frames: readonly number[]): number {
  return Math.sqrt(Math.min(frames.length, TELLING_FRAMES));
}

/** By how much there is to learn in a fold. */
function weightOf({ cameras, photos, wholes, empty }: Stock): number {
  const of = (lists: Iterable<readonly number[]>) => [...lists].reduce((sum, list) => sum + list.length, 0);
  const pictures = of(photos.values()) + of(wholes.values()) + empty.length;
  return cameras.reduce((sum, frames) => sum + cameraWeight(frames), 0) + Math.sqrt(pictures);
}

export function pick<T>(items: readonly T[], random: Random): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

function drawWeighted<T>(items: readonly T[], weight: (item: T) => number, random: Random): T {
  let left = random.next() * items.reduce((sum, item) => sum + weight(item), 0);
  for (const item of items) {
    left -= weight(item);
    if (left < 0) return item;
  }
  return items.at(-1) as T;
}
