import sharp from 'sharp';
import { expect, it } from 'vitest';
import { cornersOf } from '../../src/vision/zone.ts';
import { Pictures } from '../../src/web/pictures.ts';
import { drawnBeach } from '../daemon/support.ts';

const LEFT = { points: cornersOf({ x: 0, y: 0, w: 0.5, h: 1 }) };

it('makes a picture once for all who look, and anew for another size, part or frame', async () => {
  const beach = await drawnBeach(1, 'kitesurfing');
  let asked = 0;
  const pictures = new Pictures({
    source: async () => {
      asked += 1;
      return beach;
    },
    onlyZones: () => null,
  });
  const all = await Promise.all(
    Array.from({ length: 50 }, (_, at) => pictures.of('a', { width: at % 2 === 0 ? 161 : 320 })),
  );
  expect([asked, new Set(all).size]).toEqual([1, 1]);
  expect(await pictures.of('a', { width: 300 })).toBe(all[0]);
  await pictures.of('a', { width: 640 });
  await pictures.of('a', { width: 640, part: { x: 0, y: 0, w: 0.5, h: 0.5 } });
  await pictures.of('b', { width: 640 });
  expect(asked).toBe(4);
});

it('waits for so many at most, and goes on after one that fails', async () => {
  const beach = await drawnBeach(1, 'none');
  const pictures = new Pictures({
    source: async frame => {
      if (frame === '0') throw new Error('gone');
      return beach;
    },
    onlyZones: () => null,
  });
  const all = await Promise.allSettled(
    Array.from({ length: 40 }, (_, at) => pictures.of(`${at}`, { width: 160 })),
  );
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(31);
  expect(all.at(-1)).toMatchObject({ reason: { code: 'web-busy' } });
  expect(all[0]).toMatchObject({ reason: { message: 'gone' } });
});

it('shows nothing but blocks outside of the zones where pictures are pixelated, in parts too', async () => {
  const noise = await sharp({
    create: {
      width: 480,
      height: 240,
      channels: 3,
      background: 'black',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg({ quality: 95 })
    .toBuffer();
  let masked = false;
  const pictures = new Pictures({ source: async () => noise, onlyZones: () => (masked ? [LEFT] : null) });
  const spread = async (x: number) => {
    const jpeg = await pictures.of('a', { width: 0, part: { x, y: 0, w: 0.4, h: 1 } });
    const [channel] = (await sharp(jpeg).stats()).channels;
    return channel?.stdev ?? 0;
  };
  expect(await spread(0.6)).toBeGreaterThan(30);
  masked = true;
  expect(await spread(0.6)).toBeLessThan(12);
  expect(await spread(0.05)).toBeGreaterThan(30);
});
