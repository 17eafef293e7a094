/** How finely frames are read: as finely as riders need and the board has time for. */
import type { Rectangle } from '../../base/geometry.ts';
import { GRAIN } from './engine.ts';
import { pixelsOf, pyramidOf, SEEN_PX, type Size } from './pyramid.ts';

export interface DetailOptions {
  /** Pixels of the finest level to one of the frame; `auto` chooses. */
  readonly detail: 'auto' | number;
  /** Share of the interval between two frames that reading one may take, 0..1. */
  readonly share: number;
}

/** How a frame is read. */
export interface DetailPlan {
  /** Pixels of the finest level to one of the frame. */
  readonly scale: number;
  /** Frames by turns, each reading another band of what is watched, where the board is too slow for all of it. */
  readonly turns: number;
}

export const LEAST_SCALE = 0.1;
export const MOST_SCALE = 4;

/** Width in pixels of a frame as `auto` would have it read: enlarged beyond that no more riders are found. */
const FULL_WIDTH = 2560;
/** An enlarged picture has no more in it: beyond this nothing is gained by it. */
const MOST_ENLARGED = 2;
/** Finer than that nothing is read in one piece: memory. */
const MOST_PIXELS = 6_000_000;
/** From one scale to the next: half as many pixels. */
const STEP = Math.SQRT1_2;
/** Rather coarser than with more turns: a band that is looked at every ten seconds misses what goes on. */
const MOST_TURNS = 4;
/** Pixels that a part is read beyond its sides, so that riders there are seen as within the whole. */
export const PART_MARGIN = 3 * GRAIN;

/** All of a frame, in shares of its width and height. */
export const WHOLE: Rectangle = { x: 0, y: 0, w: 1, h: 1 };

/** The scale at which nothing is left to be seen in a frame of this size. */
export function fullScale({ width, height }: Size): number {
  const scale = Math.min(MOST_ENLARGED, FULL_WIDTH / width);
  return Math.min(scale, Math.sqrt(MOST_PIXELS / (width * height)));
}

/**
 * The finest way of reading a frame that there is time for: in as few turns as possible, then coarser.
 *
 * @param msPerPixel that reading takes on this board; null where it is not known yet, when all is read as finely as useful
 * @param budgetMs time for one frame
 * @param watched the part of the frame that is read at the finest level
 */
export function affordable(
  frame: Size,
  msPerPixel: number | null,
  budgetMs: number,
  watched: Rectangle = WHOLE,
): DetailPlan {
  let scale = fullScale(frame);
  if (msPerPixel === null) return { scale, turns: 1 };
  for (; scale * STEP >= LEAST_SCALE; scale *= STEP) {
    for (let turns = 1; turns <= MOST_TURNS; turns++) {
      if (pixelsRead(frame, scale, turnOf(watched, turns)) * msPerPixel <= budgetMs) return { scale, turns };
    }
  }
  return { scale, turns: MOST_TURNS };
}

/** What one turn reads at the most: a band in the middle has margins above and below. */
export function turnOf(watched: Rectangle, turns: number): Rectangle {
  const h = watched.h / turns;
  return { ...watched, y: watched.y + Math.floor((turns - 1) / 2) * h, h };
}

/** Pixels of all levels that one frame reads. @param part what of the finest level, without margins */
export function pixelsRead(frame: Size, scale: number, { x, y, w, h }: Rectangle = WHOLE): number {
  const [finest, ...coarser] = pyramidOf(frame, scale);
  if (finest === undefined) return 0;
  const side = (from: number, length: number, pixels: number) =>
    Math.min(pixels, (from + length) * pixels + PART_MARGIN) - Math.max(0, from * pixels - PART_MARGIN);
  return side(x, w, finest.width) * side(y, h, finest.height) + pixelsOf(coarser);
}

/**
 * A part of the frame, cut into bands of rows of about the same height.
 *
 * @param finest size of the finest level: the bands begin and end at multiples of its {@link GRAIN}, and together are the part at least
 * @returns as many as there are turns, or fewer where the part is too low
 */
