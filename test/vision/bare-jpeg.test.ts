import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { bareJpeg } from '../../src/vision/bare-jpeg.ts';
import { fc } from '../support/fast-check.ts';

const SECRET = 'kaNaRy';
const THUMBNAIL = 'abcdefghijkl';
const [WIDTH, HEIGHT] = [120, 80];

function drawn() {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  return sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: 'grey', noise } });
}

/** As a telephone makes them: a place, a name, which way is up, a profile of its screen. */
function telling(orientation: number, progressive = false): Promise<Buffer> {
  return drawn()
    .withExif({ IFD0: { Copyright: SECRET }, IFD3: { GPSLatitudeRef: 'N' } })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${SECRET}</x:xmpmeta>`)
    .withIccProfile('p3')
    .withMetadata({ orientation })
    .jpeg({ progressive, quality: 80 })
    .toBuffer();
}

/** Puts a segment right behind the first two bytes. */
function withSegment(jpeg: Buffer, marker: number, content: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

const pixels = (jpeg: Uint8Array, turned = false) =>
  (turned ? sharp(jpeg).autoOrient() : sharp(jpeg)).raw().toBuffer({ resolveWithObject: true });

function bared(jpeg: Uint8Array): Buffer {
  const bare = bareJpeg(jpeg);
  if (bare === null) throw new Error('its segments could not be followed');
  return bare;
}

describe('a JPEG', () => {
  it.each([
    [1, false],
    [6, false],
    [3, true],
  ])(
    'of orientation %i, progressive %s, keeps pixels, orientation and profile alone',
    async (orientation, progressive) => {
      const jpeg = await telling(orientation, progressive);
      expect(jpeg.includes(SECRET)).toBe(true);
      const bare = bared(jpeg);
      expect(bare.includes(SECRET)).toBe(false);
      const [before, after] = [await sharp(jpeg).metadata(), await sharp(bare).metadata()];
      expect(after.icc).toEqual(before.icc);
      expect(after.icc).toBeDefined();
      expect(after.xmp).toBeUndefined();
      expect(after.exif === undefined).toBe(orientation === 1);
      expect(after.exif?.length ?? 0).toBeLessThan(40);
      expect(after.orientation ?? 1).toBe(orientation);
      for (const turned of [false, true])
        expect(await pixels(bare, turned)).toEqual(await pixels(jpeg, turned));
      expect(bared(bare)).toEqual(bare);
    },
  );

  it('of big-endian Exif keeps its orientation', async () => {
    const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0];
    const tiff = Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry, 0, 0, 0, 0]);
    const jpeg = withSegment(
      await drawn().jpeg().toBuffer(),
      0xe1,
      Buffer.concat([Buffer.from('Exif\0\0'), tiff]),
    );
    expect((await sharp(jpeg).metadata()).orientation).toBe(8);
    expect((await sharp(bared(jpeg)).metadata()).orientation).toBe(8);
  });

  it('loses comments, thumbnails, segments of makers and what follows its end', async () => {
    const plain = await drawn().jpeg().toBuffer();
    const jfif = Buffer.concat([
      Buffer.from('JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02', 'latin1'),
      // Four pixels: three bytes may lie in a picture of noise by chance.
      Buffer.from(THUMBNAIL),
    ]);
    let jpeg: Buffer = Buffer.concat([plain, plain, Buffer.from(SECRET)]);
    for (const [marker, content] of [
      [0xfe, SECRET],
      [0xe0, `JFXX\0${SECRET}`],
      [0xe2, `MPF\0${SECRET}`],
      [0xed, `Photoshop 3.0\0${SECRET}`],
      [0xe5, SECRET],
    ] as const)
      jpeg = withSegment(jpeg, marker, Buffer.from(content, 'latin1'));
    jpeg = withSegment(jpeg, 0xe0, jfif);
    const bare = bared(jpeg);
    expect(bare.includes(SECRET)).toBe(false);
    expect(bare.includes(THUMBNAIL)).toBe(false);
    expect(bare.length).toBeLessThanOrEqual(plain.length + 18);
    expect(await pixels(bare)).toEqual(await pixels(plain));
  });

  it('of CMYK keeps how its colours are coded', async () => {
    const jpeg = await drawn().toColourspace('cmyk').jpeg().toBuffer();
    expect(jpeg.includes('Adobe')).toBe(true);
    expect(await pixels(bared(jpeg))).toEqual(await pixels(jpeg));
  });

  it('with markers of restarts is whole', async () => {
    const plain = bared(await drawn().jpeg().toBuffer());
    // Not decodable as such; the scan must be followed to its end all the same.
    const at = plain.length - 40;
    const jpeg = Buffer.concat([
      plain.subarray(0, at),
      Buffer.from([0xff, 0xd3, 0xff, 0x00]),
      plain.subarray(at),
    ]);
    expect(bared(jpeg)).toEqual(jpeg);
  });
});

describe('what is no whole JPEG', () => {
  let jpeg: Buffer;
  beforeAll(async () => {
    jpeg = await telling(6);
  });

  it('is left to others', async () => {
    expect(bareJpeg(await drawn().png().toBuffer())).toBeNull();
    expect(bareJpeg(new Uint8Array())).toBeNull();
    expect(bareJpeg(Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 0]))).toBeNull();
  });

  it('never leads to a fault, nor lets a secret through, wherever it ends', () => {
    for (let end = 0; end <= jpeg.length; end += 7) {
      const bare = bareJpeg(jpeg.subarray(0, end));
      expect(bare?.includes(SECRET) ?? false).toBe(false);
    }
  });

  it('never leads to a fault, whatever byte is another', () => {
    const change = fc.record({ at: fc.nat(jpeg.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), changes => {
        const changed = Buffer.from(jpeg);
        for (const { at, to } of changes) changed[at] = to;
        expect(() => bareJpeg(changed)).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});
