import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readTiles } from '../../src/vision/decode.ts';
import type { Zone } from '../../src/vision/zone.ts';
import { patches, pixelAt } from './support.ts';

const LIMITS = { maxBytes: 20_000_000, maxPixels: 50_000_000 };
const INPUT = 64;

const zone = (name: string, x: number, y: number, w: number, h: number, columns = 1, rows = 1): Zone => ({
  name,
  x,
  y,
  w,
  h,
  tiles: { columns, rows, overlap: 0 },
});
const BEACH = zone('beach', 0, 0, 1, 1);

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
const QUARTERS = patches([
  ['#f00', '#0f0'],
  ['#00f', '#fff'],
]);

/** The colour in the middle of tile `index`. */
const middleOf = (pixels: Uint8Array, index: number, input = INPUT) =>
  pixelAt(pixels.subarray(index * input * input * 3), input, input / 2, input / 2);

/** The colours in the middle of the four quarters of the only tile. */
function quartersOf(pixels: Uint8Array): number[][] {
  const [near, far] = [INPUT / 4, (INPUT * 3) / 4];
  return [
    [near, near],
    [far, near],
    [near, far],
    [far, far],
  ].map(([x, y]) => pixelAt(pixels, INPUT, x as number, y as number));
}

/** JPEG keeps colours only nearly. */
function expectNear(found: readonly number[][], expected: readonly number[][], slack = 8) {
  const worst = Math.max(
    ...found.flat().map((value, index) => Math.abs(value - (expected.flat()[index] as number))),
  );
  expect(worst, JSON.stringify(found)).toBeLessThanOrEqual(slack);
}

describe('readTiles', () => {
  it('gives the whole frame as one square tile', async () => {
    const read = await readTiles(await QUARTERS.clone().png().toBuffer(), [BEACH], INPUT, LIMITS);
    expect(read).toMatchObject({ width: 80, height: 60 });
    expect(read.tiles).toEqual([{ zone: 'beach', rectangle: { x: 0, y: 0, w: 1, h: 1 } }]);
    expect(read.pixels).toHaveLength(INPUT * INPUT * 3);
    expectNear(quartersOf(read.pixels), [RED, GREEN, BLUE, WHITE], 0);
  });

  it('gives each zone its own pixels, in order', async () => {
    const zones = [
      zone('north', 0.5, 0, 0.5, 0.5),
      zone('south', 0, 0.5, 0.5, 0.5),
      zone('strip', 0, 0, 1, 0.5, 2, 1),
    ];
    const picture = await patches(
      [
        ['#f00', '#0f0'],
        ['#00f', '#fff'],
      ],
      60,
      60,
    )
      .png()
      .toBuffer();
    const { tiles, pixels } = await readTiles(picture, zones, INPUT, LIMITS);
    expect(tiles.map(tile => tile.zone)).toEqual(['north', 'south', 'strip', 'strip']);
    expectNear(
      [0, 1, 2, 3].map(index => middleOf(pixels, index)),
      [GREEN, BLUE, RED, GREEN],
      0,
    );
  });

  it('cuts one zone from the file like several from the decoded picture', async () => {
    const picture = await patches(
      [
        ['#f00', '#0f0', '#00f'],
        ['#fff', '#888', '#ff0'],
      ],
      200,
      150,
    )
      .jpeg({ quality: 95 })
      .toBuffer();
    const part = zone('part', 0.3, 0.2, 0.5, 0.7, 3, 2);
    const alone = await readTiles(picture, [part], INPUT, LIMITS);
    const beside = await readTiles(picture, [part, BEACH], INPUT, LIMITS);
    const same = beside.pixels.subarray(0, alone.pixels.length);
    expect(alone.tiles).toEqual(beside.tiles.slice(0, -1));
    const difference = alone.pixels.reduce((sum, value, i) => sum + Math.abs(value - (same[i] as number)), 0);
    expect(difference / alone.pixels.length).toBeLessThan(2);
  });

  it('takes a 4 × 3 grid from the places its rectangles name', async () => {
    const colours = [
      ['#100', '#200', '#300', '#400'],
      ['#010', '#020', '#030', '#040'],
      ['#001', '#002', '#003', '#004'],
    ];
    const picture = await patches(colours, 160, 160).png().toBuffer();
    const { tiles, pixels } = await readTiles(picture, [zone('grid', 0, 0, 1, 1, 4, 3)], INPUT, LIMITS);
    expect(tiles).toHaveLength(12);
    for (const [index, { rectangle }] of tiles.entries()) {
      const column = Math.floor((rectangle.x + rectangle.w / 2) * 4);
      const row = Math.floor((rectangle.y + rectangle.h / 2) * 3);
      const expected = [0, 1, 2].map(channel => (channel === row ? 17 * (column + 1) : 0));
      expectNear([middleOf(pixels, index)], [expected], 1);
    }
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
    for (const zones of [[BEACH], [BEACH, zone('other', 0, 0, 0.5, 0.5)]]) {
      const read = await readTiles(jpeg ?? Buffer.alloc(0), zones, INPUT, LIMITS);
      expect(read).toMatchObject({ width: 80, height: 60 });
      expectNear(quartersOf(read.pixels), [RED, GREEN, BLUE, WHITE]);
    }
    const corner = await readTiles(
      jpeg ?? Buffer.alloc(0),
      [zone('corner', 0.5, 0, 0.5, 0.5)],
      INPUT,
      LIMITS,
    );
    expectNear([middleOf(corner.pixels, 0)], [GREEN]);
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
    for (const zones of [[BEACH], [BEACH, zone('left', 0, 0, 0.5, 1, 2, 2)]]) {
      const { pixels, preview } = await readTiles(picture, zones, INPUT, LIMITS);
      expectNear([middleOf(pixels, 0)], [colour], 3);
      expectNear([pixelAt(preview.rgb, preview.width, 3, 3)], [colour], 3);
    }
  });

  it('reads a CMYK JPEG', async () => {
    const picture = await QUARTERS.clone().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    const { pixels } = await readTiles(picture, [BEACH], INPUT, LIMITS);
    // CMYK inks cannot print these colours fully, but each stays the strongest of its pixel.
    const [red, green, blue] = quartersOf(pixels).map(([r = 0, g = 0, b = 0]) =>
      [r, g, b].indexOf(Math.max(r, g, b)),
    );
    expect([red, green, blue]).toEqual([0, 1, 2]);
  });

  it('reads a picture of one pixel', async () => {
    const picture = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#0f0' } })
      .png()
      .toBuffer();
    const { pixels, tiles } = await readTiles(picture, [zone('all', 0, 0, 1, 1, 3, 2)], INPUT, LIMITS);
    expect(tiles).toHaveLength(1);
    expectNear([middleOf(pixels, 0)], [GREEN], 0);
  });
});

describe('readTiles refuses', () => {
  const unreadable = async (bytes: Buffer) => {
    for (const zones of [[BEACH], [BEACH, zone('other', 0, 0, 0.5, 0.5)]]) {
      await expect(readTiles(bytes, zones, INPUT, LIMITS)).rejects.toMatchObject({
        code: 'image-unreadable',
      });
    }
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
    await expect(readTiles(jpeg, [BEACH], INPUT, LIMITS)).rejects.toMatchObject({
      code: 'image-too-large',
      message: expect.stringContaining('10000 × 10000'),
    });
  });

  it('a file of more bytes than allowed, without a look inside', async () => {
    const bytes = Buffer.alloc(101);
    await expect(readTiles(bytes, [BEACH], INPUT, { ...LIMITS, maxBytes: 100 })).rejects.toMatchObject({
      code: 'image-too-large',
    });
  });
});
