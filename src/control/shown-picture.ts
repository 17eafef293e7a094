/** A frame as it may be shown to others. */
import sharp from 'sharp';
import { pixelateOutside } from '../learning/archive/privacy.ts';
import type { Zone } from '../vision/zone.ts';

export interface ShownAs {
  /** In pixels; 0 or a wider one than the picture's leaves it. */
  readonly width: number;
  /** JPEG quality, 1..100. */
  readonly quality: number;
  /** All but these is pixelated; null: nothing is. */
  readonly onlyZones: readonly Pick<Zone, 'points'>[] | null;
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
  { width, quality, onlyZones }: ShownAs,
): Promise<ShownPicture> {
  // Pixelated before it is made smaller: blocks are as large as in the archive.
  const source = onlyZones === null ? bytes : await pixelateOutside(bytes, onlyZones);
  const upright = sharp(source).autoOrient().flatten().toColourspace('srgb');
  const sized = width === 0 ? upright : upright.resize({ width, withoutEnlargement: true });
  const { data, info } = await sized.jpeg({ quality }).toBuffer({ resolveWithObject: true });
  return { jpeg: data, width: info.width, height: info.height };
}

/** What of a picture stays visible where `learning.pixelate` is on. */
export function visibleZones(
  { pixelate }: { readonly pixelate: boolean },
  zones: readonly Pick<Zone, 'points'>[],
): readonly Pick<Zone, 'points'>[] | null {
  return pixelate ? zones : null;
}
