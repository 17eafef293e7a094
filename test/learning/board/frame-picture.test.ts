import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createRecentFrames } from '../../../src/learning/archive/recent.ts';
import { framePicture } from '../../../src/learning/board/answers.ts';
import { cornersOf } from '../../../src/vision/zone.ts';
import { newFrame } from '../archive/frames.ts';
import { openTestArchive } from '../archive/support.ts';

const SIDE = 96;
/** The upper half. */
const ZONE = { name: 'sky', points: cornersOf({ x: 0, y: 0, w: 1, h: 0.5 }) };

const noise = { type: 'gaussian' as const, mean: 120, sigma: 50 };
const picture = await sharp({
  create: { width: SIDE, height: SIDE, channels: 3, noise, background: '#000' },
})
  .jpeg({ quality: 95 })
  .toBuffer();

/** How much detail there is in 40 rows of a picture in an answer. */
async function detail(jpeg: string, top: number): Promise<number> {
  const area = { left: 0, top, width: SIDE, height: 40 };
  const rows = await sharp(Buffer.from(jpeg, 'base64')).extract(area).greyscale().png().toBuffer();
  return (await sharp(rows).stats()).channels[0]?.stdev ?? Number.NaN;
}

describe('the picture of a frame in an answer', () => {
  it.each(['seen lately', 'shown', 'kept before `learning.pixelate` was on'])(
    'is pixelated: %s',
    async where => {
      const archive = await openTestArchive();
      const [recent, shown] = [createRecentFrames(), createRecentFrames()];
      const frame = newFrame({ picture });
      if (where === 'seen lately') recent.add(frame);
      else if (where === 'shown') shown.add(frame);
      else expect(await archive.add(frame)).toBe('kept');

      const open = await framePicture({ archive, recent, shown, onlyZones: () => null }, frame.id, undefined);
      expect(await detail(open.jpeg, 52)).toBeGreaterThan(30);

      const masked = await framePicture(
        { archive, recent, shown, onlyZones: () => [ZONE] },
        frame.id,
        undefined,
      );
      expect(await detail(masked.jpeg, 4)).toBeGreaterThan(30);
      expect(await detail(masked.jpeg, 52)).toBeLessThan(0.6 * (await detail(open.jpeg, 52)));
    },
  );
});
