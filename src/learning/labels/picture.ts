/** Takes a picture from anybody: nothing of it is kept but what can be seen. */
import sharp from 'sharp';
import { imageType } from '../../capture/image-type.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';

export interface LabelPictureOptions {
  /** Largest file, in bytes. */
  readonly maxBytes: number;
  /** Largest picture, width × height. */
  readonly maxPixels: number;
  /** Longer side that is kept, in pixels; larger pictures are made smaller. */
  readonly maxSide: number;
}

export const LABEL_PICTURE_DEFAULTS: LabelPictureOptions = {
  maxBytes: 10_000_000,
  maxPixels: 50_000_000,
  maxSide: 2560,
};

const QUALITY = 90;

/**
 * Decodes a JPEG, PNG or WebP and encodes it anew as JPEG, upright, in sRGB, without EXIF, GPS or anything hidden in it.
 * What its header says of its size is checked before anything is unpacked.
 *
 * @throws SurfwatchError `label-image-too-large`, `label-not-an-image`
 */
export async function readLabelPicture(bytes: Buffer, options: LabelPictureOptions): Promise<Buffer> {
  const { maxBytes, maxPixels, maxSide } = options;
  if (bytes.length > maxBytes) {
    throw tooLarge(`the picture has ${bytes.length} bytes, ${maxBytes} are allowed`);
  }
  if (imageType(bytes) === undefined) {
    const start = bytes.subarray(0, 4).toString('hex');
    throw notAnImage(
      bytes.length === 0 ? 'it is empty' : `it is no JPEG, PNG or WebP, it starts with ${start}`,
    );
  }
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (width * height > maxPixels) {
      throw tooLarge(`the picture has ${width} × ${height} pixels, ${maxPixels} in all are allowed`);
    }
    return await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' })
      .autoOrient()
      .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .jpeg({ quality: QUALITY })
      .toBuffer();
  } catch (error) {
    if (error instanceof SurfwatchError) throw error;
    throw notAnImage(`it cannot be decoded: ${messageOf(error).trim()}`, error);
  }
}

function tooLarge(reason: string): SurfwatchError {
  return new SurfwatchError('label-image-too-large', reason);
}

function notAnImage(reason: string, cause?: unknown): SurfwatchError {
  return new SurfwatchError('label-not-an-image', `the picture: ${reason}`, { cause });
}
