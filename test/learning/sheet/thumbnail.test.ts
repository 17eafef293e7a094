import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { jpegUri, thumbnail } from '../../../src/learning/sheet/thumbnail.ts';
import { put } from '../../cli/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Left half red, right half green; as stored. */
function halves(width: number, height: number) {
  const right = { create: { width: width / 2, height, channels: 3 as const, background: '#00ff00' } };
  return sharp({ create: { width, height, channels: 3, background: '#ff0000' } }).composite([
    { input: right, left: width / 2, top: 0 },
  ]);
}

async function meanOf(jpeg: Buffer | null) {
  if (jpeg === null) throw new Error('no thumbnail');
  const { channels } = await sharp(jpeg).stats();
  const { width, height } = await sharp(jpeg).metadata();
  return { width, height, mean: channels.map(({ mean }) => Math.round(mean / 64) * 64) };
}

describe('thumbnail', () => {
  test('fits in the square, keeps the proportions, and never blows a whole picture up', async () => {
    const folder = await temporaryFolder();
    const large = await put(folder, 'large.jpg', await halves(800, 400).jpeg().toBuffer());
    const small = await put(folder, 'small.png', await halves(40, 20).png().toBuffer());
    expect(await meanOf(await thumbnail(large, 160))).toMatchObject({ width: 160, height: 80 });
    expect(await meanOf(await thumbnail(small, 160))).toMatchObject({ width: 40, height: 20 });
  });

  test('cuts a part out of the upright picture', async () => {
    const folder = await temporaryFolder();
    // Orientation 6: turned by a quarter to the right, the left half comes to lie above.
    const file = await put(
      folder,
      'turned.jpg',
      await halves(800, 400).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    );
    expect(await meanOf(await thumbnail(file, 160))).toMatchObject({ width: 80, height: 160 });
    const above = await thumbnail(file, 100, { x: 0, y: 0, w: 1, h: 0.4 });
    const beneath = await thumbnail(file, 100, { x: 0.5, y: 0.6, w: 0.5, h: 0.4 });
    expect(await meanOf(above)).toEqual({ width: 100, height: 80, mean: [256, 0, 0] });
    expect(await meanOf(beneath)).toEqual({ width: 63, height: 100, mean: [0, 256, 0] });
  });

  test.each([
    { x: -0.5, y: 0.9, w: 3, h: 3 },
    { x: 1.5, y: 2, w: 0.1, h: 0.1 },
    { x: 0.5, y: 0.5, w: 0, h: 0 },
  ])('a part that reaches outside is cut off at the edge: %o', async part => {
    const file = await put(await temporaryFolder(), 'a.jpg', await halves(80, 40).jpeg().toBuffer());
    expect((await meanOf(await thumbnail(file, 64, part))).width).toBeGreaterThan(0);
  });

  test('lays transparency on white', async () => {
    const clear = sharp({ create: { width: 64, height: 64, channels: 4, background: '#00000000' } });
    const file = await put(await temporaryFolder(), 'clear.png', await clear.png().toBuffer());
    expect((await meanOf(await thumbnail(file, 64))).mean).toEqual([256, 256, 256]);
  });

  test('null for what is no whole picture', async () => {
    const folder = await temporaryFolder();
    const jpeg = await halves(800, 400).jpeg().toBuffer();
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
    const files = [
      join(folder, 'missing.jpg'),
      await put(folder, 'text.jpg', 'text that goes on'),
      await put(folder, 'cut.jpg', jpeg.subarray(0, jpeg.length / 2)),
      await put(folder, 'empty.jpg', ''),
      await put(folder, 'drawing.jpg', svg),
    ];
    expect(await Promise.all(files.map(file => thumbnail(file, 64)))).toEqual(files.map(() => null));
  });
});

test('a JPEG as an address', () => {
  expect(jpegUri(Buffer.from([0xff, 0xd8]))).toBe('data:image/jpeg;base64,/9g=');
});
