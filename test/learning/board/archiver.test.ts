import sharp from 'sharp';
import { expect, it } from 'vitest';
import { liveView } from '../../../src/base/live-view.ts';
import { sha256Of } from '../../../src/learning/archive/frame-rows.ts';
import { createReferences } from '../../../src/learning/archive/novelty.ts';
import { createRecentFrames } from '../../../src/learning/archive/recent.ts';
import { createArchiver } from '../../../src/learning/board/archiver.ts';
import type { JudgedFrame } from '../../../src/learning/board/judged-frame.ts';
import type { LearningOptions } from '../../../src/learning/options.ts';
import { cornersOf } from '../../../src/vision/zone.ts';
import { DEFAULTS } from '../../support/defaults.ts';
import { embeddingsOf, NOW, newFrame } from '../archive/frames.ts';
import { openTestArchive } from '../archive/support.ts';
import { CELL_SENSE } from '../support.ts';

/** A keeper whose options can change while it lives. */
async function keeping() {
  const archive = await openTestArchive();
  const now = { options: DEFAULTS.learning };
  const [recent, shown] = [createRecentFrames(), createRecentFrames()];
  const keeper = createArchiver({
    archive,
    recent,
    shown,
    references: createReferences(32, 10),
    options: liveView(() => now.options),
    zones: [{ name: 'sky', points: cornersOf({ x: 0, y: 0, w: 1, h: 0.5 }) }],
    head: () => ({ activities: ['surfing'], cells: CELL_SENSE, width: 32 }),
    backbone: 'backbone-1',
    monotonicMs: 0,
    onRoom: () => undefined,
  });
  const use = (options: Partial<LearningOptions>) => {
    now.options = { ...now.options, ...options };
  };
  return { archive, recent, shown, keeper, use };
}

const noise = { type: 'gaussian' as const, mean: 120, sigma: 50 };
const bytes = await sharp({ create: { width: 96, height: 96, channels: 3, noise, background: '#000' } })
  .webp()
  .toBuffer();

function seen(seed: number): JudgedFrame {
  const { id, cells } = newFrame();
  const read = { head: 'head-1', cells, embeddings: embeddingsOf(seed) };
  const frame = { id, takenAt: NOW, bytes, origin: 'test' };
  return {
    frame,
    monotonicMs: 0,
    visibility: 'ok',
    read,
    activity: 'none',
    thresholds: {},
  } as unknown as JudgedFrame;
}

it('keeps what somebody asks for, even where it is like another, and says where it is there already', async () => {
  const { archive, keeper } = await keeping();
  const [one, other] = [seen(1), seen(1)];
  expect(await keeper.keep(one)).toBe('kept');
  expect(await keeper.keep(other)).toBe('kept');
  expect(await keeper.keep(one)).toBe('duplicate');
  expect(archive.frame(one.frame.id)).toMatchObject({ because: 'capture', hasPicture: true });
  expect((await sharp((await archive.picture(one.frame.id)) ?? undefined).metadata()).format).toBe('jpeg');
});

it('keeps the pixels of a JPEG without what it tells beside them, known by the file that the camera sent', async () => {
  const { archive, keeper } = await keeping();
  const sent = await sharp(bytes)
    .withExif({ IFD0: { Copyright: 'somebody' } })
    .jpeg()
    .toBuffer();
  const one = seen(5);
  expect(await keeper.keep({ ...one, frame: { ...one.frame, bytes: sent } })).toBe('kept');
  const kept = (await archive.picture(one.frame.id)) ?? undefined;
  expect((await sharp(sent).metadata()).exif).toBeDefined();
  expect((await sharp(kept).metadata()).exif).toBeUndefined();
  expect(await sharp(kept).raw().toBuffer()).toEqual(await sharp(sent).raw().toBuffer());
  expect(archive.frameOfPicture(sha256Of(sent))).toBe(one.frame.id);
});

it('keeps by the options of the moment', async () => {
  const { archive, keeper, use } = await keeping();
  use({ keep: 'nothing' });
  expect(await keeper.keep(seen(2))).toBe('off');
  use({ keep: 'embeddings' });
  const numbers = seen(3);
  expect(await keeper.keep(numbers)).toBe('kept');
  expect(archive.frame(numbers.frame.id)?.hasPicture).toBe(false);
  use({ keep: 'pictures', pixelate: true });
  const blocks = seen(4);
  expect(await keeper.keep(blocks)).toBe('kept');
  const deviation = async (top: number) => {
    const half = sharp((await archive.picture(blocks.frame.id)) ?? undefined).extract({
      left: 0,
      top,
      width: 96,
      height: 40,
    });
    const { channels } = await sharp(await half.greyscale().png().toBuffer()).stats();
    return channels[0]?.stdev ?? 0;
  };
  expect(await deviation(52)).toBeLessThan(await deviation(4));
});

it('remembers what was published and what was shown apart, whichever it is told of first', async () => {
  const { recent, shown, keeper } = await keeping();
  const [before, after, unseen] = [seen(6), seen(7), seen(8)];
  keeper.shown(before.frame.id);
  await keeper.add(before);
  await keeper.add(after);
  keeper.shown(after.frame.id);
  await keeper.add(unseen);
  keeper.published(unseen.frame.id);
  expect(shown.list().map(({ id }) => id)).toEqual([after.frame.id, before.frame.id]);
  expect(recent.list().map(({ id }) => id)).toEqual([unseen.frame.id]);
});
