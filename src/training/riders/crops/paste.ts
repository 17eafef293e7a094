/** Pastes riders, kites and people of other pictures into a crop, with soft edges, and photos beside each other. */
import type { Random } from '../../../base/random.ts';
import type { RawPicture } from '../../../vision/decode.ts';
import { type Area, type Mark, type Material, ridersIn } from '../data/material.ts';
import { type Canvas, extentOf, overlapOf, type PixelBox } from './canvas.ts';
import { drawHeight } from './draw.ts';
import { pick } from './plan.ts';
import { rimOf } from './targets.ts';
import { placedMarks, type Region, resizeRegion } from './window.ts';

/** A cut-out may be enlarged so much at most: beyond, it looks like nothing a camera shows. */
const MOST_ENLARGED = 4;
const SIDES = { least: 6, most: 120 };
const TRIES = 10;

/**
 * @param mark of the picture, to be cut out
 * @returns the crop with it, or as it was where there is no room
 */
export async function pasteMark(
  canvas: Canvas,
  picture: RawPicture,
  mark: Mark,
  random: Random,
): Promise<Canvas> {
  const [boxWidth, boxHeight] = [mark.box.w * picture.width, mark.box.h * picture.height];
  const extent = extentOf(boxWidth, boxHeight);
  const scale = (drawHeight(random) * (mark.kind === 'kite' ? 1.2 : 1)) / Math.max(2, extent);
  if (scale > MOST_ENLARGED) return canvas;
  const rim = 0.15 * extent + 2 / scale;
  const left = Math.floor(Math.max(0, mark.box.x * picture.width - rim));
  const top = Math.floor(Math.max(0, mark.box.y * picture.height - rim));
  const right = Math.ceil(Math.min(picture.width, (mark.box.x + mark.box.w) * picture.width + rim));
  const bottom = Math.ceil(Math.min(picture.height, (mark.box.y + mark.box.h) * picture.height + rim));
  const region = { left, top, width: right - left, height: bottom - top };
  const width = Math.round(region.width * scale);
  const height = Math.round(region.height * scale);
  const fits = (side: number, room: number) => side >= SIDES.least && side <= Math.min(SIDES.most, room);
  if (!fits(width, canvas.width) || !fits(height, canvas.height)) return canvas;
  const cut = await resizeRegion(picture, region, width, height, random);
  const inner = {
    left: (mark.box.x * picture.width - left) * scale,
    top: (mark.box.y * picture.height - top) * scale,
    right: ((mark.box.x + mark.box.w) * picture.width - left) * scale,
    bottom: ((mark.box.y + mark.box.h) * picture.height - top) * scale,
  };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const x = random.below(canvas.width - width + 1);
    const y = random.below(canvas.height - height + 1);
    const placed = {
      left: x + inner.left,
      top: y + inner.top,
      right: x + inner.right,
      bottom: y + inner.bottom,
    };
    if (!isFree(canvas, placed) || (mark.rider && !isWater(canvas, placed, { x, y, width, height })))
      continue;
    blend(canvas, { rgb: cut, width, height }, x, y, inner, random.between(0.4, 1));
    return { ...canvas, marks: [...canvas.marks, { ...mark, box: placed }], window: null };
  }
  return canvas;
}

/** Far enough from all that is marked or unknown that neither changes what the other is. */
function isFree(canvas: Canvas, box: PixelBox): boolean {
  const rim = rimOf(box);
  const around = {
    left: box.left - rim,
    top: box.top - rim,
    right: box.right + rim,
    bottom: box.bottom + rim,
  };
  return [...canvas.marks.map(mark => mark.box), ...canvas.unknown].every(
    other => overlapOf(around, other) === 0,
  );
}

/** Neither land nor sky where areas tell; else not as yellow as sand or as green as leaves. */
function isWater(canvas: Canvas, placed: PixelBox, { x, y, width, height }: Rect): boolean {
  const foot = { x: (placed.left + placed.right) / 2, y: placed.bottom };
  const kinds = canvas.areas.filter(area => inArea(area, foot)).map(({ kind }) => kind);
  if (kinds.includes('water')) return true;
  if (kinds.length > 0) return false;
  const [red, green, blue] = meanColour(canvas.rgb, canvas.width, { x, y, width, height });
  return red <= blue + 12 && green <= Math.max(red, blue) + 8;
}

function inArea({ points }: Area, { x, y }: { x: number; y: number }): boolean {
  const xs = points.map(point => point.x);
  const ys = points.map(point => point.y);
  return x >= Math.min(...xs) && x <= Math.max(...xs) && y >= Math.min(...ys) && y <= Math.max(...ys);
}

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function meanColour(
  rgb: Uint8Array,
  stride: number,
  { x, y, width, height }: Rect,
): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  for (let row = y; row < y + height; row++) {
    for (let at = (row * stride + x) * 3; at < (row * stride + x + width) * 3; at += 3) {
      sums[0] += rgb[at] as number;
      sums[1] += rgb[at + 1] as number;
      sums[2] += rgb[at + 2] as number;
    }
  }
  return sums.map(sum => sum / (width * height)) as [number, number, number];
}

