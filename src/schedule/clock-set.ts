/** Whether the wall clock can be believed. */

/** Before this there was no such program: a board without a battery wakes up in 1970, or when its system was built. */
export const EARLIEST_MS = Date.UTC(2026, 0, 1);

/** @param atMs milliseconds since the epoch (UTC), as the wall clock has it */
export function isClockSet(atMs: number): boolean {
  return atMs >= EARLIEST_MS;
}
