import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Rectangle } from '../../../src/base/geometry.ts';
import { sha256Of } from '../../../src/learning/archive/frame-rows.ts';
import { PRIVACY_DEFAULTS, pixelateOutside, withPrivacy } from '../../../src/learning/archive/privacy.ts';
import { cornersOf, type Zone } from '../../../src/vision/zone.ts';
import { newFrame } from './frames.ts';

const WIDTH = 960;
const HEIGHT = 540;
const BLOCK = 20;
/** Of 480 × 270 pixels, at 240, 135. */
const ZONE = zoneOf({ x: 0.25, y: 0.25, w: 0.5, h: 0.5 });

let picture: Buffer;

function zoneOf(rectangle: Rectangle): Zone {
  return { name: 'sea', points: cornersOf(rectangle) };
}

/** Stripes of 2 pixels, black and white: detail everywhere, whose mean is grey. */
beforeAll(async () => {
  const rgb = Buffer.alloc(WIDTH * HEIGHT * 3, 0);
  for (let index = 0; index < WIDTH * HEIGHT; index++) {
    if ((index % WIDTH) % 4 < 2) rgb.fill(255, index * 3, index * 3 + 3);
  }
  picture = await sharp(rgb, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 95 })
    .withExif({ IFD0: { Copyright: 'somebody' } })
    .toBuffer();
});

async function greyOf(bytes: Buffer) {
  const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: WIDTH, height: HEIGHT, channels: 1 });
  return (x: number, y: number) => data[y * WIDTH + x] ?? Number.NaN;
}

function range(
  grey: (x: number, y: number) => number,
  [left, top, width, height]: readonly [number, number, number, number],
) {
  let [least, most] = [255, 0];
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      least = Math.min(least, grey(x, y));
      most = Math.max(most, grey(x, y));
    }
  }
  return { least, most };
}

describe('pixelating', () => {
  it('takes the detail outside the zones away and leaves what is inside', async () => {
    const grey = await greyOf(await pixelateOutside(picture, [ZONE]));
    const before = await greyOf(picture);
    for (const place of [
      [0, 0, WIDTH, 120],
      [0, 420, WIDTH, 120],
      [0, 0, 230, HEIGHT],
      [730, 0, 230, HEIGHT],
    ] as const) {
      const { least, most } = range(grey, place);
      expect(least).toBeGreaterThan(110);
      expect(most).toBeLessThan(145);
    }
    for (let y = 140; y < 400; y += 7) {
      for (let x = 245; x < 715; x++) expect(Math.abs(grey(x, y) - before(x, y))).toBeLessThan(40);
    }
  });

  it('keeps to the edge of a zone that is no rectangle', async () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 0, y: 1 },
    ];
    const grey = await greyOf(await pixelateOutside(picture, [{ points }]));
    const contrast = (x: number, y: number) => {
      const { least, most } = range(grey, [x, y, 80, 80]);
      return most - least;
    };
    expect(contrast(300, 200)).toBeGreaterThan(150);
    expect(contrast(700, 300)).toBeLessThan(30);
  });

  it('leaves one colour in each block', async () => {
    // Half black, half white: the blocks away from the edge are either.
    const halves = await sharp({
      create: { width: WIDTH, height: HEIGHT, channels: 3, background: 'black' },
    })
      .composite([
        {
          input: { create: { width: WIDTH / 2, height: HEIGHT, channels: 3, background: 'white' } },
          left: 0,
          top: 0,
        },
      ])
      .jpeg()
      .toBuffer();
    const grey = await greyOf(await pixelateOutside(halves, []));
    for (let column = 0; column < WIDTH / BLOCK; column++) {
      const { least, most } = range(grey, [column * BLOCK, 100, BLOCK, BLOCK]);
      expect(most - least).toBeLessThan(12);
    }
    expect(grey(10, 10)).toBeGreaterThan(245);
    expect(grey(WIDTH - 10, 10)).toBeLessThan(10);
  });

  it('loses the metadata, and turns the picture upright first', async () => {
    expect((await sharp(picture).metadata()).exif).toBeDefined();
    const turned = await sharp(picture).withMetadata({ orientation: 6 }).toBuffer();
    const { exif, orientation, width, height, format } = await sharp(
      await pixelateOutside(turned, [zoneOf({ x: 0.9, y: 0.9, w: 0.5, h: 0.5 })]),
    ).metadata();
    expect({ exif, orientation, width, height, format }).toEqual({
      width: HEIGHT,
      height: WIDTH,
      format: 'jpeg',
    });
  });

  it.each([
    ['a zone that is all of the picture', [zoneOf({ x: 0, y: 0, w: 1, h: 1 })], 200],
    ['a zone outside it', [zoneOf({ x: 1, y: 0, w: 0.2, h: 1 })], 0],
  ])('%s', async (_, zones, contrast) => {
    const grey = await greyOf(await pixelateOutside(picture, zones));
    const { least, most } = range(grey, [400, 200, 100, 100]);
    expect(most - least).toBeGreaterThanOrEqual(contrast);
    if (contrast === 0) expect(most - least).toBeLessThan(20);
  });
});

describe('what may be kept', () => {
  const found = { ...PRIVACY_DEFAULTS };

  it('is all of it by default', async () => {
    const frame = newFrame({ picture });
    expect(await withPrivacy(frame, [ZONE], found)).toBe(frame);
  });

  it('is a pixelated picture, known by the original', async () => {
    const frame = newFrame({ picture });
    const kept = await withPrivacy(frame, [ZONE], { ...found, pixelate: true });
    expect(kept).toMatchObject({ id: frame.id, sha256: sha256Of(picture), embeddings: frame.embeddings });
    expect(kept?.picture).not.toEqual(picture);
    expect(await greyOf(Buffer.from(kept?.picture ?? []))).toBeTypeOf('function');
  });

  it('is no picture', async () => {
    const frame = newFrame({ picture });
    const kept = await withPrivacy(frame, [ZONE], { ...found, keep: 'embeddings' });
    expect(kept).toEqual({ ...frame, picture: null, sha256: sha256Of(picture) });
  });

  it('is nothing, but for what somebody labels', async () => {
    const nothing = { ...found, keep: 'nothing' } as const;
    for (const because of ['change', 'sample', 'capture'] as const) {
      expect(await withPrivacy(newFrame({ because }), [], nothing)).toBeNull();
    }
    const labelled = newFrame({ because: 'label' });
    expect(await withPrivacy(labelled, [], nothing)).toMatchObject({
      picture: null,
      embeddings: labelled.embeddings,
    });
  });
});
