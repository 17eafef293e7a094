/** What a broken stream leaves of a picture. */
import sharp from 'sharp';
import type { RawPicture } from '../../src/vision/decode.ts';
import { mapped, type Spoiling } from './pixels.ts';

/** The lower `share` never came: grey, as decoders fill it. */
export function greyBelow(share: number): Spoiling {
  return picture => mapped(picture, (level, _, y) => (y >= (1 - share) * picture.height ? 128 : level));
}

/** The lower `share` never came in YUV of zeros: green. */
export function greenBelow(share: number): Spoiling {
  const green = [0, 135, 0];
  return picture =>
    mapped(picture, (level, _x, y, c) => (y >= (1 - share) * picture.height ? (green[c] as number) : level));
}

/** The last good row repeated to the bottom. */
export function smearedBelow(share: number): Spoiling {
  return ({ width, height, rgb }) => {
    const result = new Uint8Array(rgb);
    const first = Math.floor((1 - share) * height);
    for (let y = first; y < height; y++)
      result.copyWithin(y * width * 3, (first - 1) * width * 3, first * width * 3);
    return { width, height, rgb: result };
  };
}

/** A colour plane lost: its differences from grey are those of zeros (green) or of their highest value (pink). */
export function lostColour(value: number): Spoiling {
  return picture => {
    const rgb = new Uint8ClampedArray(picture.rgb.length);
    for (let at = 0; at < rgb.length; at += 3) {
      const [r, g, b] = [picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]] as [
        number,
        number,
        number,
      ];
      const luma = 0.299 * r + 0.587 * g + 0.114 * b;
      rgb[at] = luma + 1.402 * (value - 128);
      rgb[at + 1] = luma - 0.714 * (value - 128) - 0.344 * (value - 128);
      rgb[at + 2] = luma + 1.772 * (value - 128);
    }
    return { ...picture, rgb: new Uint8Array(rgb.buffer) };
  };
}

/** From a row on the blocks of the picture are thrown about and wrong in colour. */
export function garbageBelow(share: number): Spoiling {
  return ({ width, height, rgb }, random) => {
    const result = new Uint8Array(rgb);
    const size = 16;
    for (let y = Math.floor(((1 - share) * height) / size) * size; y + size <= height; y += size) {
      const drift = Math.floor(random() * width);
      for (let x = 0; x + size <= width; x += size) {
        const tint = [60 * (random() - 0.5), 60 * (random() - 0.5), 60 * (random() - 0.5)];
        const fromX = (x + drift) % (width - size);
        const fromY = Math.floor(random() * (height - size));
        for (let row = 0; row < size; row++) {
          for (let column = 0; column < size * 3; column++) {
            const value =
              (rgb[((fromY + row) * width + fromX) * 3 + column] as number) + (tint[column % 3] as number);
            result[((y + row) * width + x) * 3 + column] = Math.max(0, Math.min(255, value));
          }
        }
      }
    }
    return { width, height, rgb: result };
  };
}

/** Compressed until hardly more than a colour a block is left. */
export const crushed =
  (quality: number): Spoiling =>
  async ({ width, height, rgb }: RawPicture) => {
    const raw = { width, height, channels: 3 } as const;
    const small = await sharp(rgb, { raw }).jpeg({ quality }).toBuffer();
    return { width, height, rgb: await sharp(small).raw().toBuffer() };
  };
