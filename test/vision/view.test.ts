import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import type { RawPicture } from '../../src/vision/decode.ts';
import { restoreView, storeView } from '../../src/vision/quality/store-view.ts';
import { ACCEPT_VIEW_AFTER_MS, type ViewState, watchView } from '../../src/vision/quality/watch-view.ts';
import { measureQuality } from '../../src/vision/quality.ts';

const WIDTH = 128;
const HEIGHT = 72;
const STEP_MS = 30_000;

/** Sky, a sea of waves that are elsewhere in each picture, and cliffs with a house that stay. */
function beach(moment: number, moved = 0, light = 1): RawPicture {
  const random = createRandom(moment);
  const phases = Array.from({ length: 4 }, () => 6.28 * random.next());
  const rgb = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < 2 * HEIGHT; y += 2) {
    for (let x = 0; x < 2 * WIDTH; x += 2) {
      const place = x + moved;
      const cliff = y > 100 + 18 * Math.sin(place / 17) + 8 * Math.sin(place / 5);
      const house = Math.abs(place - 60) < 14 && y > 30 && y < 62;
      const wave = phases.reduce((sum, phase, k) => sum + Math.sin(x / (3 + k) + y / (2 + k / 2) + phase), 0);
      const luma = house
        ? 60 + 60 * (Math.floor(place / 6) % 2)
        : cliff
          ? 50 + 30 * Math.sin(place / 4)
          : y < 45
            ? 190
            : 120 + 14 * wave;
      const at = ((y / 2) * WIDTH + x / 2) * 3;
      rgb.fill(Math.max(0, Math.min(255, luma * light)), at, at + 3);
    }
  }
  return { rgb, width: WIDTH, height: HEIGHT };
}

interface Watched {
  readonly state: ViewState | null;
  readonly faults: (string | null)[];
}

/** One picture every half minute from `from` on. */
function watch(
  before: ViewState | null,
  from: number,
  count: number,
  draw: (moment: number) => RawPicture,
): Watched {
  let state = before;
  const faults: (string | null)[] = [];
  for (let moment = from; moment < from + count; moment++) {
    state = watchView(state, measureQuality(draw(moment)).grey, moment * STEP_MS);
    faults.push(state.fault);
  }
  return { state, faults };
}

describe('watchView', () => {
  let learnt: Watched;
  const LEARNT = 60;
  /** As after a long day. */
  const aged = () => {
    const { state } = learnt;
    return state && { ...state, view: { ...state.view, learntMs: 12 * 3_600_000 } };
  };

  beforeAll(() => {
    learnt = watch(null, 0, LEARNT, moment => beach(moment));
  });

  it('finds nothing in a sea that moves, in other light either', () => {
    expect(new Set(learnt.faults)).toEqual(new Set([null]));
    const dim = watch(aged(), LEARNT, 25, moment => beach(moment, 0, 0.6));
    expect(new Set(dim.faults)).toEqual(new Set([null]));
  });

  it('finds a camera that was turned, and takes it back at once when it is turned back', () => {
    const turned = watch(aged(), LEARNT, 30, moment => beach(moment, 9));
    expect(turned.faults[0]).not.toBe('moved');
    expect(turned.faults.at(-1)).toBe('moved');
    const back = watch(turned.state, LEARNT + 30, 40, moment => beach(moment));
    expect(back.faults.at(-1)).toBeNull();
  });

  it('accepts a new view that stays', () => {
    const turned = watch(aged(), LEARNT, 50, moment => beach(moment, 9));
    expect(turned.faults.at(-1)).toBe('moved');
    const hoursLater = watch(turned.state, LEARNT + 50 + ACCEPT_VIEW_AFTER_MS / STEP_MS, 10, moment =>
      beach(moment, 9),
    );
    expect(hoursLater.faults.at(-1)).toBeNull();
  });

  it('calls a picture of elsewhere damaged at once, but only that one', () => {
    const random = createRandom(9);
    const torn = (): RawPicture => ({
      rgb: new Uint8Array(WIDTH * HEIGHT * 3).map(() => 255 * random.next()),
      width: WIDTH,
      height: HEIGHT,
    });
    const one = watch(aged(), LEARNT, 1, torn);
    expect(one.faults).toEqual(['damaged']);
    expect(watch(one.state, LEARNT + 1, 1, moment => beach(moment)).faults).toEqual([null]);
  });

  it('goes on from what was stored, and learns anew where that is no view', () => {
    const stored = JSON.parse(JSON.stringify(storeView(aged())));
    const restored = restoreView(stored, LEARNT * STEP_MS);
    expect(restored?.view.frames).toBe(learnt.state?.view.frames);
    const turned = watch(restored, LEARNT, 30, moment => beach(moment, 9));
    expect(turned.faults.at(-1)).toBe('moved');
    for (const broken of [
      null,
      3,
      {},
      { ...stored, v: 2 },
      { ...stored, edges: 'AAAA' },
      { ...stored, frames: 'x' },
    ])
      expect(restoreView(broken, 0)).toBeNull();
  });
});
