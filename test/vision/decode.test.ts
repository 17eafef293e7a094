import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { LABEL_PICTURE_DEFAULTS, readLabelPicture } from '../../src/learning/labels/picture.ts';
import { decodeFrame, type RawPicture, readPhoto, resizePicture } from '../../src/vision/decode.ts';
import { openPicture, unreadable } from '../../src/vision/open-picture.ts';
import { blackPng, jpegOfScans } from './hostile-pictures.ts';
import { patches, pixelAt } from './support.ts';

const LIMITS = { maxBytes: 20_000_000, maxPixels: 50_000_000 };
const INPUT = 64;

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
const QUARTERS = patches([
  ['#f00', '#0f0'],
  ['#00f', '#fff'],
]);

/** The colours in the middle of the four quarters. */
function quartersOf({ rgb, width, height }: RawPicture): number[][] {
  return [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ].map(([x = 0, y = 0]) => pixelAt(rgb, width, Math.floor(x * width), Math.floor(y * height)));
}

/** JPEG keeps colours only nearly. */
function expectNear(found: readonly number[][], expected: readonly number[][], slack = 8) {
  const worst = Math.max(
    ...found.flat().map((value, index) => Math.abs(value - (expected.flat()[index] as number))),
  );
  expect(worst, JSON.stringify(found)).toBeLessThanOrEqual(slack);
}

