/** What of a frame may be kept. */
import sharp, { type OverlayOptions } from 'sharp';
import type { Size } from '../../vision/tiles.ts';
import type { Rectangle } from '../../vision/zone.ts';
import { sha256Of } from './frame-rows.ts';
import type { NewFrame } from './types.ts';

export type Keep = 'nothing' | 'embeddings' | 'pictures';

export interface PrivacyOptions {
  /** `nothing` still keeps the embeddings of what somebody labelled: there would be nothing to learn from. */
  readonly keep: Keep;
  /** Whether detail the size of people is pixelated outside the zones. */
  readonly pixelate: boolean;
  /** Side of a block, as a share of the picture's width. */
  readonly block: number;
  /** Of the JPEG that is made anew, 1..100. */
  readonly quality: number;
}

export const PRIVACY_DEFAULTS: PrivacyOptions = {
  keep: 'pictures',
  pixelate: false,
  block: 1 / 48,
  quality: 90,
};

/**
 * A frame with what may be kept of it; null where nothing may.
 *
 * @param zones that are judged, and stay as they are where the rest is pixelated
 */
export async function withPrivacy(
  frame: NewFrame,
  zones: readonly Rectangle[],
  options: PrivacyOptions,
): Promise<NewFrame | null> {
  const { picture } = frame;
  const isLabelled = frame.because === 'label' || frame.because === 'image';
  if (options.keep === 'nothing' && !isLabelled) return null;
  if (picture === null) return frame;
  const sha256 = frame.sha256 ?? sha256Of(picture);
  if (options.keep !== 'pictures') return { ...frame, picture: null, sha256 };
  if (!options.pixelate) return frame;
  return { ...frame, picture: await pixelateOutside(picture, zones, options), sha256 };
}

/**
 * Every block outside the zones becomes one colour, the mean of its pixels. Upright, and without the metadata of the
 * file, which may tell a place.
 *
 * @param picture JPEG, PNG or WebP that was decoded before, so its size is known to be bearable
 * @returns JPEG of the same size
 */
export async function pixelateOutside(
  picture: Uint8Array,
  zones: readonly Rectangle[],
  { block, quality }: Pick<PrivacyOptions, 'block' | 'quality'> = PRIVACY_DEFAULTS,
): Promise<Buffer> {
  const { data, info } = await sharp(picture)
    .autoOrient()
    .flatten()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const side = Math.max(1, Math.round(info.width * block));
  const columns = Math.ceil(info.width / side);
  const rows = Math.ceil(info.height / side);
  const coarse = await sharp(data, { raw })
    .resize(columns, rows, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  const overlays: OverlayOptions[] = [];
  for (const zone of zones) {
    const area = pixelsOf(zone, info);
    if (area === null) continue;
    const inside = await sharp(data, { raw }).extract(area).raw().toBuffer();
    const { left, top, width, height } = area;
    overlays.push({ input: inside, raw: { width, height, channels: info.channels }, left, top });
  }
  return sharp(coarse, { raw: { ...raw, width: columns, height: rows } })
    .resize(info.width, info.height, { fit: 'fill', kernel: 'nearest' })
    .composite(overlays)
    .jpeg({ quality, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** Outwards to whole pixels; null where nothing of it lies in the picture. */
function pixelsOf({ x, y, w, h }: Rectangle, { width, height }: Size) {
  const left = Math.max(0, Math.floor(x * width));
  const top = Math.max(0, Math.floor(y * height));
  const right = Math.min(width, Math.ceil((x + w) * width));
  const bottom = Math.min(height, Math.ceil((y + h) * height));
  return right <= left || bottom <= top ? null : { left, top, width: right - left, height: bottom - top };
}
