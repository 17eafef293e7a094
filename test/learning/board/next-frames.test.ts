import { expect, it } from 'vitest';
import { createRecentFrames } from '../../../src/learning/archive/recent.ts';
import type { NewFrame } from '../../../src/learning/archive/types.ts';
import { nextFrames } from '../../../src/learning/board/answers.ts';
import { labelledCellsCache } from '../../../src/learning/board/labelled-cells-cache.ts';
import { labelAs, newFrame } from '../archive/frames.ts';
import { openTestArchive } from '../archive/support.ts';
import { ACTIVITIES, riderHead } from '../support.ts';

const head = riderHead(3);

/** Scored by the head in use, one cell a score. */
function frameOf(scores: readonly number[], more: Partial<NewFrame> = {}): NewFrame {
  const cells = scores.map((surfing, at) => ({
    zone: 'all',
    rectangle: { x: at / 8, y: 0, w: 0.1, h: 0.1 },
    scores: { ...Object.fromEntries(ACTIVITIES.map(name => [name, 0])), surfing },
  }));
  return newFrame({
    cells,
    embeddings: null,
    head: head.manifest.id,
    backbone: head.manifest.backbone.sha256,
    ...more,
  });
}

async function board(frames: readonly NewFrame[]) {
  const archive = await openTestArchive();
  for (const frame of frames) await archive.add(frame);
  const unsure = new Set<string>();
  const parts = {
    archive,
    recent: createRecentFrames(),
    shown: createRecentFrames(),
    known: labelledCellsCache(archive, () => head),
    head: () => head,
    thresholds: () => ({}),
    onlyZones: () => null,
    loadBase: async () => null,
    unsure: () => unsure,
  };
  const next = () =>
    nextFrames(parts, 10).frames.map(({ frame, ask, places }) => ({
      frame,
      ask,
      numbers: places.map(({ number }) => number),
    }));
  return { archive, next, unsure };
}

it('asks for nobody until a frame of this camera is labelled none; a picture from elsewhere is no such frame', async () => {
  const [ridden, empty] = [frameOf([0.9, 0.6, 0.2]), frameOf([0.01])];
  const sent = frameOf([0.01], { because: 'image' });
  const { archive, next } = await board([ridden, empty, sent]);
  archive.label([{ frame: sent.id, label: labelAs([]) }]);
  expect(next()).toEqual([
    { frame: empty.id, ask: 'none', numbers: [] },
    { frame: ridden.id, ask: 'label', numbers: [1, 2, null] },
  ]);
  archive.label([{ frame: empty.id, label: labelAs([]) }]);
  expect(next()).toMatchObject([{ frame: ridden.id, ask: 'label' }]);
});

it('asks for points in what is labelled as a whole where it is not clear who is meant', async () => {
  const [sure, faint, none] = [frameOf([0.95]), frameOf([0.3, 0.28]), frameOf([0.01])];
  const { archive, next, unsure } = await board([sure, faint, none]);
  archive.label([sure, faint].map(({ id }) => ({ frame: id, label: labelAs(['surfing']) })));
  archive.label([{ frame: none.id, label: labelAs([]) }]);
  expect(next()).toEqual([{ frame: faint.id, ask: 'points', numbers: [null, null] }]);
  // Several places were as good to the retraining.
  unsure.add(sure.id);
  expect(
    next()
      .map(({ frame }) => frame)
      .sort(),
  ).toEqual([sure.id, faint.id].sort());
  const [rectangle] = faint.cells.map(cell => cell.rectangle);
  archive.label([{ frame: faint.id, label: labelAs(['surfing'], rectangle && { rectangle }) }]);
  expect(next()).toMatchObject([{ frame: sure.id, ask: 'points' }]);
});
