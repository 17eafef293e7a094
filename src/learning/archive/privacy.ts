/** What of a frame may be kept. */
import sharp from 'sharp';
import type { Zone } from '../../vision/zone.ts';
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
  /** Quality of the JPEG that is encoded again, 1..100. */
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
  zones: readonly Zone[],
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
  zones: readonly Pick<Zone, 'points'>[],
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
  const blocks = await sharp(coarse, { raw: { ...raw, width: columns, height: rows } })
    .resize(info.width, info.height, { fit: 'fill', kernel: 'nearest' })
    .raw()
    .toBuffer();
  for (const zone of zones) {
    for (let y = 0; y < info.height; y++) {
      for (const [left, right] of spansOf(zone, (y + 0.5) / info.height)) {
        const from = pixelAt(left, info.width, Math.floor);
        const to = pixelAt(right, info.width, Math.ceil);
        const start = y * info.width;
        data.copy(
          blocks,
          (start + from) * info.channels,
          (start + from) * info.channels,
          (start + to) * info.channels,
        );
      }
    }
  }
  return sharp(blocks, { raw }).jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** From where to where a zone goes at a height, as shares of the width: even-odd, as zones are judged. */
function spansOf({ points }: Pick<Zone, 'points'>, y: number): (readonly [number, number])[] {
  const crossings = points.flatMap((a, index) => {
    const b = points[(index + 1) % points.length] as (typeof points)[number];
    return a.y > y === b.y > y ? [] : [a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)];
  });
  crossings.sort((a, b) => a - b);
  return crossings.flatMap((left, index) =>
    index % 2 === 0 ? [[left, crossings[index + 1] ?? left] as const] : [],
  );
}

/** Outwards to whole pixels. */
function pixelAt(share: number, width: number, round: (pixel: number) => number): number {
  return Math.min(width, Math.max(0, round(share * width)));
}
