/** A camera that looks elsewhere: another cut of the same picture, four fifths of its width. */
import sharp from 'sharp';
import type { RawPicture } from '../../src/vision/decode.ts';
import type { Spoiling } from './pixels.ts';

export interface Cut {
  /** Where the cut is: 0.5 in the middle, 0 and 1 at the sides. */
  readonly x?: number;
  readonly y?: number;
  readonly size?: number;
  /** Degrees, clockwise. */
  readonly turn?: number;
}

export const cut =
  ({ x = 0.5, y = 0.5, size = 0.8, turn = 0 }: Cut = {}): Spoiling =>
  async ({ rgb, width, height }: RawPicture) => {
    const raw = { width, height, channels: 3 } as const;
    const turned = await sharp(rgb, { raw }).rotate(turn).raw().toBuffer({ resolveWithObject: true });
    const [w, h] = [Math.round(width * size), Math.round(height * size)];
    const left = Math.round((turned.info.width - width) / 2 + (width - w) * x);
    const top = Math.round((turned.info.height - height) / 2 + (height - h) * y);
    const whole = { width: turned.info.width, height: turned.info.height, channels: 3 } as const;
    const pixels = await sharp(turned.data, { raw: whole })
      .extract({ left, top, width: w, height: h })
      .resize(width, height)
      .raw()
      .toBuffer();
    return { width, height, rgb: pixels };
  };