export function bandsOf(finest: Size, part: Rectangle, turns: number): Rectangle[] {
  const [columns, rows] = [finest.width / GRAIN, finest.height / GRAIN];
  const outward = (from: number, length: number, grains: number) => {
    const first = Math.floor(from * grains + ROUNDING);
    return [
      first,
      Math.min(grains, Math.max(first + 1, Math.ceil((from + length) * grains - ROUNDING))),
    ] as const;
  };
  const [left, right] = outward(part.x, part.w, columns);
  const [top, bottom] = outward(part.y, part.h, rows);
  const count = Math.min(turns, bottom - top);
  const bound = (band: number) => top + Math.round((band * (bottom - top)) / count);
  return Array.from({ length: count }, (_, band) => ({
    x: left / columns,
    y: bound(band) / rows,
    w: (right - left) / columns,
    h: (bound(band + 1) - bound(band)) / rows,
  }));
}

/** Shares that were multiples of a grain are so again. */
const ROUNDING = 1e-6;

/** Where there are turns, what is not watched is looked at in so many parts at the most, one after the other. */
const MOST_LOOKS = 4;

/**
 * What a frame reads that is for what is not watched: all there is or, where the board is too slow for that, one of these
 * bands, about as large as what a turn reads.
 */
export function looksOf(finest: Size, watched: Rectangle, turns: number): Rectangle[] {
  const count = turns === 1 ? 1 : Math.min(MOST_LOOKS, Math.ceil(turns / (watched.w * watched.h)));
  return bandsOf(finest, WHOLE, count).filter(band => !isInside(band, watched));
}

export function isInside(inner: Rectangle, outer: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.w <= outer.x + outer.w &&
    inner.y + inner.h <= outer.y + outer.h
  );
}

/**
 * Whether a rider at this place of the frame was looked for: within the part that was read, or large enough for the
 * coarser levels, which are always read as a whole.
 *
 * @param place middle as shares of the frame's width and height, size as a share of its height
 */
export function isWithin(
  { x, y, w, h }: Rectangle,
  place: { readonly x: number; readonly y: number; readonly size: number },
  finest: Size,
): boolean {
  const isThere = place.x >= x && place.x < x + w && place.y >= y && place.y < y + h;
  return isThere || (place.size * finest.height) / 2 >= SEEN_PX.least;
}

/** Decides how each frame is read, and learns how long that takes. */
export interface DetailChooser {
  /** @param watched the part of the frame that is read at the finest level */
  plan(frame: Size, watched?: Rectangle): DetailPlan;
  /** This part of a frame was read at the finest level, which is of this scale. */
  took(frame: Size, scale: number, part: Rectangle, ms: number): void;
}

/** As finely as useful, or as was set; for commands, whose answers must not depend on the machine. */
export function fixedDetail({ detail }: Pick<DetailOptions, 'detail'>): DetailChooser {
  return {
    plan: frame => ({ scale: detail === 'auto' ? fullScale(frame) : detail, turns: 1 }),
    took: () => undefined,
  };
}

/** Weight of the time that the newest frame took, beside the frames before. */
const FRESH = 0.2;
/** A plan is made anew when reading takes this many times what it was made for, or so much less. */
const SLOWER = 1.25;
const FASTER = 0.6;

/**
 * For a daemon: what the board has time for.
 *
 * @param options in force: asked for at each frame
 * @param budgetMs time for one frame
 */
export function measuredDetail(options: () => DetailOptions, budgetMs: () => number): DetailChooser {
  let msPerPixel: number | null = null;
  let made: { readonly plan: DetailPlan; readonly msPerPixel: number | null; readonly key: string } | null =
    null;
  return {
    plan(frame, watched = WHOLE) {
      const { detail } = options();
      const budget = budgetMs();
      const key = [frame.width, frame.height, watched.w, watched.h, detail, budget].join();
      if (made?.key === key && isAsExpected(made.msPerPixel, msPerPixel)) return made.plan;
      const plan =
        detail !== 'auto'
          ? { scale: detail, turns: 1 }
          : msPerPixel === null
            ? { scale: Math.min(FIRST_SCALE, fullScale(frame)), turns: 1 }
            : affordable(frame, msPerPixel, budget, watched);
      made = { plan, msPerPixel, key };
      return plan;
    },
    took(frame, scale, part, ms) {
      const now = ms / pixelsRead(frame, scale, part);
      msPerPixel = msPerPixel === null ? now : msPerPixel + FRESH * (now - msPerPixel);
    },
  };
}

/** The first frame is soon told of, also on a slow board, and shows how fast it is: a quarter of the pixels. */
const FIRST_SCALE = 0.5;

/** The first measure replaces none. */
function isAsExpected(expected: number | null, found: number | null): boolean {
  if (expected === null || found === null) return expected === found;
  return found <= expected * SLOWER && found >= expected * FASTER;
}
