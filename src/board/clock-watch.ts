/** Tells when the wall clock jumps, and when it cannot be right: a board without a battery wakes up in the past. */
import type { Clock } from '../base/clock.ts';

/** Plain data. */
export interface ClockWatch {
  /** Wall clock minus monotonic clock, in milliseconds, at the last look. */
  readonly offsetMs: number;
  readonly jumps: number;
}

export interface ClockLook {
  readonly watch: ClockWatch;
  /** By how much the wall clock was moved since the last look, in milliseconds; 0 where it was not. */
  readonly jumpedMs: number;
  /** It shows a time before `notBeforeMs`, so nobody has set it. */
  readonly isUnset: boolean;
}

export interface ClockWatchOptions {
  /** Smaller steps are those of a time server that slews the clock. */
  readonly jumpMs: number;
  /** A time that has passed for sure, as when the model was made: milliseconds since the epoch (UTC). */
  readonly notBeforeMs: number;
}

export const CLOCK_JUMP_MS = 2_000;

export function watchClock(clock: Pick<Clock, 'now' | 'monotonic'>): ClockWatch {
  return { offsetMs: clock.now() - clock.monotonic(), jumps: 0 };
}

/** Looks at both clocks; a slow drift between them is followed. */
export function lookAtClock(
  before: ClockWatch,
  clock: Pick<Clock, 'now' | 'monotonic'>,
  { jumpMs, notBeforeMs }: ClockWatchOptions,
): ClockLook {
  const now = clock.now();
  const offsetMs = now - clock.monotonic();
  const moved = offsetMs - before.offsetMs;
  const jumpedMs = Math.abs(moved) >= jumpMs ? Math.round(moved) : 0;
  const jumps = before.jumps + (jumpedMs === 0 ? 0 : 1);
  return { watch: { offsetMs, jumps }, jumpedMs, isUnset: now < notBeforeMs };
}
