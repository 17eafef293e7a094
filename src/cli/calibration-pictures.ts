/** Pictures to measure ranges on: whole, and parts of them in which riders are as large as in a frame read at full detail. */

import { createRandom, type Random, shuffled } from '../base/random.ts';
import { SurfwatchError } from '../errors.ts';
import { decodeFrame, type RawPicture, resizePicture } from '../vision/decode.ts';
import { listPictures, readPicture } from './pictures.ts';

/** More pictures hardly move the ranges. */
const MOST = 200;
const LIMITS = { maxBytes: 50_000_000, maxPixels: 100_000_000 };

export interface CalibrationPictures {
  /** How many {@link read} gives, unless some cannot be read. */
  readonly count: number;
  /** Each [size, size, 3] RGB bytes. */
  read(): AsyncGenerator<Uint8Array>;
}

/**
 * A seeded choice of the pictures below the folders, as many from each.
 *
 * @param size side of the backbone's input in pixels
 * @throws SurfwatchError `image-missing`
 */
export async function findCalibrationPictures(
  directories: readonly string[],
  size: number,
): Promise<CalibrationPictures> {
  const random = createRandom(37);
  const chosen: string[] = [];
  for (const directory of directories) {
    const files = (await listPictures([directory])).map(item => {
      if ('error' in item) throw item.error;
      return item.file;
    });
    chosen.push(...shuffled(files, random).slice(0, Math.ceil(MOST / directories.length)));
  }
  return {
    count: chosen.length,
    async *read() {
      for (const [index, file] of chosen.entries()) {
        try {
          const bytes = await readPicture(file, LIMITS.maxBytes);
          const { picture } = await decodeFrame(bytes, LIMITS);
          const shown = index % 2 === 0 ? picture : partOf(picture, random);
          yield (await resizePicture(shown, { width: size, height: size })).rgb;
        } catch (error) {
          // A broken file is no reason to measure nothing; without any picture the ranges are refused.
          if (!(error instanceof SurfwatchError)) throw error;
        }
      }
    },
  };
}

/** A part of a picture, from a sixth of its width and height on. */
function partOf({ width, height, rgb }: RawPicture, random: Random): RawPicture {
  const [w, h] = [random.between(0.15, 1), random.between(0.15, 1)];
  const part = { width: Math.max(1, Math.floor(w * width)), height: Math.max(1, Math.floor(h * height)) };
  const left = Math.floor(random.between(0, 1) * (width - part.width));
  const top = Math.floor(random.between(0, 1) * (height - part.height));
  const pixels = new Uint8Array(part.width * part.height * 3);
  for (let row = 0; row < part.height; row++) {
    const start = ((top + row) * width + left) * 3;
    pixels.set(rgb.subarray(start, start + part.width * 3), row * part.width * 3);
  }
  return { ...part, rgb: pixels };
}