describe('decodeFrame', () => {
  it('gives the frame as it is, or as small as it is wanted, never enlarged', async () => {
    const png = await QUARTERS.clone().png().toBuffer();
    const whole = await decodeFrame(png, LIMITS);
    expect(whole.frame).toEqual({ width: 80, height: 60 });
    expect(whole.picture).toMatchObject({ width: 80, height: 60 });
    expectNear(quartersOf(whole.picture), [RED, GREEN, BLUE, WHITE], 0);
    const small = await decodeFrame(png, LIMITS, ({ width, height }) => ({
      width: width / 2,
      height: height / 2,
    }));
    expect(small.frame).toEqual({ width: 80, height: 60 });
    expect(small.picture).toMatchObject({ width: 40, height: 30 });
    expectNear(quartersOf(small.picture), [RED, GREEN, BLUE, WHITE], 0);
    const large = await decodeFrame(png, LIMITS, () => ({ width: 160, height: 120 }));
    expect(large.picture).toMatchObject({ width: 80, height: 60 });
  });

  it('gives levels of any size from the one picture', async () => {
    const { picture } = await decodeFrame(await QUARTERS.clone().png().toBuffer(), LIMITS);
    for (const size of [
      { width: 160, height: 128 },
      { width: 32, height: 32 },
    ]) {
      const level = await resizePicture(picture, size);
      expect(level).toMatchObject(size);
      expectNear(quartersOf(level), [RED, GREEN, BLUE, WHITE], 2);
    }
    expect(await resizePicture(picture, { width: 80, height: 60 })).toBe(picture);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('turns EXIF orientation %d upright', async orientation => {
    // Turned as a camera held that way stores it, so that its tag undoes the turn.
    const upright = await QUARTERS.clone().png().toBuffer();
    const stored = {
      1: sharp(upright),
      2: sharp(upright).flop(),
      3: sharp(upright).rotate(180),
      4: sharp(upright).flip(),
      5: sharp(await sharp(upright).rotate(270).toBuffer()).flip(),
      6: sharp(upright).rotate(270),
      7: sharp(await sharp(upright).rotate(90).toBuffer()).flip(),
      8: sharp(upright).rotate(90),
    }[orientation];
    const jpeg = await stored
      ?.withMetadata({ orientation })
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const { frame, picture } = await decodeFrame(jpeg ?? Buffer.alloc(0), LIMITS);
    expect(frame).toEqual({ width: 80, height: 60 });
    expectNear(quartersOf(picture), [RED, GREEN, BLUE, WHITE]);
    const { whole } = await readPhoto(jpeg ?? Buffer.alloc(0), INPUT, LIMITS);
    expectNear(quartersOf(whole), [RED, GREEN, BLUE, WHITE]);
  });

  const grey = () =>
    sharp({ create: { width: 90, height: 70, channels: 3, background: '#777' } }).toColourspace('b-w');
  const teal = (alpha = 1) =>
    sharp({ create: { width: 90, height: 70, channels: 4, background: { r: 0, g: 128, b: 128, alpha } } });
  it.each<[string, () => Promise<Buffer>, number[]]>([
    ['grey JPEG', () => grey().jpeg().toBuffer(), [119, 119, 119]],
    ['grey PNG', () => grey().png().toBuffer(), [119, 119, 119]],
    ['16-bit PNG', () => teal().removeAlpha().toColourspace('rgb16').png().toBuffer(), [0, 128, 128]],
    ['16-bit grey PNG', () => grey().toColourspace('grey16').png().toBuffer(), [119, 119, 119]],
    ['palette PNG', () => teal().png({ palette: true }).toBuffer(), [0, 128, 128]],
    ['PNG with alpha', () => teal(0.5).png().toBuffer(), [0, 128, 128]],
    ['WebP', () => teal().webp({ lossless: true }).toBuffer(), [0, 128, 128]],
    ['WebP with alpha', () => teal(0.5).webp({ lossless: true }).toBuffer(), [0, 128, 128]],
    ['progressive JPEG', () => teal().jpeg({ progressive: true, quality: 95 }).toBuffer(), [0, 128, 128]],
  ])('reads a %s', async (_, draw, colour) => {
    const picture = await draw();
    const frame = await decodeFrame(picture, LIMITS);
    expectNear([pixelAt(frame.picture.rgb, frame.picture.width, 3, 3)], [colour], 3);
    const { whole, middle } = await readPhoto(picture, INPUT, LIMITS);
    expectNear([pixelAt(whole.rgb, INPUT, 3, 3)], [colour], 3);
    expectNear([pixelAt(middle?.rgb ?? new Uint8Array(), INPUT, 3, 3)], [colour], 3);
  });

  it('reads a CMYK JPEG', async () => {
    const picture = await QUARTERS.clone().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    const frame = await decodeFrame(picture, LIMITS);
    // CMYK inks cannot print these colours fully, but each stays the strongest of its pixel.
    const [red, green, blue] = quartersOf(frame.picture).map(([r = 0, g = 0, b = 0]) =>
      [r, g, b].indexOf(Math.max(r, g, b)),
    );
    expect([red, green, blue]).toEqual([0, 1, 2]);
  });

  it('reads a picture of one pixel', async () => {
    const picture = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#0f0' } })
      .png()
      .toBuffer();
    expectNear([pixelAt((await decodeFrame(picture, LIMITS)).picture.rgb, 1, 0, 0)], [GREEN], 0);
    const { whole, middle } = await readPhoto(picture, INPUT, LIMITS);
    expectNear(quartersOf(whole), [GREEN, GREEN, GREEN, GREEN], 0);
    expect(middle).toBeNull();
  });
});

describe('readPhoto', () => {
  it('squeezes the whole to a square, and takes the middle square as it is', async () => {
    const stripes = await patches([['#f00', '#0f0', '#00f', '#fff']])
      .png()
      .toBuffer();
    const { whole, middle } = await readPhoto(stripes, INPUT, LIMITS);
    const at = (rgb: Uint8Array | undefined, x: number) =>
      pixelAt(rgb ?? new Uint8Array(), INPUT, x, INPUT / 2);
    expectNear(
      [8, 24, 40, 56].map(x => at(whole.rgb, x)),
      [RED, GREEN, BLUE, WHITE],
      1,
    );
    expectNear([at(middle?.rgb, 4), at(middle?.rgb, INPUT - 5)], [GREEN, BLUE], 1);
  });
});

describe('a picture is refused:', () => {
  const unreadable = async (bytes: Buffer) => {
    // Both at once would leave the second one's rejection unhandled while the first is awaited.
    for (const read of [() => decodeFrame(bytes, LIMITS), () => readPhoto(bytes, INPUT, LIMITS)])
      await expect(read()).rejects.toMatchObject({ code: 'image-unreadable' });
  };

  it.each([0.02, 0.3, 0.7, 0.98])('a JPEG cut off at %d of its length', async share => {
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const whole = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#000', noise } })
      .jpeg()
      .toBuffer();
    await unreadable(whole.subarray(0, Math.floor(whole.length * share)));
  });

  it('a PNG and a WebP cut in half', async () => {
    for (const format of ['png', 'webp'] as const) {
      const whole = await QUARTERS.clone().toFormat(format).toBuffer();
      await unreadable(whole.subarray(0, whole.length / 2));
    }
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['zero bytes', Buffer.alloc(5_000)],
    ['text', Buffer.from('<html><body>401 Unauthorized</body></html>')],
    ['a signature alone', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a GIF', Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64')],
    ['a JPEG signature before an SVG', Buffer.from('\xff\xd8\xff<svg width="9" height="9"/>', 'latin1')],
  ])('%s', async (_, bytes) => {
    await unreadable(bytes);
  });

  it('a picture of 100 megapixels by its header', async () => {
    const jpeg = await QUARTERS.clone().jpeg().toBuffer();
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg.writeUInt16BE(10_000, frame + 5);
    jpeg.writeUInt16BE(10_000, frame + 7);
    await expect(decodeFrame(jpeg, LIMITS)).rejects.toMatchObject({
      code: 'image-too-large',
      message: expect.stringContaining('10000 × 10000'),
    });
  });

  it('a file of more bytes than allowed, without a look inside', async () => {
    const bytes = Buffer.alloc(101);
    await expect(decodeFrame(bytes, { ...LIMITS, maxBytes: 100 })).rejects.toMatchObject({
      code: 'image-too-large',
    });
  });
});

describe('a picture that costs more than its size is refused before it is decoded:', () => {
  const refused = async (bytes: Buffer, message: RegExp) => {
    const startedMs = performance.now();
    const { user, system } = process.cpuUsage();
    const expected = { code: 'image-too-large', message: expect.stringMatching(message) };
    for (const read of [() => decodeFrame(bytes, LIMITS), () => readPhoto(bytes, INPUT, LIMITS)])
      await expect(read()).rejects.toMatchObject(expected);
    const kind = { ...expected, code: 'label-image-too-large' };
    await expect(readLabelPicture(bytes, LABEL_PICTURE_DEFAULTS)).rejects.toMatchObject(kind);
    const used = process.cpuUsage({ user, system });
    // Decoded, the cheapest of these takes seconds.
    expect(Math.min(performance.now() - startedMs, (used.user + used.system) / 1000)).toBeLessThan(500);
  };

  it('a JPEG of 30,000 scans', async () => {
    await refused(await jpegOfScans(30_000), /more than 64 scans/);
  });

  // Where a decoder finds scans, they are counted: a marker without a segment, bytes between segments, fill bytes.
  it.each([
    ['a marker that has no length', 'ff01'],
    ['a restart', 'ffd3'],
    ['bytes of no segment', '123456'],
    ['fill bytes', 'ffffff'],
    ['a comment of no length', 'fffe0000'],
  ])('a JPEG of 1,000 scans, before each %s', async (_, between) => {
    await refused(await jpegOfScans(1_000, Buffer.from(between, 'hex')), /more than 64 scans/);
  });

  it('a JPEG of a million empty tables', async () => {
    const jpeg = await QUARTERS.clone().jpeg().toBuffer();
    const tables = Buffer.alloc(4_000_000, Buffer.from('ffdb0002', 'hex'));
    await refused(Buffer.concat([jpeg.subarray(0, 2), tables, jpeg.subarray(2)]), /more than 2000 segments/);
  });

  it('a progressive JPEG of 49 megapixels by its header', async () => {
    const jpeg = await jpegOfScans(0);
    const frame = jpeg.indexOf(Buffer.from([0xff, 0xc2]));
    jpeg.writeUInt16BE(7000, frame + 5);
    jpeg.writeUInt16BE(7000, frame + 7);
    await refused(jpeg, /7000 × 7000 pixels and is progressive: it takes 294 MB/);
  });

  it('a PNG of one column, or one row, of 49 million pixels', async () => {
    await refused(blackPng({ width: 1, height: 49_000_000 }), /1 × 49000000 pixels/);
    await refused(blackPng({ width: 49_000_000, height: 1 }), /49000000 × 1 pixels/);
    await refused(blackPng({ width: 20, height: 20_000 }), /no side may be more than 50 times/);
  });

  it('an interlaced PNG of 16 bits that has to be held as a whole', async () => {
    const shape = { width: 6000, height: 6000, bits: 16, channels: 4, interlaced: true } as const;
    await refused(blackPng(shape), /6000 × 6000 pixels and is interlaced: it takes 288 MB/);
  });
});

describe('a picture within the limits is read:', () => {
  it('a JPEG of 64 scans, and an interlaced PNG', async () => {
    expect((await decodeFrame(await jpegOfScans(54), LIMITS)).frame).toEqual({ width: 1280, height: 720 });
    await expect(decodeFrame(await jpegOfScans(55), LIMITS)).rejects.toMatchObject({
      code: 'image-too-large',
    });
    const shape = { width: 640, height: 360, bits: 16, channels: 4, interlaced: true } as const;
    expect((await decodeFrame(blackPng(shape), LIMITS)).frame).toEqual({ width: 640, height: 360 });
  });

  it('a JPEG whose preview has scans of its own, and which has more pictures behind its end', async () => {
    const jpeg = await jpegOfScans(0);
    const preview = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), await jpegOfScans(100)]);
    const head = Buffer.from([0xff, 0xe1, 0, 0]);
    head.writeUInt16BE(preview.length + 2, 2);
    const whole = Buffer.concat([
      jpeg.subarray(0, 2),
      head,
      preview,
      jpeg.subarray(2),
      await jpegOfScans(100),
    ]);
    expect((await decodeFrame(whole, LIMITS)).frame).toEqual({ width: 1280, height: 720 });
  });
});

describe('the time limit of a decoding', () => {
  // The count of scans is needed: libvips looks at its limit between rows, and libjpeg gives none before the last scan.
  it('ends one that goes on row by row, with a message in plain words', async () => {
    const bytes = blackPng({ width: 1, height: 49_000_000 });
    const slow = openPicture(bytes, LIMITS).timeout({ seconds: 1 }).raw().toBuffer();
    const error = await slow.catch((error: unknown) => error);
    expect(unreadable(error)).toMatchObject({
      code: 'image-unreadable',
      message: 'it was not decoded within 10 s',
    });
  });
});
