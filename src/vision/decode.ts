/** From the bytes a camera sent to the pixels of its tiles: one decode, one resize a zone, then plain copies. */
import sharp, { type Sharp } from 'sharp';
import { messageOf, SurfwatchError } from '../errors.ts';
import { type Size, type TiledZone, tileZone } from './tiles.ts';
import type { Rectangle, Zone } from './zone.ts';

export interface DecodeLimits {
  /** Largest picture in bytes, as sent. */
  readonly maxBytes: number;
  /** Largest picture in pixels, width × height. */
  readonly maxPixels: number;
}

/** RGB bytes, row by row: [height, width, 3]. */
export interface RawPicture extends Size {
  readonly rgb: Uint8Array;
}

export interface Tile {
  readonly zone: string;
  /** As a share of the frame. */
  readonly rectangle: Rectangle;
}

export interface TiledPicture extends Size {
  readonly tiles: readonly Tile[];
  /** [tiles, input, input, 3] RGB bytes: one batch for the backbone. */
  readonly pixels: Uint8Array;
  /** The picture (of the only zone, or of the whole frame) at a moderate size, to judge its quality by. */
  readonly preview: RawPicture;
}

// The daemon sees each picture once, so libvips has nothing to cache; and one thread, as the backbone needs the rest.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Decodes a picture, turned upright by its EXIF orientation, and cuts the tiles of all zones.
 *
 * @param input side of the backbone's input in pixels
 * @throws SurfwatchError `image-unreadable`, `image-too-large`
 */
export async function readTiles(
  bytes: Buffer,
  zones: readonly Zone[],
  input: number,
  limits: DecodeLimits,
): Promise<TiledPicture> {
  const size = await measure(bytes, limits);
  const tiled = zones.map(zone => tileZone(zone, size, input));
  try {
    const pictures = await resizeZones(bytes, size, tiled, limits);
    const tiles = tiled.flatMap(zone => zone.rectangles.map(rectangle => ({ zone: zone.name, rectangle })));
    const pixels = new Uint8Array(tiles.length * input * input * 3);
    let offset = 0;
    for (const [index, zone] of tiled.entries()) {
      offset = copyTiles(pictures.zones[index] as RawPicture, zone, input, pixels, offset);
    }
    return { ...size, tiles, pixels, preview: pictures.preview };
  } catch (error) {
    throw unreadable(error);
  }
}

/** Upright size from the header alone, so that a decompression bomb is refused before it is unpacked. */
async function measure(bytes: Buffer, limits: DecodeLimits): Promise<Size> {
  if (bytes.length > limits.maxBytes) {
    throw new SurfwatchError(
      'image-too-large',
      `the picture has ${bytes.length} bytes, ${limits.maxBytes} are allowed`,
    );
  }
  // sharp would also open SVG, PDF or GIF: nothing a camera sends, and far more code to trust.
  if (!isSupported(bytes)) {
    const what =
      bytes.length === 0 ? 'it is empty' : `it starts with ${bytes.subarray(0, 4).toString('hex')}`;
    throw new SurfwatchError('image-unreadable', `not a JPEG, PNG or WebP picture: ${what}`);
  }
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (autoOrient.width * autoOrient.height > limits.maxPixels) {
      throw new SurfwatchError(
        'image-too-large',
        `the picture has ${autoOrient.width} × ${autoOrient.height} pixels, ${limits.maxPixels} in all are allowed`,
      );
    }
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (error) {
    throw error instanceof SurfwatchError ? error : unreadable(error);
  }
}

function isSupported(bytes: Buffer): boolean {
  const jpeg = bytes.length > 3 && bytes.readUIntBE(0, 3) === 0xffd8ff;
  const png = bytes.length > 8 && bytes.toString('latin1', 0, 8) === '\x89PNG\r\n\x1a\n';
  const webp =
    bytes.length > 12 &&
    bytes.toString('latin1', 0, 4) === 'RIFF' &&
    bytes.toString('latin1', 8, 12) === 'WEBP';
  return jpeg || png || webp;
}

async function resizeZones(bytes: Buffer, size: Size, zones: readonly TiledZone[], limits: DecodeLimits) {
  const open = () => sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: 'error' }).autoOrient();
  const [only] = zones;
  if (zones.length === 1 && only !== undefined) {
    // Straight from the file: libjpeg then shrinks while it decodes.
    const preview = await toRgb(resizeZone(open(), only, size));
    return { preview, zones: [preview] };
  }
  const preview = await toRgb(open());
  const raw = { width: preview.width, height: preview.height, channels: 3 as const };
  const pictures: RawPicture[] = [];
  for (const zone of zones) pictures.push(await toRgb(resizeZone(sharp(preview.rgb, { raw }), zone, size)));
  return { preview, zones: pictures };
}

function resizeZone(picture: Sharp, { area, scaled }: TiledZone, size: Size): Sharp {
  const whole = area.width === size.width && area.height === size.height;
  const cut = whole ? picture : picture.extract(area);
  return cut.resize(scaled.width, scaled.height, { fit: 'fill', kernel: 'cubic' });
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

function copyTiles(
  picture: RawPicture,
  zone: TiledZone,
  input: number,
  pixels: Uint8Array,
  start: number,
): number {
  let offset = start;
  for (const { left, top } of zone.corners) {
    for (let row = top; row < top + input; row++) {
      const from = (row * picture.width + left) * 3;
      pixels.set(picture.rgb.subarray(from, from + input * 3), offset);
      offset += input * 3;
    }
  }
  return offset;
}

function unreadable(error: unknown): SurfwatchError {
  return new SurfwatchError('image-unreadable', `the picture cannot be decoded: ${messageOf(error).trim()}`, {
    cause: error,
  });
}
