/** Pictures that were tampered with, on the way of a frame and on that of a picture to label. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/base/random.ts';
import { SurfwatchError } from '../../src/errors.ts';
import { LABEL_PICTURE_DEFAULTS, readLabelPicture } from '../../src/learning/labels/picture.ts';
import { bareJpeg } from '../../src/vision/bare-jpeg.ts';
import { decodeFrame } from '../../src/vision/decode.ts';
import { FUZZ_SEED, heldMB, mutated, orHangs } from '../support/fuzz.ts';
import { blackPng, jpegOfScans } from '../vision/hostile-pictures.ts';

const PICTURES = Number(process.env.SURFWATCH_FUZZ_PICTURES ?? 10_000);
const LIMITS = { maxBytes: 10_000_000, maxPixels: 50_000_000 };
/** At once: more than libvips has threads. */
const ABREAST = 8;
const MOST_GROWN_MB = 24;
const CODES = ['image-unreadable', 'image-too-large', 'label-not-an-image', 'label-image-too-large'];

it(
  `each of ${PICTURES} pictures is decoded or refused with a code, on both ways (SURFWATCH_FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    const random = createRandom(FUZZ_SEED);
    const originals = await someOfEachKind();
    const codes = new Map<string, number>();
    const count = (code: string) => codes.set(code, (codes.get(code) ?? 0) + 1);
    let held = 0;
    let longestMs = 0;
    for (let done = 0; done < PICTURES; done += ABREAST) {
      if (held === 0 && done >= PICTURES / 2) held = await heldMB();
      const pictures = Array.from({ length: ABREAST }, () => tampered(originals, random));
      const startMs = performance.now();
      const ways = pictures.flatMap((bytes, index) => {
        const way = (done + index) % 2 === 0 ? asFrame(bytes) : asLabel(bytes);
        return way.then(() => 'ok', codeOf).then(count);
      });
      await orHangs(Promise.all(ways), `pictures from ${done} on`);
      longestMs = Math.max(longestMs, performance.now() - startMs);
    }
    const grownMB = (await heldMB()) - held;
    console.log({ seed: FUZZ_SEED, pictures: PICTURES, grownMB, longestMs, codes });
    expect(grownMB).toBeLessThan(MOST_GROWN_MB);
    expect([...codes.keys()].sort()).toEqual(['ok', ...CODES].sort());
  },
  PICTURES * 100,
);

async function asFrame(bytes: Buffer): Promise<void> {
  const { picture } = await decodeFrame(bytes, LIMITS, ({ width, height }) => ({
    width: Math.min(width, 640),
    height: Math.min(height, 360),
  }));
  expect(picture.rgb.length).toBe(picture.width * picture.height * 3);
  // The archive keeps it without what names a place.
  bareJpeg(bytes);
}

async function asLabel(bytes: Buffer): Promise<void> {
  const jpeg = await readLabelPicture(bytes, LABEL_PICTURE_DEFAULTS);
  expect(jpeg.readUInt16BE(0)).toBe(0xffd8);
}

/** Anything without a code fails the test. */
function codeOf(error: unknown): string {
  if (error instanceof SurfwatchError) return error.code;
  throw error;
}

/** Small ones, so that there is time for many. */
async function someOfEachKind(): Promise<Buffer[]> {
  const folder = join(import.meta.dirname, '../data/surfcam-cc0/frames');
  const frames = readdirSync(folder).slice(0, 3);
  const photos = frames.map(name => sharp(readFileSync(join(folder, name))).resize(160, 90));
  const made = photos.flatMap(photo => [
    photo.clone().jpeg(),
    photo.clone().jpeg({ progressive: true }),
    photo
      .clone()
      .keepMetadata()
      .withExif({ IFD0: { Copyright: 'none' } })
      .withMetadata({ orientation: 6 })
      .jpeg(),
    photo.clone().toColourspace('cmyk').jpeg(),
    photo.clone().png(),
    photo.clone().png({ progressive: true, palette: true }),
    photo.clone().ensureAlpha(0.5).png(),
    photo.clone().webp(),
    photo.clone().webp({ lossless: true }),
    photo.clone().ensureAlpha(0.5).webp(),
  ]);
  return [
    ...(await Promise.all(made.map(picture => picture.toBuffer()))),
    blackPng({ width: 64, height: 64, bits: 16, channels: 4, interlaced: true }),
    await jpegOfScans(3),
  ];
}

function tampered(originals: readonly Buffer[], random: Random): Buffer {
  const original = originals[random.below(originals.length)] as Buffer;
  const kinds = [mutated, withOtherSize, withOtherParts];
  const change = kinds[random.below(kinds.length)] as typeof mutated;
  const bytes = change(original, random);
  // With right checksums, so that the decoder gets beyond them.
  return random.next() < 0.7 ? rechecked(bytes) : bytes;
}

/** Where the header has width and height, others: of the frame of a JPEG, the IHDR of a PNG, the VP8 of a WebP. */
function withOtherSize(original: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(original);
  const side = () => [0, 1, 7, 90, 161, 1_000, 4_000, 65_535][random.below(8)] ?? 0;
  const frame = Math.max(bytes.indexOf('ffc0', 0, 'hex'), bytes.indexOf('ffc2', 0, 'hex'));
  const vp8 = bytes.indexOf('VP8');
  if (bytes[1] === 0xd8 && frame > 0) {
    bytes.writeUInt16BE(side(), frame + 5);
    if (random.next() < 0.7) bytes.writeUInt16BE(side(), frame + 7);
    // And now and then another number of components, or how they are sampled.
    if (random.next() < 0.3) bytes[frame + 9 + random.below(5)] = random.below(256);
  } else if (bytes[1] === 0x50) {
    bytes.writeUInt32BE(side(), 16);
    if (random.next() < 0.7) bytes.writeUInt32BE(random.next() < 0.1 ? 0xffffffff : side(), 20);
    if (random.next() < 0.3) bytes[24 + random.below(5)] = random.below(20);
  } else if (vp8 > 0) {
    bytes.writeUInt16LE(side(), vp8 + 8 + random.below(8));
  }
  return bytes;
}

/** Segments or chunks left out, repeated, or put elsewhere. */
function withOtherParts(original: Buffer, random: Random): Buffer {
  const starts = original[1] === 0xd8 ? jpegStarts(original) : chunkStarts(original);
  const parts = starts.map((start, index) => original.subarray(start, starts[index + 1] ?? original.length));
  const head = original.subarray(0, starts[0] ?? 0);
  for (let change = random.below(4); change >= 0 && parts.length > 0; change--) {
    const at = random.below(parts.length);
    const part = parts[at] as Buffer;
    if (random.next() < 0.3) parts.splice(at, 1);
    else if (random.next() < 0.5) parts.splice(random.below(parts.length), 0, part);
    else parts.splice(at, 1, ...Array<Buffer>(random.below(40)).fill(part));
  }
  return Buffer.concat([head, ...parts]);
}

function jpegStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 2; at + 1 < bytes.length; at++)
    if (bytes[at] === 0xff && (bytes[at + 1] ?? 0) >= 0xc0) starts.push(at);
  return starts;
}

/** Of a PNG from its first chunk on; of a WebP likewise. */
function chunkStarts(bytes: Buffer): number[] {
  const isPng = bytes[1] === 0x50;
  const starts: number[] = [];
  let at = isPng ? 8 : 12;
  while (at + 8 <= bytes.length) {
    starts.push(at);
    const length = isPng ? bytes.readUInt32BE(at) + 12 : bytes.readUInt32LE(at + 4) + 8;
    at += length + (isPng ? 0 : length % 2);
  }
  return starts;
}

/** The checksums of a PNG's chunks, and the length in a WebP's head, made right. */
function rechecked(original: Buffer): Buffer {
  if (original[0] === 0x52 && original.length > 12) {
    const bytes = Buffer.from(original);
    bytes.writeUInt32LE(bytes.length - 8, 4);
    return bytes;
  }
  if (original[1] !== 0x50 || original.length < 8) return original;
  const bytes = Buffer.from(original);
  for (const start of chunkStarts(bytes)) {
    const end = start + 8 + bytes.readUInt32BE(start);
    if (end + 4 <= bytes.length) bytes.writeUInt32BE(crc32(bytes.subarray(start + 4, end)), end);
  }
  return bytes;
}
