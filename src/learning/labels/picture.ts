/** Takes a picture from anybody: nothing of it is kept but what can be seen. */
import { SurfwatchError } from '../../errors.ts';
import { measurePicture, openPicture, unreadable } from '../../vision/open-picture.ts';

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
 * What decoding it costs is bounded before anything is unpacked, as that of a frame is.
 *
 * @throws SurfwatchError `label-image-too-large`, `label-not-an-image`
 */
export async function readLabelPicture(bytes: Buffer, options: LabelPictureOptions): Promise<Buffer> {
  const { maxSide } = options;
  try {
    await measurePicture(bytes, options);
    return await openPicture(bytes, options)
      .autoOrient()
      .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .jpeg({ quality: QUALITY })
      .toBuffer();
  } catch (error) {
    const { code, message } = error instanceof SurfwatchError ? error : unreadable(error);
    const kind = code === 'image-too-large' ? 'label-image-too-large' : 'label-not-an-image';
    throw new SurfwatchError(kind, message, { cause: error });
  }
}
