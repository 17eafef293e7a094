/** Cuts a part of a picture at a scale, with what is known of it. */
import sharp from 'sharp';
import type { Random } from '../../../base/random.ts';
import { GRAIN } from '../../../vision/cells/engine.ts';
import type { RawPicture } from '../../../vision/decode.ts';
import { IGNORED, type Material } from '../data/material.ts';
import { type Canvas, type CropWindow, cutTo, type PixelBox, type PlacedMark } from './canvas.ts';

/** Width and height of a crop in pixels, where the picture is large enough. */
export const CROP = 256;
const SMALLEST = 3 * GRAIN;
/** A mark of which less is in the crop, 0..1, may look like anything. */
const SEEN = 0.6;

/** A rectangle of a picture, in its pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The part of a picture that is resized. @returns [height, width, 3] */
export function resizeRegion(
  picture: RawPicture,
  region: Region,
  width: number,
  height: number,
  random: Random,
): Promise<Buffer> {
  const kernels =
    width < region.width ? (['cubic', 'lanczos3'] as const) : (['linear', 'cubic', 'lanczos3'] as const);
  const kernel = kernels[random.below(kernels.length)] ?? 'cubic';
  return sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } })
    .extract(region)
    .resize(width, height, { fit: 'fill', kernel })
    .raw()
    .toBuffer();
}

/** Where a window lies so that it is within the picture: a crop's size, and the region that it shows. */
export function placeWindow(
  picture: { readonly width: number; readonly height: number },
  { x, y, scale }: Pick<CropWindow, 'x' | 'y' | 'scale'>,
): { readonly width: number; readonly height: number; readonly region: Region } {
  const least = SMALLEST / Math.min(picture.width, picture.height);
  const used = Math.max(scale, least);
  const side = (pixels: number) =>
    Math.min(CROP, Math.max(GRAIN, Math.floor((pixels * used) / GRAIN + 1e-9) * GRAIN));
  const [width, height] = [side(picture.width), side(picture.height)];
  const w = Math.max(1, Math.min(picture.width, Math.round(width / used)));
  const h = Math.max(1, Math.min(picture.height, Math.round(height / used)));
  const left = Math.round(Math.min(Math.max(0, x - w / 2), picture.width - w));
  const top = Math.round(Math.min(Math.max(0, y - h / 2), picture.height - h));
  return { width, height, region: { left, top, width: w, height: h } };
}

export async function cutWindow(
  picture: RawPicture,
  material: Material,
  window: CropWindow,
  random: Random,
): Promise<Canvas> {
  const { width, height, region } = placeWindow(picture, window);
  const rgb = await resizeRegion(picture, region, width, height, random);
  const whole = { left: 0, top: 0, right: width, bottom: height };
  const { x, y } = placing(picture, region, whole);
  return {
    width,
    height,
    rgb,
    marks: placedMarks(material, picture, region, whole),
    unknown: [],
    areas: material.areas.map(({ kind, points }) => ({
      kind,
      points: points.map(point => ({ x: x(point.x), y: y(point.y) })),
    })),
    complete: material.complete,
    window: {
      picture: window.picture,
      x: region.left + region.width / 2,
      y: region.top + region.height / 2,
      scale: width / region.width,
    },
  };
}

/** The marks of a picture where a region of it is shown in a part of the crop. */
export function placedMarks(
  { marks }: Pick<Material, 'marks'>,
  picture: { readonly width: number; readonly height: number },
  region: Region,
  shown: PixelBox,
): PlacedMark[] {
  const { x, y } = placing(picture, region, shown);
  return marks.flatMap(({ kind, rider, box }): PlacedMark[] => {
    const placed = { left: x(box.x), top: y(box.y), right: x(box.x + box.w), bottom: y(box.y + box.h) };
    const cut = cutTo(placed, shown);
    if (cut === null) return [];
    const area = (part: PixelBox) => (part.right - part.left) * (part.bottom - part.top);
    if (area(cut) >= SEEN * area(placed)) return [{ kind, rider, box: cut }];
    return [{ kind: IGNORED, rider: false, box: cut }];
  });
}

/** From shares of the picture to pixels of the crop. */
function placing(
  picture: { readonly width: number; readonly height: number },
  region: Region,
  shown: PixelBox,
) {
  const across = (shown.right - shown.left) / region.width;
  const down = (shown.bottom - shown.top) / region.height;
  return {
    x: (share: number) => shown.left + (share * picture.width - region.left) * across,
    y: (share: number) => shown.top + (share * picture.height - region.top) * down,
  };
}
