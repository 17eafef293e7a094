import type { Clock } from '../base/clock.ts';

/** A function that is true at most once in `everyMs`: for log lines a stranger can cause in any number. */
export function throttle(clock: Clock, everyMs: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = clock.monotonic();
    if (now - last < everyMs) return false;
    last = now;
    return true;
  };
}
