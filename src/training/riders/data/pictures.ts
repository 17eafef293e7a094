/** Decoded pictures, each decoded once as long as there is room for all. */
import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { decodeFrame, type RawPicture } from '../../../vision/decode.ts';

/** Far above what cameras send: training reads files that somebody chose. */
const LIMITS = { maxBytes: 100_000_000, maxPixels: 100_000_000 };
/** Larger pictures are shrunk to that width: a rider of 10 pixels in one of 8,000 is not what cameras on boards show. */
const MOST_WIDTH = 2560;
const MOST_BYTES = 3_000_000_000;

export type Pictures = (path: string) => Promise<RawPicture>;

/** @param room in bytes, for what is kept */
export function openPictures(room = Math.min(MOST_BYTES, totalmem() / 5)): Pictures {
  const kept = new Map<string, RawPicture>();
  let left = room;
  return async path => {
    const known = kept.get(path);
    if (known !== undefined) return known;
    const { picture } = await decodeFrame(await readFile(path), LIMITS, ({ width, height }) => {
      const scale = Math.min(1, MOST_WIDTH / width);
      return { width: Math.round(width * scale), height: Math.round(height * scale) };
    });
    if (picture.rgb.length <= left && !kept.has(path)) {
      left -= picture.rgb.length;
      kept.set(path, picture);
    }
    return picture;
  };
}
