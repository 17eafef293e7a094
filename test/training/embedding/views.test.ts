import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import {
  croppedView,
  drawVariation,
  middleView,
  mirroredView,
  openPicture,
  variedView,
  wholeView,
} from '../../../src/training/embedding/views.ts';
import { readPhoto } from '../../../src/vision/decode.ts';
import { largestDifference, patches, pixelAt } from '../../vision/support.ts';

const INPUT = 32;
const QUARTERS = [
  ['#f00', '#0f0'],
  ['#00f', '#fff'],
];

async function saved(width: number, height: number, orientation = 1): Promise<Buffer> {
  return patches(QUARTERS, width, height).withMetadata({ orientation }).png().toBuffer();
}

describe('views', () => {
  it('show the whole picture as the daemon sees it', async () => {
    const bytes = await saved(80, 60);
    const { whole } = await readPhoto(bytes, INPUT, { maxBytes: 1e6, maxPixels: 1e6 });
    const view = await wholeView(await openPicture(bytes), INPUT);
    expect(largestDifference(view, whole.rgb)).toBeLessThanOrEqual(1);
  });

  it('are upright', async () => {
    const picture = await openPicture(await saved(40, 30, 6));
    expect(picture).toMatchObject({ width: 60, height: 80 });
    expect(pixelAt(picture.rgb, 60, 50, 10)).toEqual([255, 0, 0]);
  });

  it('come from a picture no larger than they need', async () => {
    const bytes = await saved(400, 300);
    expect(await openPicture(bytes, 90)).toMatchObject({ width: 120, height: 90 });
    expect(await openPicture(bytes, 9_000)).toMatchObject({ width: 800, height: 600 });
    expect(await openPicture(bytes)).toMatchObject({ width: 800, height: 600 });
  });

  it('show the middle square', async () => {
    // Columns of red, green, blue: of a picture three times as wide as high the middle is green.
    const bytes = await patches([['#f00', '#0f0', '#00f']], 40, 40)
      .png()
      .toBuffer();
    const middle = await middleView(await openPicture(bytes), INPUT);
    for (const x of [1, 16, 30]) expect(pixelAt(middle, INPUT, x, 16)).toEqual([0, 255, 0]);
  });

  it('are mirrored left to right', async () => {
    const view = await wholeView(await openPicture(await saved(80, 60)), INPUT);
    const mirrored = mirroredView(view, INPUT);
    expect(pixelAt(mirrored, INPUT, 4, 4)).toEqual([0, 255, 0]);
    expect(pixelAt(mirrored, INPUT, 28, 28)).toEqual([0, 0, 255]);
    expect(largestDifference(mirroredView(mirrored, INPUT), view)).toBe(0);
  });

  it('vary, and are the same for the same seed', async () => {
    const picture = await openPicture(await saved(80, 60));
    const whole = await wholeView(picture, INPUT);
    for (let seed = 0; seed < 12; seed++) {
      const varied = await variedView(whole, INPUT, drawVariation(INPUT, createRandom(seed)));
      expect(varied).toHaveLength(whole.length);
      expect(varied).not.toEqual(whole);
      expect(await variedView(whole, INPUT, drawVariation(INPUT, createRandom(seed)))).toEqual(varied);
      const cropped = await croppedView(picture, INPUT, createRandom(seed));
      expect(cropped).toHaveLength(whole.length);
      expect(await croppedView(picture, INPUT, createRandom(seed))).toEqual(cropped);
    }
  });

  it('keep grey grey, and within 0..255, in any light', async () => {
    for (const level of [0, 128, 255]) {
      const flat = new Uint8Array(INPUT * INPUT * 3).fill(level);
      for (let seed = 0; seed < 12; seed++) {
        const [r, g, b] = pixelAt(
          await variedView(flat, INPUT, drawVariation(INPUT, createRandom(seed))),
          INPUT,
          9,
          9,
        );
        expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThanOrEqual(1);
        // 30 % less light and 30 % less contrast at most.
        if (level === 255) expect(r).toBeGreaterThan(150);
        if (level === 0) expect(r).toBeLessThan(45);
      }
    }
  });
});
