/** Pictures to measure ranges on: whole, and parts of them as the daemon's tiles are. */

import { SurfwatchError } from '../errors.ts';
import { createRandom, type Random, shuffled } from '../ops/random.ts';
import { readTiles } from '../vision/decode.ts';
import type { Zone } from '../vision/zone.ts';
import { listPictures, readPicture } from './pictures.ts';

/** More pictures hardly move the ranges. */
const MOST = 200;
const LIMITS = { maxBytes: 50_000_000, maxPixels: 100_000_000 };

export interface CalibrationPictures {
  /** How many {@link read} gives, unless some can't be read. */
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
        const zone = index % 2 === 0 ? WHOLE : part(random);
        try {
          const bytes = await readPicture(file, LIMITS.maxBytes);
          yield (await readTiles(bytes, [zone], size, LIMITS)).pixels;
        } catch (error) {
          // A broken file is no reason to measure nothing; without any picture the ranges are refused.
          if (!(error instanceof SurfwatchError)) throw error;
        }
      }
    },
  };
}

const TILES = { columns: 1, rows: 1, overlap: 0 };
const WHOLE: Zone = { name: 'whole', x: 0, y: 0, w: 1, h: 1, tiles: TILES };

/** A part of a picture, from a sixth of its width and height on. */
function part(random: Random): Zone {
  const [w, h] = [random.between(0.15, 1), random.between(0.15, 1)];
  return { name: 'part', x: random.between(0, 1 - w), y: random.between(0, 1 - h), w, h, tiles: TILES };
}
