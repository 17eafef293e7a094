/** Slows a client down that sends faster than it may: what it has sent waits, and no more is read from it. */

import { type Bucket, bucketOf, type Rate } from '../../base/bucket.ts';
import type { Clock } from '../../base/clock.ts';

export interface Pacer {
  /** Calls `go` when it is the turn of this message: at once, in order, where the client keeps within its rate. */
  pass(go: () => void): void;
  /** Messages that wait. */
  readonly waiting: number;
  /** Those that wait are not called any more. */
  stop(): void;
}

/** @param onSlow called each time that messages begin to wait */
export function newPacer(rate: Rate, clock: Clock, onSlow: () => void): Pacer {
  const bucket: Bucket = bucketOf(rate, clock.monotonic());
  const queue: (() => void)[] = [];
  const ended = new AbortController();
  let draining = false;

  async function drain(): Promise<void> {
    draining = true;
    onSlow();
    try {
      while (queue.length > 0) {
        const now = clock.monotonic();
        for (let next = queue[0]; next !== undefined && bucket.tokens(now) >= 1; next = queue[0]) {
          queue.shift();
          bucket.take(now);
          next();
        }
        if (queue.length > 0) await clock.sleep(Math.max(10, bucket.waitMs(now)), ended.signal);
      }
    } catch {
      queue.length = 0;
    } finally {
      draining = false;
    }
  }

  return {
    pass(go) {
      const now = clock.monotonic();
      if (!draining && bucket.tokens(now) >= 1) {
        bucket.take(now);
        go();
        return;
      }
      queue.push(go);
      if (!draining) void drain();
    },
    get waiting() {
      return queue.length;
    },
    stop: () => ended.abort(),
  };
}
