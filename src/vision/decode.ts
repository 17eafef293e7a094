/** From the bytes a camera sent to pixels: decoded once, bounded in cost before anything is unpacked. */
import sharp, { type Sharp } from 'sharp';
import type { Size } from './cells/pyramid.ts';
import { type DecodeLimits, measurePicture, openPicture, unreadable } from './open-picture.ts';

export { type DecodeLimits, PICTURE_LIMITS } from './open-picture.ts';

/** RGB bytes, row by row: [height, width, 3]. */
export interface RawPicture extends Size {
  readonly rgb: Uint8Array;
}

// The daemon sees each picture once, so libvips has nothing to cache; and one thread, as the backbone needs the rest.
sharp.cache(false);
sharp.concurrency(1);

/** A frame that was decoded: upright, in its own size, or smaller where it is read smaller. */
export interface DecodedFrame {
  /** Size of the frame as the camera sent it, upright. */
  readonly frame: Size;
  readonly picture: RawPicture;
}

/**
 * Decodes a frame, turned upright by its EXIF orientation.
 *
 * @param finest the largest size that is wanted of a frame of this size; libjpeg shrinks to it while it decodes
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function decodeFrame(
  bytes: Buffer,
  limits: DecodeLimits,
  finest: (frame: Size) => Size = frame => frame,
): Promise<DecodedFrame> {
  const frame = await measurePicture(bytes, limits);
  const size = finest(frame);
  try {
    const opened = openPicture(bytes, limits).autoOrient();
    const shrinks = size.width <= frame.width && size.height <= frame.height;
    const picture = await toRgb(shrinks ? resized(opened, size) : opened);
    return { frame, picture };
  } catch (error) {
    throw unreadable(error);
  }
}

/** The picture in another size. */
export async function resizePicture(picture: RawPicture, size: Size): Promise<RawPicture> {
  const { width, height, rgb } = picture;
  if (width === size.width && height === size.height) return picture;
  return toRgb(resized(sharp(rgb, { raw: { width, height, channels: 3 } }), size));
}

/** A picture as a photo is looked at: squeezed to a square as a whole, and its middle square. */
export interface PhotoViews {
  /** [input, input, 3] RGB bytes. */
  readonly whole: RawPicture;
  /** The same of the middle square, where people aim the camera; null where that is nearly the whole. */
  readonly middle: RawPicture | null;
}

/** Share of the longer side that the shorter has at least where the middle square is as good as the whole. */
const NEARLY_SQUARE = 0.9;

/**
 * @param input side of the backbone's input in pixels
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function readPhoto(bytes: Buffer, input: number, limits: DecodeLimits): Promise<PhotoViews> {
  const { width, height } = await measurePicture(bytes, limits);
  const square = { width: input, height: input };
  const side = Math.min(width, height);
  try {
    const whole = await toRgb(resized(openPicture(bytes, limits).autoOrient(), square));
    if (side > NEARLY_SQUARE * Math.max(width, height)) return { whole, middle: null };
    const middle = openPicture(bytes, limits)
      .autoOrient()
      .extract({
        left: Math.round((width - side) / 2),
        top: Math.round((height - side) / 2),
        width: side,
        height: side,
      });
    return { whole, middle: await toRgb(resized(middle, square)) };
  } catch (error) {
    throw unreadable(error);
  }
}

function resized(picture: Sharp, { width, height }: Size): Sharp {
  return picture.resize(width, height, { fit: 'fill', kernel: 'cubic' });
}

async function toRgb(picture: Sharp): Promise<RawPicture> {
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`${info.channels} colour channels where 3 were expected`);
  return { rgb: data, width: info.width, height: info.height };
}
