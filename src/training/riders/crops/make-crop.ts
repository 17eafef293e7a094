/** Makes one crop to learn from as it was planned. */
import { createRandom, type Random } from '../../../base/random.ts';
import type { RawPicture } from '../../../vision/decode.ts';
import type { Material } from '../data/material.ts';
import type { Pictures } from '../data/pictures.ts';
import type { Outputs } from '../outputs.ts';
import { type Canvas, type CropWindow, extentOf } from './canvas.ts';
import { drawHeight, logBetween } from './draw.ts';
import { changeLight, drawChange } from './light.ts';
import { layPhoto, pasteMark } from './paste.ts';
import { type CropPlan, pick } from './plan.ts';
import type { Stock } from './stock.ts';
import { type CellTargets, targetsOf } from './targets.ts';
import { CROP, cutWindow } from './window.ts';

export interface Crop extends CellTargets {
  readonly plan: CropPlan;
  /** Pixels: multiples of 32. */
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly rgb: Uint8Array;
  /** Where it was cut from; null where something was pasted in. */
  readonly window: CropWindow | null;
  readonly mirrored: boolean;
}

export interface CropSources {
  readonly material: readonly Material[];
  readonly stocks: readonly Stock[];
  readonly pictures: Pictures;
  readonly outputs: Outputs;
}

/** How much riders, and what is none, are enlarged at most. */
const SCALES = { least: 0.04, most: 3.8 };

export async function makeCrop(plan: CropPlan, sources: CropSources): Promise<Crop> {
  const random = createRandom(plan.seed);
  const canvas = await withPastes(await canvasFor(plan, sources, random), plan, sources, random);
  const { mirrored, ...change } = drawChange(random);
  const shown = mirrored ? mirror(canvas) : canvas;
  const targets = targetsOf(shown, sources.outputs);
  const { width, height, window } = shown;
  return {
    ...targets,
    plan,
    width,
    height,
    rgb: await changeLight(shown.rgb, width, height, change),
    window,
    mirrored,
  };
}

async function canvasFor(plan: CropPlan, sources: CropSources, random: Random): Promise<Canvas> {
  const material = sources.material[plan.picture] as Material;
  const picture = await sources.pictures(material.path);
  const window = plan.window ?? drawWindow(plan, material, picture, random);
  const canvas = await cutWindow(picture, material, window, random);
  return plan.kind === 'mosaic' ? mosaic(canvas, plan, sources, random) : canvas;
}

function drawWindow(
  { kind, picture: index }: CropPlan,
  material: Material,
  picture: RawPicture,
  random: Random,
): CropWindow {
  const { width, height } = picture;
  const wanted =
    kind === 'rider'
      ? material.marks.filter(({ rider }) => rider)
      : kind === 'thing'
        ? material.marks.filter(mark => mark.kind === 'kite' || mark.kind === 'person')
        : [];
  if (wanted.length > 0) {
    const { box } = pick(wanted, random);
    const extent = extentOf(box.w * width, box.h * height);
    const scale = Math.min(SCALES.most, Math.max(SCALES.least, drawHeight(random) / Math.max(3, extent)));
    const shift = () => random.between(-100, 100) / scale;
    return {
      picture: index,
      x: (box.x + box.w / 2) * width + shift(),
      y: (box.y + box.h / 2) * height + shift(),
      scale,
    };
  }
  const least = Math.max(0.35, CROP / Math.max(width, height));
  const scale =
    kind === 'anywhere' ? logBetween(0.5, 3, random) : logBetween(Math.min(least, 3), 3.2, random);
  return { picture: index, x: random.between(0, width), y: random.between(0, height), scale };
}

/** Small photos side by side: riders at half of the places, people and other pictures at the others. */
async function mosaic(
  canvas: Canvas,
  plan: CropPlan,
  { material, stocks, pictures }: CropSources,
  random: Random,
) {
  const stock = stocks[plan.fold] as Stock;
  const activities = [...new Set([...stock.photos.keys(), ...stock.wholes.keys()])].sort();
  const grid = pick([2, 2, 2, 3], random);
  const [width, height] = [Math.floor(canvas.width / grid), Math.floor(canvas.height / grid)];
  let laid = canvas;
  for (let place = 0; place < grid * grid; place++) {
    if (random.next() < 0.15) continue;
    const left = (place % grid) * width;
    const top = Math.floor(place / grid) * height;
    const tile = { left, top, right: left + width, bottom: top + height };
    const activity = pick(activities, random);
    const riders = [...(stock.photos.get(activity) ?? []), ...(stock.wholes.get(activity) ?? [])];
    const others = stock.people.length > 0 && random.next() < 0.6 ? stock.people : stock.empty;
    const index = pick(random.next() < 0.55 ? riders : others, random);
    const picture = material[index] as Material;
    if (picture.kind === 'frame' && picture.marks.some(({ rider }) => rider)) continue;
    laid = await layPhoto(laid, await pictures(picture.path), picture, tile, random);
  }
  return laid;
}

async function withPastes(
  canvas: Canvas,
  plan: CropPlan,
  { material, stocks, pictures }: CropSources,
  random: Random,
) {
  const stock = stocks[plan.fold] as Stock;
  const wanted: (() => number | undefined)[] = [];
  const some = (items: readonly number[]) => (items.length === 0 ? undefined : pick(items, random));
  const times = (share: number) => (random.next() < share ? 1 + random.below(3) : 0);
  const names = [...new Set(stock.photos.keys())].sort();
  for (let count = times(0.3); count > 0; count--) {
    const photo =
      random.next() < 0.5 && names.length > 0 ? some(stock.photos.get(pick(names, random)) ?? []) : undefined;
    wanted.push(
      () => photo ?? (stock.riderCameras.length === 0 ? undefined : some(pick(stock.riderCameras, random))),
    );
  }
  const riders = wanted.length;
  const kites = random.next() < 0.08 ? 1 : 0;
  for (let count = kites; count > 0; count--) wanted.push(() => some(stock.kites));
  for (let count = times(0.3); count > 0; count--) wanted.push(() => some(stock.people));
  let pasted = canvas;
  for (const [at, choose] of wanted.entries()) {
    const index = choose();
    if (index === undefined) continue;
    const picture = material[index] as Material;
    const fits = picture.marks.filter(({ rider, kind }) =>
      at < riders ? rider : kind === (at < riders + kites ? 'kite' : 'person'),
    );
    if (fits.length === 0) continue;
    pasted = await pasteMark(pasted, await pictures(picture.path), pick(fits, random), random);
  }
  return pasted;
}

/** Left and right exchanged. */
export function mirror(canvas: Canvas): Canvas {
  const { width, height, rgb } = canvas;
  const turned = new Uint8Array(rgb.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3;
      const to = (row * width + width - 1 - column) * 3;
      turned[to] = rgb[from] as number;
      turned[to + 1] = rgb[from + 1] as number;
      turned[to + 2] = rgb[from + 2] as number;
    }
  }
  const flip = <T extends { left: number; right: number }>(box: T) => ({
    ...box,
    left: width - box.right,
    right: width - box.left,
  });
  return {
    ...canvas,
    rgb: turned,
    marks: canvas.marks.map(mark => ({ ...mark, box: flip(mark.box) })),
    unknown: canvas.unknown.map(flip),
    areas: canvas.areas.map(area => ({
      ...area,
      points: area.points.map(({ x, y }) => ({ x: width - x, y })),
    })),
  };
}
