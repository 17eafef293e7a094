/** Tells a camera that repeats its last picture from a calm sea, and from one that has new pictures seldom. */
import type { GateOptions } from './quality/options.ts';

// More than a still picture moves when a camera encodes it anew.
const CHANGED_LEVELS = 4;
/**
 * Share of the points that must have changed since the picture stood still, or it still does. A sea changes 0.3 within a
 * second, and 0.04 at least in a stream compressed until it is blocky; a still picture that a camera encodes over and
 * over changes 0.001, and a burnt-in clock covers less than this.
 */
export const FROZEN_SHARE = 0.03;
/** Intervals between new pictures that are remembered. */
const REMEMBERED = 9;
/** A source is not frozen before this many times its usual interval, ... */
const INTERVALS = 3;
/** ... nor, before that is known, before this many times `frozenAfterMs`, if what it gives is the same file. */
const UNKNOWN_INTERVAL = 5;

/** Since when the picture has stood still, and how it looked then. Plain data. */
export interface Stillness {
  readonly signature: Uint8Array;
  readonly sinceMs: number;
  /** Pictures since then that were no new file, but the one before byte by byte. */
  readonly repeated: number;
  /** Pictures since then. */
  readonly seen: number;
  /** It may have looked like that before it was first seen: that interval is not remembered. */
  readonly partial: boolean;
  /** The last intervals between new pictures, in milliseconds. */
  readonly intervalsMs: readonly number[];
}

/**
 * Takes one picture in. It is compared with the first of the still ones, not with the one before: in a live picture
 * changes too small to tell between two frames add up.
 *
 * @param repeated the camera gave the file before, byte by byte
 */
export function watchStill(
  state: Stillness | null,
  picture: { readonly signature: Uint8Array; readonly repeated: boolean },
  monotonicMs: number,
): Stillness {
  const { signature, repeated } = picture;
  if (state !== null && changedShare(state.signature, signature) <= FROZEN_SHARE) {
    return { ...state, seen: state.seen + 1, repeated: state.repeated + (repeated ? 1 : 0) };
  }
  const before = state?.intervalsMs ?? [];
  const whole = state !== null && !state.partial;
  const intervalsMs = whole ? [...before, monotonicMs - state.sinceMs].slice(-REMEMBERED) : before;
  return { signature, sinceMs: monotonicMs, repeated: 0, seen: 1, partial: state === null, intervalsMs };
}

/** Whether it has stood still for longer than this camera is wont to. */
export function isFrozen(
  state: Stillness,
  monotonicMs: number,
  { frozenAfterMs }: Pick<GateOptions, 'frozenAfterMs'>,
): boolean {
  const { seen, repeated, intervalsMs, sinceMs } = state;
  const stillMs = monotonicMs - sinceMs;
  // Two pictures alike are no proof, however far apart; one that was coded anew each time is.
  if (seen < 3 || stillMs < frozenAfterMs) return false;
  const sameFile = repeated >= seen - 1;
  if (intervalsMs.length === 0) return !sameFile || stillMs >= UNKNOWN_INTERVAL * frozenAfterMs;
  const usualMs = [...intervalsMs].sort((a, b) => a - b)[intervalsMs.length >> 1] ?? 0;
  return stillMs >= INTERVALS * usualMs;
}

/** Share of the points, 0..1, whose luma differs by more than 4 levels. */
export function changedShare(before: Uint8Array, after: Uint8Array): number {
  let changed = 0;
  for (let point = 0; point < after.length; point++) {
    if (Math.abs((before[point] as number) - (after[point] as number)) > CHANGED_LEVELS) changed++;
  }
  return changed / after.length;
}
