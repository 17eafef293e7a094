import sharp from 'sharp';
import { expect, it } from 'vitest';
import { visibleZones } from '../../src/control/shown-picture.ts';
import { type SnapshotOptions, Snapshots } from '../../src/control/snapshots.ts';
import { cornersOf, type Zone } from '../../src/vision/zone.ts';
import { DEFAULTS } from '../support/defaults.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { silent } from '../support/log.ts';
import { frameOf, takenPicture } from './pictures.ts';

function snapshots(
  given: Partial<SnapshotOptions> = {},
  onlyZones: readonly Pick<Zone, 'points'>[] | null = null,
  isPaused = false,
) {
  const clock = fakeClock();
  const published: (Buffer | null)[] = [];
  const now = { options: { ...DEFAULTS.snapshot, publish: true, ...given }, isPaused };
  const part = new Snapshots({
    options: () => now.options,
    onlyZones: () => onlyZones,
    isPaused: () => now.isPaused,
    publish: jpeg => void published.push(jpeg),
    clock,
    log: silent,
  });
  part.start();
  const arrived = (count: number) => expect.poll(() => published.length, { interval: 5 }).toBe(count);
  return { part, clock, published, now, arrived };
}

it('publishes a small JPEG, upright, that tells nothing of place and camera', async () => {
  const picture = await takenPicture();
  expect((await sharp(picture).metadata()).exif?.toString('latin1')).toContain('Camera of Ana');
  const { part, published, arrived } = snapshots({ width: 160 });
  part.offer(frameOf(picture));
  await arrived(1);
  const jpeg = published[0] ?? Buffer.of();
  const { format, width, height, exif, icc, xmp, orientation } = await sharp(jpeg).metadata();
  expect({ format, width, height, exif, icc, xmp, orientation }).toEqual({
    format: 'jpeg',
    width: 160,
    height: 240,
  });
  expect(jpeg.toString('latin1')).not.toMatch(/Exif|Ana|GPS/);
});

it('leaves the width where it is smaller, or 0', async () => {
  const picture = await takenPicture();
  for (const width of [0, 4_000]) {
    const { part, published, arrived } = snapshots({ width });
    part.offer(frameOf(picture));
    await arrived(1);
    expect((await sharp(published[0] ?? Buffer.of()).metadata()).width).toBe(400);
  }
});

it('shows only blocks outside of the zones where the archive does', async () => {
  const zone = { points: cornersOf({ x: 0, y: 0, w: 1, h: 0.5 }) };
  const { part, published, arrived } = snapshots({ width: 0 }, visibleZones({ pixelate: true }, [zone]));
  // What an earlier run left may show all.
  expect(published).toEqual([null]);
  part.offer(frameOf(await takenPicture()));
  await arrived(2);
  const sharpness = async (top: number) => {
    const area = { left: 8, top, width: 380, height: 200 };
    // sharp's statistics are of what it is given.
    const part = await sharp(published[1] ?? Buffer.of())
      .extract(area)
      .greyscale()
      .png()
      .toBuffer();
    const { channels } = await sharp(part).stats();
    return channels[0]?.stdev ?? 0;
  };
  expect(await sharpness(350)).toBeLessThan((await sharpness(50)) / 3);
  expect(visibleZones({ pixelate: false }, [zone])).toBeNull();
});

it('publishes no more often than it may, and the newest', async () => {
  const picture = await takenPicture();
  const { part, clock, published, arrived } = snapshots({ minIntervalMs: 10_000, width: 64 });
  for (let second = 0; second < 35; second++) {
    part.offer(frameOf(picture));
    if (second % 10 === 0) await arrived(second / 10 + 1);
    await clock.advance(1_000);
  }
  expect(published).toHaveLength(4);
});

it('removes what an earlier run left, and its own when it is switched off', async () => {
  const off = snapshots({ publish: false });
  off.part.offer(frameOf(await takenPicture()));
  await off.part.stop();
  expect(off.published).toEqual([null]);

  const { part, published, now, arrived } = snapshots();
  expect(published).toEqual([]);
  part.offer(frameOf(await takenPicture()));
  await arrived(1);
  now.options = { ...now.options, publish: false };
  part.settingsChanged(['snapshot.publish']);
  part.settingsChanged(['snapshot.publish']);
  await part.stop();
  expect(published.map(one => one === null)).toEqual([false, true]);
});

it('removes one that shows too much when pictures are to be masked, and shows the next at once', async () => {
  const { part, published, arrived } = snapshots({ minIntervalMs: 60_000 });
  part.offer(frameOf(await takenPicture()));
  await arrived(1);
  part.settingsChanged(['learning.keep']);
  expect(published).toHaveLength(1);
  part.settingsChanged(['learning.pixelate']);
  expect(published[1]).toBeNull();
  part.offer(frameOf(await takenPicture()));
  await arrived(3);
});

it('shows nothing in a pause, not even one still in the making', async () => {
  const { part, published, now, arrived } = snapshots();
  part.offer(frameOf(await takenPicture()));
  now.isPaused = true;
  part.pauseChanged();
  part.offer(frameOf(await takenPicture()));
  await arrived(1);
  expect(published).toEqual([null]);
  now.isPaused = false;
  part.pauseChanged();
  part.offer(frameOf(await takenPicture()));
  await arrived(2);
  // One that began in an earlier run.
  expect(snapshots({}, null, true).published).toEqual([null]);
});

it('outlives a picture that cannot be read', async () => {
  const { part, clock, published, arrived } = snapshots({ minIntervalMs: 200 });
  part.offer(frameOf(Buffer.from('no picture')));
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(published).toEqual([]);
  await clock.advance(200);
  part.offer(frameOf(await takenPicture()));
  await arrived(1);
});
