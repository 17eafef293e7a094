import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { SurfwatchError } from '../../../src/errors.ts';
import { LABEL_PICTURE_DEFAULTS, readLabelPicture } from '../../../src/learning/labels/picture.ts';
import { decodeFrame } from '../../../src/vision/decode.ts';
import * as hostile from '../../vision/hostile-pictures.ts';
import { picture } from './support.ts';

const read = (bytes: Buffer, options = {}) =>
  readLabelPicture(bytes, { ...LABEL_PICTURE_DEFAULTS, ...options });

/** A PNG of that size in black: a hundred million pixels are a few kilobytes. */
function blackPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    // Checksums are left at zero: nobody gets as far as that.
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('readLabelPicture', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('makes a JPEG of a %s', async format => {
    const {
      format: made,
      width,
      height,
    } = await sharp(await read(await picture('#3388cc', format))).metadata();
    expect({ made, width, height }).toEqual({ made: 'jpeg', width: 64, height: 48 });
  });

  it('turns it upright and leaves out where it was taken', async () => {
    const photo = await sharp(await picture())
      .withExif({ IFD0: { Copyright: 'Ana' }, IFD3: { GPSLatitude: '37/1 23/1 0/1', GPSLatitudeRef: 'N' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const made = await sharp(await read(photo)).metadata();
    expect(made).toMatchObject({ width: 48, height: 64 });
    expect(made.exif).toBeUndefined();
    expect(made.orientation).toBeUndefined();
  });

  it('makes a large one smaller', async () => {
    const made = await sharp(await read(await picture(), { maxSide: 32 })).metadata();
    expect(made).toMatchObject({ width: 32, height: 24 });
  });

  it('says how many bytes and pixels are too many', async () => {
    const bytes = await picture();
    await expect(read(bytes, { maxBytes: bytes.length - 1 })).rejects.toMatchObject({
      code: 'label-image-too-large',
      message: expect.stringContaining(`${bytes.length} bytes`),
    });
    await expect(read(bytes, { maxBytes: bytes.length, maxPixels: 64 * 48 })).resolves.toBeDefined();
    await expect(read(bytes, { maxPixels: 64 * 48 - 1 })).rejects.toMatchObject({
      code: 'label-image-too-large',
      message: expect.stringContaining('64 × 48 pixels'),
    });
  });

  it('refuses a decompression bomb by its header', async () => {
    await expect(read(blackPng(60_000, 60_000))).rejects.toMatchObject({ code: 'label-image-too-large' });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('a wave, nine feet high')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a GIF', Buffer.from('GIF89a\x01\x00\x01\x00\x00\x00\x00;', 'latin1')],
    ['the beginning of a JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Array(40).fill(0)])],
    ['a PNG with wrong checksums', blackPng(20, 20)],
  ])('refuses %s', async (_what, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'label-not-an-image' });
  });

  it('refuses a JPEG that was cut off', async () => {
    const bytes = await sharp(Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251)), {
      raw: { width: 64, height: 64, channels: 3 },
    })
      .jpeg()
      .toBuffer();
    await expect(read(bytes.subarray(0, bytes.length / 2))).rejects.toMatchObject({
      code: 'label-not-an-image',
    });
  });
});

describe('frames of a camera', () => {
  // What takes longest of all that is accepted: the most scans, and the most that has to be held as a whole.
  it.each([
    ['64 scans', () => hostile.jpegOfScans(54, undefined, { width: 3600, height: 2160 })],
    [
      'interlaced rows of 16 bits',
      async () => hostile.blackPng({ width: 4300, height: 4300, bits: 16, channels: 4, interlaced: true }),
    ],
  ])('are decoded while a picture to label of %s is', async (_, make) => {
    const path = join(import.meta.dirname, '../../data/surfcam-cc0/frames/train_frame_0008.jpg');
    const [frame, slow] = [readFileSync(path), await make()];
    let isDone = false;
    const labelled = read(slow).then(
      () => 'read',
      // On a machine that does much else it may be given up after ten seconds.
      error => (error instanceof SurfwatchError ? error.code : Promise.reject(error)),
    );
    void labelled.finally(() => {
      isDone = true;
    });
    let frames = 0;
    while (!isDone) {
      await decodeFrame(frame, LABEL_PICTURE_DEFAULTS, () => ({ width: 640, height: 360 }));
      frames += 1;
    }
    expect(['read', 'label-not-an-image']).toContain(await labelled);
    // Behind it in a queue they would be one.
    expect(frames).toBeGreaterThan(3);
  });
});
