/**
 * Opens a picture of anybody: what decoding it costs is bounded by its markers and its header, before anything is
 * unpacked. A few hundred kilobytes can otherwise ask for minutes of a processor, or for most of a board's memory.
 */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { imageType } from '../base/image-type.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { Size } from './cells/pyramid.ts';
import { countJpegParts } from './jpeg-scans.ts';

export interface DecodeLimits {
  /** Largest picture in bytes, as sent. */
  readonly maxBytes: number;
  /** Largest picture in pixels, width × height. */
  readonly maxPixels: number;
}

/** What a board decodes of anybody's: no camera in use sends more, and 50 megapixels take 150 MB. */
export const PICTURE_LIMITS: DecodeLimits = { maxBytes: 20_000_000, maxPixels: 50_000_000 };

/** Encoders make about ten scans. With profiles, places and previews a JPEG has some hundred segments. */
const MOST_JPEG_PARTS = { scans: 64, segments: 2_000 } as const;
/** Each scan visits all pixels again: the ten of an encoder at 50 megapixels, or 64 at 8. */
const MAX_VISITED_PIXELS = 500_000_000;
/** In pixels. Each row has a cost of its own, whatever its length. */
const MAX_SIDE = 32_768;
/** The longer side to the shorter; the widest panorama of several cameras has 10. */
const MAX_RATIO = 50;
/** What a decoder may hold of a picture that it cannot unpack row by row: 25 megapixels of a progressive JPEG. */
const MAX_HELD_BYTES = 150_000_000;
/** Bound of one decoding. libvips checks it between two rows, not within the scans of a JPEG: these are counted. */
const DECODE_SECONDS = 10;

/**
 * Upright size, after all that can be known without unpacking.
 *
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function measurePicture(bytes: Buffer, limits: DecodeLimits): Promise<Size> {
  const { maxBytes } = limits;
  if (bytes.length > maxBytes) throw tooLarge(`${bytes.length} bytes, ${maxBytes} are allowed`);
  // sharp would also open SVG, PDF or GIF: nothing a camera sends, and far more code to trust.
  const type = imageType(bytes);
  if (type === undefined) {
    const what =
      bytes.length === 0 ? 'it is empty' : `it starts with ${bytes.subarray(0, 4).toString('hex')}`;
    throw new SurfwatchError('image-unreadable', `not a JPEG, PNG or WebP picture: ${what}`);
  }
  const scans = type === 'jpeg' ? scansOf(bytes) : 1;
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    refuseCostly(header, scans, limits);
    const { width, height } = header.autoOrient;
    return { width, height };
  } catch (error) {
    throw error instanceof SurfwatchError ? error : unreadable(error);
  }
}

/** To be decoded after it was measured. */
export function openPicture(bytes: Buffer, { maxPixels }: Pick<DecodeLimits, 'maxPixels'>): Sharp {
  return sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }).timeout({ seconds: DECODE_SECONDS });
}

export function unreadable(error: unknown): SurfwatchError {
  const reason = messageOf(error).trim();
  const what = reason.startsWith('timeout')
    ? `it was not decoded within ${DECODE_SECONDS} s`
    : `the picture cannot be decoded: ${reason}`;
  return new SurfwatchError('image-unreadable', what, { cause: error });
}

function scansOf(jpeg: Buffer): number {
  const { scans, segments } = countJpegParts(jpeg, MOST_JPEG_PARTS);
  if (scans > MOST_JPEG_PARTS.scans) throw tooLarge(`more than ${MOST_JPEG_PARTS.scans} scans`);
  if (segments > MOST_JPEG_PARTS.segments) throw tooLarge(`more than ${MOST_JPEG_PARTS.segments} segments`);
  return scans;
}

function refuseCostly(header: Metadata, scans: number, { maxPixels }: DecodeLimits): void {
  const { width, height } = header.autoOrient;
  const pixels = width * height;
  if (pixels > maxPixels) throw tooLarge(`${width} × ${height} pixels, ${maxPixels} in all are allowed`);
  const [longer, shorter] = [Math.max(width, height), Math.min(width, height)];
  if (longer > MAX_SIDE) throw tooLarge(`${width} × ${height} pixels, ${MAX_SIDE} on a side are allowed`);
  if (longer > MAX_RATIO * shorter) {
    const what = `no side may be more than ${MAX_RATIO} times as long as the other`;
    throw tooLarge(`${width} × ${height} pixels, ${what}`);
  }
  if (scans > 1 && scans * pixels > MAX_VISITED_PIXELS) {
    throw tooLarge(`${scans} scans of ${width} × ${height} pixels, ${MAX_VISITED_PIXELS} in all are allowed`);
  }
  const held = heldBytes(header, scans) * pixels;
  if (held <= MAX_HELD_BYTES) return;
  const kind = header.format === 'png' ? 'interlaced' : 'progressive';
  const memory = `${Math.round(held / 1e6)} MB to decode, ${MAX_HELD_BYTES / 1e6} are allowed`;
  throw tooLarge(`${width} × ${height} pixels and is ${kind}: it takes ${memory}`);
}

/** For each pixel; none where it is unpacked row by row. */
function heldBytes({ format, isProgressive, channels, depth }: Metadata, scans: number): number {
  // Coefficients of 16 bits, counted as if no colour were kept more coarsely.
  if (format === 'jpeg') return scans > 1 ? 2 * channels : 0;
  if (format === 'png') return isProgressive ? channels * (depth === 'ushort' ? 2 : 1) : 0;
  return 0;
}

function tooLarge(what: string): SurfwatchError {
  return new SurfwatchError('image-too-large', `the picture has ${what}`);
}
