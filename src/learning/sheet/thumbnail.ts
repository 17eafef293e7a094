/** Small pictures for sheets and reports. */
import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import type { Rectangle } from '../../base/geometry.ts';
import { imageType } from '../../base/image-type.ts';

/** Pictures past this are refused by their header: nothing to look at is worth unpacking more. */
const MAX_PIXELS = 100_000_000;

/**
 * A JPEG that fits in a square of `size` pixels, upright by its EXIF orientation, transparency on white.
 *
 * @param part what to cut out first, as shares of the upright picture; what lies outside of it is cut off
 * @returns null where the file cannot be read, or is no whole JPEG, PNG or WebP picture
 */
export async function thumbnail(file: string, size: number, part?: Rectangle): Promise<Buffer | null> {
  try {
    const bytes = await readFile(file);
    // sharp would also open SVG or PDF: nothing to learn from.
    if (imageType(bytes) === undefined) return null;
    const upright = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' }).autoOrient();
    const cut = part === undefined ? upright : upright.extract(await pixelsOf(bytes, part));
    return await cut
      .resize(size, size, { fit: 'inside', withoutEnlargement: part === undefined })
      .flatten({ background: 'white' })
      .jpeg({ quality: 78 })
      .toBuffer();
  } catch {
    return null;
  }
}

/** A JPEG as the `src` of an `img`. */
export function jpegUri(picture: Buffer): string {
  return `data:image/jpeg;base64,${picture.toString('base64')}`;
}

async function pixelsOf(bytes: Buffer, { x, y, w, h }: Rectangle) {
  const { autoOrient } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata();
  const [left, width] = pixels(x, w, autoOrient.width);
  const [top, height] = pixels(y, h, autoOrient.height);
  return { left, top, width, height };
}

/** First pixel and number of pixels of a stretch of a side, at least one. */
function pixels(from: number, share: number, side: number): [number, number] {
  const at = (place: number) => Math.min(side, Math.max(0, Math.round(place * side)));
  const first = Math.min(at(from), side - 1);
  return [first, Math.max(1, at(from + share) - first)];
}
