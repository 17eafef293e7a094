import { describe, expect, it } from 'vitest';
import { type DirtState, watchDirt } from '../../src/vision/quality/dirt.ts';
import { restoreDirt, storeView } from '../../src/vision/quality/store-view.ts';
import { ACCEPT_VIEW_AFTER_MS, startView } from '../../src/vision/quality/watch-view.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TILES = 12;

/** A picture a minute; the score of each tile at each of them. */
function watch(
  before: DirtState | null,
  fromMs: number,
  forMs: number,
  score: (tile: number, atMs: number) => number,
  layout = 'a',
) {
  let state = before;
  let atMs = fromMs;
  for (; atMs < fromMs + forMs; atMs += MINUTE) {
    const scores = Float32Array.from({ length: TILES }, (_, tile) => score(tile, atMs));
    state = watchDirt(state, { layout, scores }, atMs);
  }
  return state as DirtState;
}

/** Clear, with light that comes and goes and riders that pass. */
const clear = (tile: number, atMs: number) =>
  -2 + Math.sin(atMs / HOUR + tile) + (atMs % (7 * MINUTE) === 0 ? 2 : 0);
/** Four tiles of drops. */
const drops = (tile: number, atMs: number) => (tile < 4 ? 3 : clear(tile, atMs));

describe('dirt on the lens', () => {
  const learnt = watch(null, 0, 12 * HOUR, clear);

  it('is not seen in changing light, nor at once', () => {
    expect(learnt.dirty).toBe(false);
    expect(watch(learnt, 12 * HOUR, 12 * HOUR, clear).dirty).toBe(false);
    expect(watch(learnt, 12 * HOUR, 2 * MINUTE, drops).dirty).toBe(false);
    expect(watch(null, 0, 20 * MINUTE, (tile, atMs) => drops(tile, atMs) + (atMs / MINUTE) * 0.2).dirty).toBe(
      false,
    );
  });

  it('is seen while it lasts, and is gone when it is wiped off', () => {
    const dirty = watch(learnt, 12 * HOUR, HOUR, drops);
    expect(dirty.dirty).toBe(true);
    // What is usual is not learnt from dirt.
    expect(watch(dirty, 13 * HOUR, 5 * HOUR, drops).usual).toEqual(dirty.usual);
    expect(watch(dirty, 13 * HOUR, HOUR, clear).dirty).toBe(false);
  });

  it('on one tile of many is let pass, and so is what looks no worse than a clear lens', () => {
    expect(watch(learnt, 12 * HOUR, HOUR, (tile, atMs) => (tile === 5 ? 1.5 : clear(tile, atMs))).dirty).toBe(
      false,
    );
    const clearer = watch(null, 0, 12 * HOUR, (tile, atMs) => clear(tile, atMs) - 5);
    expect(watch(clearer, 12 * HOUR, HOUR, (tile, atMs) => clear(tile, atMs) - 1).dirty).toBe(false);
  });

  it('that stays for days is usual at last', () => {
    const days = 12 * ACCEPT_VIEW_AFTER_MS;
    const dirty = watch(learnt, 12 * HOUR, days, drops);
    expect(dirty.dirty).toBe(true);
    expect(watch(dirty, 12 * HOUR + days, HOUR, drops).dirty).toBe(false);
  });

  it('is learnt anew for other tiles, or by another read-out', () => {
    const other = watch(learnt, 12 * HOUR, HOUR, drops, 'b');
    expect(other.dirty).toBe(false);
    expect(other.learntMs).toBeLessThan(HOUR);
  });

  it('is told from what was stored; what is broken is left out', () => {
    const view = startView({ frames: 3, learntMs: 5, edges: new Float32Array(2 * 72 * 128), clarity: 0 }, 0);
    const stored = JSON.parse(JSON.stringify(storeView(view, learnt)));
    const restored = restoreDirt(stored, 12 * HOUR);
    expect(restored?.learntMs).toBe(learnt.learntMs);
    expect(watch(restored, 12 * HOUR, HOUR, drops).dirty).toBe(true);
    for (const dirt of [
      undefined,
      null,
      3,
      {},
      { ...stored.dirt, usual: ['x'] },
      { ...stored.dirt, layout: 1 },
    ])
      expect(restoreDirt({ ...stored, dirt }, 0)).toBeNull();
    expect(restoreDirt(null, 0)).toBeNull();
  });
});
