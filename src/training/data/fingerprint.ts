/** Decodes a picture once, small, for all that the checks need of it. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { messageOf } from '../../errors.ts';
import type { FindingKind } from './findings.ts';
import { type PerceptualHash, perceptualHash, THUMB } from './likeness.ts';

export interface Fingerprint {
  /** SHA-256 of the file, hexadecimal. */
  readonly sha256: string;
  /** The whole upright picture in grey, squeezed to a square: [THUMB, THUMB] bytes. */
  readonly thumb: Uint8Array;
  readonly hash: PerceptualHash;
}

/** Why a file cannot be learnt from. */
export interface PictureFault {
  readonly kind: Extract<FindingKind, 'unreadable' | 'too-large' | 'tiny' | 'missing-file'>;
  readonly message: string;
}

export interface PictureLimits {
  /** Most bytes of a file. */
  readonly maxBytes: number;
  /** Most pixels, width × height: a small file can claim gigabytes. */
  readonly maxPixels: number;
  /** Least pixels of the shorter side. */
  readonly minSide: number;
}

export const PICTURE_LIMITS: PictureLimits = { maxBytes: 64 * 2 ** 20, maxPixels: 100e6, minSide: 64 };

/** Pictures by their content, whatever their name ends in; not what sharp could open besides, SVG and PDF. */
const FORMATS: readonly (string | undefined)[] = ['jpeg', 'png', 'webp', 'gif', 'heif', 'tiff'];

/** The fingerprint of a picture that can be learnt from, else what is wrong with it; never throws. */
export async function fingerprint(
  path: string,
  limits: PictureLimits = PICTURE_LIMITS,
): Promise<Fingerprint | PictureFault> {
  try {
    return await inspect(path, limits);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return { kind: 'missing-file', message: 'there is no such file' };
    return { kind: 'unreadable', message: `it can’t be decoded: ${firstLine(error)}` };
  }
}

async function inspect(path: string, limits: PictureLimits): Promise<Fingerprint | PictureFault> {
  const { size } = await stat(path);
  if (size === 0) return { kind: 'unreadable', message: 'it is empty' };
  if (size > limits.maxBytes) {
    return { kind: 'too-large', message: `it has ${size} bytes, more than ${limits.maxBytes}` };
  }
  const bytes = await readFile(path);
  const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (!FORMATS.includes(format)) return { kind: 'unreadable', message: `it is ${format}, not a photo` };
  if (width * height > limits.maxPixels) {
    return {
      kind: 'too-large',
      message: `it has ${width} × ${height} pixels, more than ${limits.maxPixels} in all`,
    };
  }
  if (Math.min(width, height) < limits.minSide) {
    return {
      kind: 'tiny',
      message: `it has ${width} × ${height} pixels, its shorter side fewer than ${limits.minSide}`,
    };
  }
  const thumb = await thumbnailOf(bytes, limits);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { sha256, thumb, hash: perceptualHash(thumb) };
}

/** What libjpeg warns of though nothing is lost: odd headers of some phones, bytes behind the picture. */
const HARMLESS = /Invalid SOS parameters|extraneous bytes before marker 0xd9/i;

/** Every part of the file is decoded, so that one which is cut off or damaged in the middle is found. */
async function thumbnailOf(bytes: Buffer, limits: PictureLimits): Promise<Uint8Array> {
  const shrink = (failOn: 'warning' | 'error') =>
    sharp(bytes, { failOn, limitInputPixels: limits.maxPixels })
      .autoOrient()
      .flatten({ background: 'grey' })
      // Shrinking all the way while decoding is faster, but the same picture in another size then looks different.
      .resize(THUMB, THUMB, { fit: 'fill', fastShrinkOnLoad: false })
      .toColourspace('b-w')
      .raw()
      .toBuffer();
  try {
    return new Uint8Array(await shrink('warning'));
  } catch (error) {
    if (!HARMLESS.test(messageOf(error))) throw error;
    return new Uint8Array(await shrink('error'));
  }
}

function firstLine(error: unknown): string {
  return messageOf(error).trim().split('\n')[0] ?? '';
}
