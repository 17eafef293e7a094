/** A token bucket: so many at once, then so many a second. */

export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

export interface Bucket {
  /** What is left at a moment, in monotonic ms; below 0 where more was taken. */
  tokens(nowMs: number): number;
  take(nowMs: number): void;
  /** How long until one is there, in ms. */
  waitMs(nowMs: number): number;
}

export function bucketOf({ burst, perSecond }: Rate, nowMs: number): Bucket {
  let level = burst;
  let atMs = nowMs;
  const tokens = (now: number): number => {
    level = Math.min(burst, level + (Math.max(0, now - atMs) * perSecond) / 1000);
    atMs = now;
    return level;
  };
  return {
    tokens,
    take(now) {
      level = tokens(now) - 1;
    },
    waitMs: now => Math.max(0, Math.ceil(((1 - tokens(now)) * 1000) / perSecond)),
  };
}