/** The cut-out's rim fades out, and its colours move towards those of where it is put. */
function blend(
  canvas: Canvas,
  cut: RawPicture,
  x: number,
  y: number,
  inner: PixelBox,
  towards: number,
): void {
  const { width, height } = cut;
  const ground = meanColour(canvas.rgb, canvas.width, { x, y, width, height });
  const edge = edgeColour(cut);
  const shift = ground.map((value, channel) => (value - (edge[channel] as number)) * towards);
  const rimX = Math.max(2, (width - (inner.right - inner.left)) / 2);
  const rimY = Math.max(2, (height - (inner.bottom - inner.top)) / 2);
  const fade = (at: number, side: number, rim: number) =>
    Math.min(1, (Math.min(at, side - 1 - at) + 0.5) / rim);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const alpha = fade(column, width, rimX) * fade(row, height, rimY);
      const from = (row * width + column) * 3;
      const to = ((y + row) * canvas.width + x + column) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const under = canvas.rgb[to + channel] as number;
        const over = (cut.rgb[from + channel] as number) + (shift[channel] as number);
        canvas.rgb[to + channel] = Math.min(255, Math.max(0, Math.round(under + (over - under) * alpha)));
      }
    }
  }
}

function edgeColour({ rgb, width, height }: RawPicture): number[] {
  const sides = [
    { x: 0, y: 0, width, height: 1 },
    { x: 0, y: height - 1, width, height: 1 },
    { x: 0, y: 0, width: 1, height },
    { x: width - 1, y: 0, width: 1, height },
  ].map(side => meanColour(rgb, width, side));
  return [0, 1, 2].map(channel => sides.reduce((sum, side) => sum + (side[channel] as number), 0) / 4);
}

/**
 * Lays a photo into a part of the crop, so that one of its marks has a rider's height there; one without marks is laid
 * whole, and its middle taken for what it shows.
 */
export async function layPhoto(
  canvas: Canvas,
  picture: RawPicture,
  material: Material,
  tile: PixelBox,
  random: Random,
): Promise<Canvas> {
  const [width, height] = [tile.right - tile.left, tile.bottom - tile.top];
  const marks = material.shows.length > 0 ? ridersIn(material) : material.marks;
  const mark = marks.length > 0 ? pick(marks, random) : null;
  const aspect = Math.exp(random.between(-0.15, 0.15));
  const shown = mark === null ? wholeScale(picture, width, height, random) : null;
  const scale =
    shown ??
    drawHeight(random) /
      Math.max(2, extentOf((mark?.box.w ?? 0) * picture.width, (mark?.box.h ?? 0) * picture.height));
  const across = Math.min(1, scale * aspect * 4) === 1 ? scale * aspect : scale;
  const down = scale / aspect;
  const regionWidth = Math.max(1, Math.min(picture.width, Math.round(width / across)));
  const regionHeight = Math.max(1, Math.min(picture.height, Math.round(height / down)));
  const centre =
    mark === null ? { x: 0.5, y: 0.5 } : { x: mark.box.x + mark.box.w / 2, y: mark.box.y + mark.box.h / 2 };
  const shift = () => (mark === null ? 0 : random.between(-0.3, 0.3));
  const region: Region = {
    left: clamp(
      Math.round(centre.x * picture.width - regionWidth / 2 + shift() * regionWidth),
      picture.width - regionWidth,
    ),
    top: clamp(
      Math.round(centre.y * picture.height - regionHeight / 2 + shift() * regionHeight),
      picture.height - regionHeight,
    ),
    width: regionWidth,
    height: regionHeight,
  };
  const w = Math.min(width, Math.max(8, Math.round(regionWidth * across)));
  const h = Math.min(height, Math.max(8, Math.round(regionHeight * down)));
  const left = tile.left + random.below(width - w + 1);
  const top = tile.top + random.below(height - h + 1);
  const laid = { left, top, right: left + w, bottom: top + h };
  const pixels = await resizeRegion(picture, region, w, h, random);
  for (let row = 0; row < h; row++) {
    canvas.rgb.set(pixels.subarray(row * w * 3, (row + 1) * w * 3), ((top + row) * canvas.width + left) * 3);
  }
  const own =
    mark === null && material.shows.length === 1
      ? [{ kind: material.shows[0] as string, rider: true, box: middleOf(laid) }]
      : placedMarks(material, picture, region, laid);
  return {
    ...canvas,
    marks: [...canvas.marks.filter(({ box }) => overlapOf(box, laid) === 0), ...own],
    unknown: material.complete.riders ? canvas.unknown : [...canvas.unknown, laid],
    // What lies behind it is not what the areas say.
    areas: [],
    window: null,
  };
}

/** Whole photos are 40 to 100 pixels wide: who is in them is then about as high as riders are. */
function wholeScale(picture: RawPicture, width: number, height: number, random: Random): number {
  const side = random.between(0.4, 0.95) * Math.min(width, height);
  return side / Math.max(picture.width, picture.height);
}

/** Where the subject of a photo usually is. */
function middleOf({ left, top, right, bottom }: PixelBox): PixelBox {
  const [w, h] = [(right - left) * 0.2, (bottom - top) * 0.25];
  return {
    left: (left + right) / 2 - w,
    top: (top + bottom) / 2 - h,
    right: (left + right) / 2 + w,
    bottom: (top + bottom) / 2 + h,
  };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
