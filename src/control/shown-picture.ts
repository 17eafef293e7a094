/** A frame as it may be shown to others. */
import sharp from 'sharp';
import type { Rectangle } from '../base/geometry.ts';
import { pixelateOutside } from '../learning/archive/privacy.ts';
import type { Zone } from '../vision/zone.ts';

export interface ShownAs {
  /** In pixels; 0 or a wider one than the picture's leaves it. */
  readonly width: number;
  /** JPEG quality, 1..100. */
  readonly quality: number;
  /** All but these is pixelated; null: nothing is. */
  readonly onlyZones: readonly Pick<Zone, 'points'>[] | null;
  /** The part to show, in shares of the upright picture; absent: all of it. */
  readonly part?: Rectangle;
}

export interface ShownPicture {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
}

/**
 * Upright, in sRGB, without metadata (EXIF, GPS, colour profile): made anew from its pixels.
 *
 * @param bytes JPEG, PNG or WebP that was decoded before, so its size is known to be bearable
 */
export async function shownPicture(
  bytes: Uint8Array,
  { width, quality, onlyZones, part }: ShownAs,
): Promise<ShownPicture> {
  // Pixelated before it is made smaller: blocks are as large as in the archive.
  const source = onlyZones === null ? bytes : await pixelateOutside(bytes, onlyZones);
  const upright = sharp(source).autoOrient().flatten().toColourspace('srgb');
  const cut = part === undefined ? upright : upright.extract(await pixelsOf(source, part));
  const sized = width === 0 ? cut : cut.resize({ width, withoutEnlargement: true });
  const { data, info } = await sized.jpeg({ quality }).toBuffer({ resolveWithObject: true });
  return { jpeg: data, width: info.width, height: info.height };
}

/** Outwards to whole pixels, one at least. */
async function pixelsOf(bytes: Uint8Array, { x, y, w, h }: Rectangle) {
  const { width, height } = (await sharp(bytes).metadata()).autoOrient;
  const [left, top] = [
    Math.min(width - 1, Math.floor(x * width)),
    Math.min(height - 1, Math.floor(y * height)),
  ];
  const right = Math.min(width, Math.max(left + 1, Math.ceil((x + w) * width)));
  const bottom = Math.min(height, Math.max(top + 1, Math.ceil((y + h) * height)));
  return { left, top, width: right - left, height: bottom - top };
}

/** What of a picture stays visible where `learning.pixelate` is on. */
export function visibleZones(
  { pixelate }: { readonly pixelate: boolean },
  zones: readonly Pick<Zone, 'points'>[],
): readonly Pick<Zone, 'points'>[] | null {
  return pixelate ? zones : null;
}
