/** A picture small enough to be sent, without what it says of place and camera. */
import sharp from 'sharp';
import { imageType } from '../../base/image-type.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';

/** Longer side in pixels and JPEG quality, best first. The daemon keeps no more than the first. */
const TRIES = [
  { side: 2560, quality: 90 },
  { side: 2560, quality: 80 },
  { side: 1920, quality: 80 },
  { side: 1280, quality: 80 },
] as const;

/**
 * The picture as it is, where it has at most `maxBytes`; else as an upright JPEG that has.
 *
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function fitPicture(picture: Buffer, maxBytes: number): Promise<Buffer> {
  // What is no picture the daemon says better.
  if (picture.length <= maxBytes || imageType(picture) === undefined) return picture;
  for (const { side, quality } of TRIES) {
    const smaller = await encoded(picture, side, quality);
    if (smaller.length <= maxBytes) return smaller;
  }
  throw new SurfwatchError('image-too-large', `it cannot be brought below ${maxBytes} bytes`);
}

async function encoded(picture: Buffer, side: number, quality: number): Promise<Buffer> {
  try {
    return await sharp(picture)
      .autoOrient()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .jpeg({ quality })
      .toBuffer();
  } catch (error) {
    throw new SurfwatchError('image-unreadable', messageOf(error), { cause: error });
  }
}
