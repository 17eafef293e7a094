/** How finely frames are read: as finely as riders need and the board has time for. */
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
  /** Frames by turns, each reading another band of the finest level, where the board is too slow for all of it. */
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
/** Pixels that a band reads beyond its ends, so that riders there are seen as within the whole. */
export const BAND_MARGIN = 3 * GRAIN;

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
 */
export function affordable(frame: Size, msPerPixel: number | null, budgetMs: number): DetailPlan {
  let scale = fullScale(frame);
  if (msPerPixel === null) return { scale, turns: 1 };
  for (; scale * STEP >= LEAST_SCALE; scale *= STEP) {
    for (let turns = 1; turns <= MOST_TURNS; turns++) {
      if (pixelsRead(frame, { scale, turns }) * msPerPixel <= budgetMs) return { scale, turns };
    }
  }
  return { scale, turns: MOST_TURNS };
}

/** Pixels of all levels that one frame reads. */
export function pixelsRead(frame: Size, { scale, turns }: DetailPlan): number {
  const [finest, ...coarser] = pyramidOf(frame, scale);
  if (finest === undefined) return 0;
  const rows = turns === 1 ? finest.height : Math.min(finest.height, finest.height / turns + 2 * BAND_MARGIN);
  return finest.width * rows + pixelsOf(coarser);
}

/** A band of the finest level: shares of the frame's height. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The bands of a plan with turns, in rows of {@link GRAIN} pixels. */
export function spansOf(height: number, turns: number): Span[] {
  const grains = height / GRAIN;
  const bound = (turn: number) => Math.round((turn * grains) / turns) / grains;
  return Array.from({ length: turns }, (_, turn) => ({ from: bound(turn), to: bound(turn + 1) }));
}

/**
 * Whether a rider at this height of the frame was looked for: within the band that was read, or large enough for the
 * coarser levels, which always are.
 *
 * @param place middle and size as shares of the frame's height
 */
export function isWithin(
  { from, to }: Span,
  place: { readonly y: number; readonly size: number },
  finest: Size,
): boolean {
  return (place.y >= from && place.y < to) || (place.size * finest.height) / 2 >= SEEN_PX.least;
}

/** Decides how each frame is read, and learns how long that takes. */
export interface DetailChooser {
  /** @param frame size of the frame */
  plan(frame: Size): DetailPlan;
  /** A frame was read by this plan. */
  took(frame: Size, plan: DetailPlan, ms: number): void;
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
    plan(frame) {
      const { detail } = options();
      const budget = budgetMs();
      const key = [frame.width, frame.height, detail, budget].join();
      if (made?.key === key && isAsExpected(made.msPerPixel, msPerPixel)) return made.plan;
      const plan =
        detail !== 'auto'
          ? { scale: detail, turns: 1 }
          : msPerPixel === null
            ? { scale: Math.min(FIRST_SCALE, fullScale(frame)), turns: 1 }
            : affordable(frame, msPerPixel, budget);
      made = { plan, msPerPixel, key };
      return plan;
    },
    took(frame, plan, ms) {
      const now = ms / pixelsRead(frame, plan);
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
