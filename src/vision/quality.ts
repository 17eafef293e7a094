/** Whether a picture can be judged at all, from a small thumbnail of it alone. */
import type { RawPicture } from './decode.ts';
import { finenessOf, laplacian } from './quality/detail.ts';
import type { GateOptions } from './quality/options.ts';
import { missingShare } from './quality/rows.ts';
import { thumbnailOf } from './quality/thumbnail.ts';

export type { GateOptions } from './quality/options.ts';

export interface PictureQuality {
  /** Mean luma (Rec. 601), 0..255. */
  readonly meanLuma: number;
  /** 95th percentile of luma, 0..255. */
  readonly brightLuma: number;
  /** Median of luma, 0..255. */
  readonly middleLuma: number;
  /** 95th less 5th percentile of luma, 0..255. */
  readonly lumaSpread: number;
  /** Share of the points, 0..1, that are white (luma of 248 or more). */
  readonly whiteShare: number;
  /** Root mean square of the Laplacian of the thumbnail's luma: 0 for a flat picture, 15 to 80 for most photos. */
  readonly sharpness: number;
  /** The finest detail as a share of the next coarser: 0.7 to 1.3 for most photos, below 0.5 out of focus. */
  readonly fineness: number;
  /** Least green (above 0) or magenta (below 0) that nine tenths of the picture have, -255..255; 0 where they differ. */
  readonly tint: number;
  /** Share of the picture, 0..1, from the bottom up, that never came. */
  readonly missing: number;
  /** [72, 128] luma. */
  readonly grey: Float32Array;
  /** [72, 128] luma of single points, sensor noise and all: what a frozen camera repeats. */
  readonly signature: Uint8Array;
}

/** Why a single picture cannot be judged. */
export type PictureFault = 'dark' | 'obscured' | 'overexposed' | 'fogged' | 'damaged';

// Measured with `scripts/measure-gates.ts`; see docs/gates.md.

/** Over-exposed where more than this share of the picture is white. */
const OVEREXPOSED_SHARE = 0.3;
/** Over-exposed where 95 % of the picture is brighter than this luma. */
const OVEREXPOSED_LUMA = 185;
/** Obscured where luma spreads over less than this. */
const OBSCURED_SPREAD = 15;
/** Fogged where the picture is less sharp than this. */
const FOGGED_SHARPNESS = 3.4;
/** Fogged where √(spread × sharpness) is less than this: contrast and detail together. */
const FOGGED_STRUCTURE = 20;
/** Fogged where the finest detail is less than this share of the next coarser: a picture out of focus. */
const FOGGED_FINENESS = 0.58;
const WHITE = 248;
/** Median of luma from which even a picture with dark parts is washed out. */
const WHITE_MIDDLE = 243;
/** Tint of nine tenths of the picture; the greenest photo has 12, a lost colour plane 93 and more. */
const TINTED = 45;
const MISSING = 0.06;

/** Measures a picture on a 128 × 72 thumbnail, each point the mean of four pixels: under a millisecond at any size. */
export function measureQuality(picture: RawPicture): PictureQuality {
  const small = thumbnailOf(picture);
  const { grey, green, signature } = small;
  const levels = new Uint32Array(256);
  const greens = new Uint32Array(511);
  let sum = 0;
  let white = 0;
  for (const [point, luma] of grey.entries()) {
    sum += luma;
    if (luma >= WHITE) white++;
    bump(levels, Math.trunc(luma));
    bump(greens, (green[point] as number) + 255);
  }
  const points = grey.length;
  const brightLuma = percentile(levels, 0.95 * points);
  const sharpness = laplacian(grey);
  const least = percentile(greens, 0.1 * points) - 255;
  const most = percentile(greens, 0.9 * points) - 255;
  return {
    meanLuma: sum / points,
    brightLuma,
    middleLuma: percentile(levels, 0.5 * points),
    lumaSpread: brightLuma - percentile(levels, 0.05 * points),
    whiteShare: white / points,
    sharpness,
    fineness: finenessOf(grey, sharpness),
    tint: least > 0 ? least : Math.min(most, 0),
    missing: missingShare(small),
    grey,
    signature,
  };
}

/** Too dark comes first: what cannot be seen for want of light isn't obscured. */
export function judgeQuality(
  quality: PictureQuality,
  { darkLuma }: Pick<GateOptions, 'darkLuma'>,
): 'ok' | PictureFault {
  const { brightLuma, middleLuma, lumaSpread, whiteShare, sharpness, fineness, tint, missing } = quality;
  if (brightLuma < darkLuma) return 'dark';
  if (missing >= MISSING || Math.abs(tint) > TINTED) return 'damaged';
  const washedOut = brightLuma - lumaSpread > OVEREXPOSED_LUMA || middleLuma > WHITE_MIDDLE;
  if (washedOut || whiteShare > OVEREXPOSED_SHARE) return 'overexposed';
  if (lumaSpread < OBSCURED_SPREAD) return 'obscured';
  const hazy = sharpness < FOGGED_SHARPNESS || Math.sqrt(lumaSpread * sharpness) < FOGGED_STRUCTURE;
  return hazy || fineness < FOGGED_FINENESS ? 'fogged' : 'ok';
}

function bump(counts: Uint32Array, level: number): void {
  counts[level] = (counts[level] as number) + 1;
}

function percentile(counts: Uint32Array, rank: number): number {
  let seen = 0;
  for (const [level, count] of counts.entries()) {
    seen += count;
    if (seen >= rank) return level;
  }
  return counts.length - 1;
}
