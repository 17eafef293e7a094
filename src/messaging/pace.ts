/** How fast messages that have waited may go out. */
import { bucketOf, type Rate } from '../base/bucket.ts';
import type { Clock } from '../base/clock.ts';

/**
 * The pace of events. A queue of days that went out as fast as a broker acknowledges would be lost behind it: Mosquitto sends a
 * subscriber 20 messages at a time, holds 1,000 more and drops the rest (`max_inflight_messages`, `max_queued_messages`
 * in https://mosquitto.org/man/mosquitto-conf-5.html).
 */
export const EVENT_PACE: Rate = { burst: 20, perSecond: 100 };

/**
 * A function that says whether one more may go now.
 *
 * @param onOpen called when one may go again after one might not, until `signal` aborts
 */
export function startPace(pace: Rate, clock: Clock, signal: AbortSignal, onOpen: () => void): () => boolean {
  const bucket = bucketOf(pace, clock.monotonic());
  let isShut = false;
  return () => {
    if (isShut) return false;
    const now = clock.monotonic();
    const pauseMs = bucket.waitMs(now);
    if (pauseMs === 0) {
      bucket.take(now);
      return true;
    }
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
