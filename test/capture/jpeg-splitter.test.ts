import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { JpegSplitter } from '../../src/capture/jpeg-splitter.ts';
import { fc } from '../support/fast-check.ts';

const LIMIT = 100_000;
/** Baseline, progressive, with restart markers' kin, with a thumbnail in its EXIF header. */
let samples: Buffer[] = [];

beforeAll(async () => {
  const noise = (width: number) =>
    sharp({
      create: {
        width,
        height: 40,
        channels: 3,
        background: 'teal',
        noise: { type: 'gaussian', mean: 120, sigma: 60 },
      },
    });
  const thumbnail = await noise(16).jpeg().toBuffer();
  const plain = await noise(32).jpeg().toBuffer();
  samples = [
    plain,
    await noise(40).jpeg({ progressive: true }).toBuffer(),
    await noise(8).jpeg({ quality: 5 }).toBuffer(),
    withSegment(plain, thumbnail),
  ];
});

/** Puts bytes into an APP1 segment right after the start, as an EXIF thumbnail stands. */
function withSegment(picture: Buffer, content: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 4);
  return Buffer.concat([head, content, picture.subarray(2)]);
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function split(chunks: readonly Buffer[], splitter = new JpegSplitter({ maxBytes: LIMIT })): Buffer[] {
  return chunks.flatMap(chunk => splitter.push(chunk));
}

/** As `toEqual` says, but fast. */
function same(found: readonly Buffer[], expected: readonly Buffer[]): boolean {
  return found.length === expected.length && found.every((one, index) => expected[index]?.equals(one));
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2000 })), {
  minLength: 1,
  maxLength: 20,
});
const order = fc.array(fc.nat({ max: 3 }), { maxLength: 6 });
const pick = (indexes: readonly number[]) => indexes.flatMap(index => samples[index] ?? []);

test('any chunking of a row of JPEGs gives exactly these JPEGs', () => {
  fc.assert(
    fc.property(order, sizes, (indexes, cuts) => {
      const pictures = pick(indexes);
      const splitter = new JpegSplitter({ maxBytes: LIMIT });
      expect(same(split(cut(Buffer.concat(pictures), cuts), splitter), pictures)).toBe(true);
      expect(splitter.broken).toBe(0);
    }),
  );
});

test('bytes that hold no start, before, between and after, change nothing', () => {
  const rubbish = fc
    .uint8Array({ maxLength: 200 })
    .map(bytes => Buffer.from(bytes.map(byte => (byte === 0xff ? 0 : byte))));
  fc.assert(
    fc.property(order, fc.array(rubbish, { minLength: 7, maxLength: 7 }), sizes, (indexes, gaps, cuts) => {
      const pictures = pick(indexes);
      const stream = Buffer.concat([
        ...pictures.flatMap((picture, index) => [gaps[index] ?? picture, picture]),
        ...gaps.slice(6),
      ]);
      expect(same(split(cut(stream, cuts)), pictures)).toBe(true);
    }),
  );
});

test('after any garbage pictures are found whole again', () => {
  const marks = fc.constantFrom(0xff, 0xd8, 0xd9, 0xda, 0xe1, 0x00, 0x02, 0x41);
  const garbage = fc.array(marks, { maxLength: 60 }).map(bytes => Buffer.from(bytes));
  fc.assert(
    fc.property(garbage, fc.integer({ min: 500, max: 9000 }), (bytes, size) => {
      const [last] = pick([1]);
      // A false segment may swallow up to 64 KB of what follows it.
      const filler = Array.from({ length: Math.ceil(66_000 / (samples[0]?.length ?? 1)) }, () =>
        pick([0]),
      ).flat();
      const found = split(cut(Buffer.concat([bytes, ...filler, last ?? bytes]), [size]));
      expect(found.at(-1)).toEqual(last);
    }),
  );
});

test('markers without image data are no picture, and hide none that follows', () => {
  const splitter = new JpegSplitter({ maxBytes: LIMIT });
  const empty = Buffer.from([0xff, 0xd8, 0xff, 0xd9]);
  expect(split([Buffer.concat([empty, ...pick([0])])], splitter)).toEqual(pick([0]));
  expect(splitter.broken).toBe(1);
});

test('a picture cut short is given up for the next one', () => {
  fc.assert(
    fc.property(fc.nat({ max: 3 }), fc.integer({ min: 3, max: 100 }), sizes, (index, percent, cuts) => {
      const [picture = Buffer.alloc(0), next] = pick([index, 2]);
      // Cut inside the image data, as a program that is killed does.
      const scan = picture.lastIndexOf(Buffer.from([0xff, 0xda])) + 14;
      const cutAt = Math.min(
        scan + Math.floor(((picture.length - scan) * percent) / 100),
        picture.length - 2,
      );
      const found = split(cut(Buffer.concat([picture.subarray(0, cutAt), next ?? picture]), cuts));
      expect(found).toEqual([next]);
    }),
  );
});

test('a picture that never ends holds no more than the limit, and the next one is found', () => {
  const splitter = new JpegSplitter({ maxBytes: 5000 });
  const [picture = Buffer.alloc(0)] = pick([2]);
  expect(picture.length).toBeLessThan(5000);
  expect(splitter.push(picture.subarray(0, -2))).toEqual([]);
  for (let turn = 0; turn < 200; turn++) expect(splitter.push(Buffer.alloc(1000, 0x41))).toEqual([]);
  expect(splitter.broken).toBe(1);
  expect(splitter.push(picture)).toEqual([picture]);
});

test('a picture over the limit is given up even when it comes in one piece', () => {
  const [large = Buffer.alloc(0), small] = pick([0, 2]);
  const splitter = new JpegSplitter({ maxBytes: large.length - 1 });
  expect(splitter.push(Buffer.concat([large, small ?? large]))).toEqual([small]);
  expect(splitter.broken).toBe(1);
});

test('64 MB of rubbish leaves nothing behind', () => {
  const splitter = new JpegSplitter({ maxBytes: LIMIT });
  const rubbish = Buffer.alloc(1 << 20, 0xd8);
  for (let turn = 0; turn < 64; turn++) splitter.push(rubbish);
  expect(splitter.push(samples[0] ?? rubbish)).toEqual([samples[0]]);
});
