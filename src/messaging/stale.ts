import { formatDuration } from '../base/duration.ts';

/** A clock before this was never set: a sender without a battery begins in 1970 or 2000. */
const NEVER_SET_MS = Date.UTC(2020, 0, 1);

/**
 * Why a command is too old to be run; undefined where it is not.
 *
 * Only a time that is past counts. A board that wakes up in the past, as one without a battery for its clock does,
 * takes commands from what it thinks is the future; a sender whose clock was never set says nothing by its time.
 *
 * @param sentMs by the clock of the sender; undefined where it does not say
 * @param nowMs by the clock of this board
 */
export function staleness(sentMs: number | undefined, nowMs: number, maxAgeMs: number): string | undefined {
  if (sentMs === undefined || sentMs < NEVER_SET_MS || nowMs - sentMs <= maxAgeMs) return undefined;
  const [sent, now] = [new Date(sentMs).toISOString(), new Date(nowMs).toISOString()];
  return `it says it was sent at ${sent}, and here it is ${now}: more than ${formatDuration(maxAgeMs)} later`;
}
