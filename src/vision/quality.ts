/** Whether a picture can be judged at all, from a small grey thumbnail of it. */
import type { RawPicture } from './decode.ts';

/**
 * When a picture can't be judged. The defaults were measured with `scripts/measure-gates.ts` on 1,750 photos and frames
 * of beaches (sunsets, silhouettes, haze and soft low-resolution cameras among them): none of them may be called dark or
 * obscured, and each number leaves about a fifth to the nearest of them, or more.
 */
export interface GateOptions {
  /** A picture that stays the same for this long is a frozen camera, in milliseconds. */
  readonly frozenAfterMs: number;
  /**
   * Share of the points, 0..1, that must have changed by more than 4 of 255 levels since the picture stood still, or it
   * still does. A sea changes 0.3 within a second, and 0.04 at least in a stream compressed until it is blocky; a still
   * picture that a camera encodes over and over changes 0.001, and a burnt-in clock covers less than the default.
   */
  readonly frozenShare: number;
  /** Dark where 95 % of the picture is darker than this luma, 0..255. The darkest photo has 66; at a tenth of their light all are below 26. */
  readonly darkLuma: number;
  /** Obscured where luma spreads (5th to 95th percentile) over less than this, 0..255. The flattest photo has 20; a bag over the lens a few. */
  readonly obscuredSpread: number;
  /** Obscured where the picture is less sharp than this (see {@link PictureQuality.sharpness}). The softest photo has 4; out of focus by 3 % of the width nearly all are below 3.4. */
  readonly obscuredSharpness: number;
  /** Obscured where √(spread × sharpness) is less than this: haze and blur together. The least of the photos is 13. */
  readonly obscuredStructure: number;
}

export const DEFAULT_GATE_OPTIONS: GateOptions = {
  frozenAfterMs: 60_000,
  frozenShare: 0.03,
  darkLuma: 40,
  obscuredSpread: 15,
  obscuredSharpness: 3.4,
  obscuredStructure: 11,
};

export interface PictureQuality {
  /** Mean luma (Rec. 601), 0..255. */
  readonly meanLuma: number;
  /** 95th percentile of luma, 0..255. */
  readonly brightLuma: number;
  /** 95th less 5th percentile of luma, 0..255. */
  readonly lumaSpread: number;
  /** Root mean square of the Laplacian of the thumbnail's luma: 0 for a flat picture, 15 to 80 for most photos. */
  readonly sharpness: number;
  /** [72, 128] luma of single points, sensor noise and all: what a frozen camera repeats. */
  readonly signature: Uint8Array;
}

const COLUMNS = 128;
const ROWS = 72;

/** Measures a picture on a 128 × 72 thumbnail, each point the mean of four pixels: half a millisecond at any size. */
export function measureQuality(picture: RawPicture): PictureQuality {
  const { grey, signature } = thumbnail(picture);
  const counts = new Uint32Array(256);
  let sum = 0;
  for (const luma of grey) {
    sum += luma;
    const level = Math.trunc(luma);
    counts[level] = (counts[level] as number) + 1;
  }
  const brightLuma = percentile(counts, 0.95 * grey.length);
  return {
    meanLuma: sum / grey.length,
    brightLuma,
    lumaSpread: brightLuma - percentile(counts, 0.05 * grey.length),
    sharpness: sharpnessOf(grey),
    signature,
  };
}

/** Too dark comes first: what can't be seen for want of light isn't obscured. */
export function judgeQuality(quality: PictureQuality, options: GateOptions): 'ok' | 'dark' | 'obscured' {
  const { brightLuma, lumaSpread, sharpness } = quality;
  if (brightLuma < options.darkLuma) return 'dark';
  if (lumaSpread < options.obscuredSpread || sharpness < options.obscuredSharpness) return 'obscured';
  return Math.sqrt(lumaSpread * sharpness) < options.obscuredStructure ? 'obscured' : 'ok';
}

function thumbnail({ rgb, width, height }: RawPicture): { grey: Float32Array; signature: Uint8Array } {
  const grey = new Float32Array(COLUMNS * ROWS);
  const signature = new Uint8Array(COLUMNS * ROWS);
  const luma = (at: number) =>
    0.299 * (rgb[at] as number) + 0.587 * (rgb[at + 1] as number) + 0.114 * (rgb[at + 2] as number);
  let point = 0;
  for (let row = 0; row < ROWS; row++) {
    const upper = Math.floor(((row + 0.25) * height) / ROWS) * width;
    const lower = Math.floor(((row + 0.75) * height) / ROWS) * width;
    for (let column = 0; column < COLUMNS; column++) {
      const left = Math.floor(((column + 0.25) * width) / COLUMNS);
      const right = Math.floor(((column + 0.75) * width) / COLUMNS);
      const first = luma((upper + left) * 3);
      const others = luma((upper + right) * 3) + luma((lower + left) * 3) + luma((lower + right) * 3);
      signature[point] = first;
      grey[point++] = (first + others) / 4;
    }
  }
  return { grey, signature };
}

function percentile(counts: Uint32Array, rank: number): number {
  let seen = 0;
  for (const [level, count] of counts.entries()) {
    seen += count;
    if (seen >= rank) return level;
  }
  return 255;
}

function sharpnessOf(grey: Float32Array): number {
  let sum = 0;
  for (let row = 1; row < ROWS - 1; row++) {
    for (let point = row * COLUMNS + 1; point < (row + 1) * COLUMNS - 1; point++) {
      const beside = (grey[point - 1] as number) + (grey[point + 1] as number);
      const above = (grey[point - COLUMNS] as number) + (grey[point + COLUMNS] as number);
      sum += (4 * (grey[point] as number) - beside - above) ** 2;
    }
  }
  return Math.sqrt(sum / ((ROWS - 2) * (COLUMNS - 2)));
}
