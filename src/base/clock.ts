import { setTimeout as delay } from 'node:timers/promises';

/** Time, handed in so that a test can bring its own. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch (UTC). May jump: only for time stamps. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going backwards: for durations and time-outs. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  },
};
