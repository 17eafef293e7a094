/** Pictures as numbers, and what every spoiling needs of them. */
import type { RawPicture } from '../../src/vision/decode.ts';

export type Random = () => number;
/** Spoils a picture; `random` (0..1) decides where and how, the same for the same seed. */
export type Spoiling = (picture: RawPicture, random: Random) => RawPicture | Promise<RawPicture>;

/** Linear light 0..1 of an sRGB level. */
const LINEAR = Float32Array.from({ length: 256 }, (_, level) => {
  const share = level / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});
const STEPS = 4096;
const ENCODED = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const light = step / STEPS;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
});

export const linear = (level: number): number => LINEAR[level] as number;
/** Clips, as a sensor does. */
export const encoded = (light: number): number =>
  ENCODED[Math.round(Math.max(0, Math.min(1, light)) * STEPS)] as number;

/** A new picture, each channel of each point by a function of its level. */
export function mapped(
  picture: RawPicture,
  level: (value: number, x: number, y: number, channel: number) => number,
): RawPicture {
  const { width, height } = picture;
  const rgb = new Uint8ClampedArray(picture.rgb.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++, at++)
        rgb[at] = level(picture.rgb[at] as number, x, y, channel);
    }
  }
  return { width, height, rgb: new Uint8Array(rgb.buffer) };
}

/** `over` where the mask is 1, `under` where it is 0, and between. */
export function blended(under: RawPicture, over: RawPicture, mask: Float32Array): RawPicture {
  const rgb = new Uint8Array(under.rgb.length);
  for (let at = 0; at < rgb.length; at++) {
    const share = mask[Math.trunc(at / 3)] as number;
    rgb[at] = (under.rgb[at] as number) * (1 - share) + (over.rgb[at] as number) * share;
  }
  return { ...under, rgb };
}

/** 0 below `from`, 1 above `to`, smooth between; `from` may be above `to`. */
export function smoothstep(from: number, to: number, value: number): number {
  const share = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}

/** Normally distributed. */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Smooth noise 0..1 over the picture, its grains `scale` of the width across. */
export function softNoise(width: number, height: number, scale: number, random: Random): Float32Array {
  const cell = Math.max(2, scale * width);
  const columns = Math.ceil(width / cell) + 2;
  const rows = Math.ceil(height / cell) + 2;
  const grid = Float32Array.from({ length: columns * rows }, random);
  const result = new Float32Array(width * height);
  const value = (column: number, row: number) => grid[row * columns + column] as number;
  for (let y = 0; y < height; y++) {
    const row = Math.trunc(y / cell);
    const down = smoothstep(0, 1, y / cell - row);
    for (let x = 0; x < width; x++) {
      const column = Math.trunc(x / cell);
      const right = smoothstep(0, 1, x / cell - column);
      const upper = value(column, row) * (1 - right) + value(column + 1, row) * right;
      const lower = value(column, row + 1) * (1 - right) + value(column + 1, row + 1) * right;
      result[y * width + x] = upper * (1 - down) + lower * down;
    }
  }
  return result;
}
