/**
 * Counts what a JPEG is made of from its markers alone (ITU-T T.81, annex B). Each scan of a progressive JPEG visits the
 * whole picture again, and libjpeg cannot be stopped between two of them: they are counted before it begins.
 */
import { scanEnd, segmentEnd } from './bare-jpeg.ts';

const [TEM, RST0, SOI, EOI, SOS] = [0x01, 0xd0, 0xd8, 0xd9, 0xda];

export interface JpegParts {
  readonly scans: number;
  /** Segments of any kind, those of the scans among them. */
  readonly segments: number;
}

/** At least as many as a decoder would meet; no more are counted once either is beyond `most`. */
export function countJpegParts(bytes: Buffer, most: JpegParts): JpegParts {
  let [scans, segments, at] = [0, 0, 2];
  while (at < bytes.length && scans <= most.scans && segments <= most.segments) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined)
      return { scans: scans + possibleScans(bytes, at), segments };
    if (marker === EOI) break;
    // Fill bytes may go before a marker; these markers have no segment.
    if (marker === 0xff) at += 1;
    else if (marker === TEM || (marker >= RST0 && marker <= SOI)) {
      at += 2;
      segments += 1;
    } else {
      const end = segmentEnd(bytes, at);
      if (end === null) return { scans: scans + possibleScans(bytes, at), segments };
      segments += 1;
      if (marker === SOS) scans += 1;
      at = marker === SOS ? scanEnd(bytes, end) : end;
    }
  }
  return { scans, segments };
}

/** Where segments cannot be followed a decoder goes on at the next marker it finds. */
function possibleScans(bytes: Buffer, from: number): number {
  let count = 0;
  for (let at = from; at + 1 < bytes.length; at++)
    if (bytes[at] === 0xff && bytes[at + 1] === SOS) count += 1;
  return count;
}
