/** How fast messages that have waited may go out. */
import type { Clock } from '../base/clock.ts';

export interface Pace {
  /** Messages that may go at once after a quiet time. */
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * The pace of events. A queue of days that went out as fast as a broker acknowledges would be lost behind it: Mosquitto sends a
 * subscriber 20 messages at a time, holds 1,000 more and drops the rest (`max_inflight_messages`, `max_queued_messages`
 * in https://mosquitto.org/man/mosquitto-conf-5.html).
 */
export const EVENT_PACE: Pace = { burst: 20, perSecond: 100 };

/** A token bucket: a function that takes a token and returns 0, or where there is none, in how many ms there is one. */
export function pacer({ burst, perSecond }: Pace, clock: Clock): () => number {
  let tokens = burst;
  let last = clock.monotonic();
  return () => {
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + ((now - last) * perSecond) / 1000);
    last = now;
    if (tokens < 1) return Math.max(1, Math.ceil(((1 - tokens) * 1000) / perSecond));
    tokens -= 1;
    return 0;
  };
}

/**
 * A function that says whether one more may go now.
 *
 * @param onOpen called when one may go again after one might not, until `signal` aborts
 */
export function gate(pace: Pace, clock: Clock, signal: AbortSignal, onOpen: () => void): () => boolean {
  const take = pacer(pace, clock);
  let isShut = false;
  return () => {
    if (isShut) return false;
    const pauseMs = take();
    if (pauseMs === 0) return true;
    isShut = true;
    clock.sleep(pauseMs, signal).then(
      () => {
        isShut = false;
        onOpen();
      },
      () => undefined,
    );
    return false;
  };
}
