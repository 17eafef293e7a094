/** Counts and times frames over a sliding window, for `health`. */

export interface FrameTimes {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const WINDOW_MS = 60_000;
/** At two frames a second a window holds 120; a burst must not grow memory. */
const MOST = 600;

/** Plain data: the frames of the last minute. */
export interface Meter {
  readonly frames: { readonly endedMs: number; readonly tookMs: number }[];
  classified: number;
  failed: number;
}

export function newMeter(): Meter {
  return { frames: [], classified: 0, failed: 0 };
}

/** A frame was scored; times in monotonic milliseconds. */
export function countFrame(meter: Meter, startedMs: number, endedMs: number): void {
  meter.classified += 1;
  meter.frames.push({ endedMs, tookMs: endedMs - startedMs });
  while (meter.frames.length > MOST || endedMs - (meter.frames[0]?.endedMs ?? endedMs) > WINDOW_MS) {
    meter.frames.shift();
  }
}

/** Frames scored each second over the last minute, or since the start if that is less. */
export function frameRate(meter: Meter, nowMs: number, uptimeMs: number): number {
  const recent = meter.frames.filter(({ endedMs }) => nowMs - endedMs <= WINDOW_MS).length;
  return recent / (Math.max(1, Math.min(uptimeMs, WINDOW_MS)) / 1000);
}

/** Percentiles (nearest rank) of the last minute's frames in milliseconds, or null without any. */
export function frameTimes(meter: Meter): FrameTimes | null {
  const sorted = meter.frames.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { p50: round(at(0.5)), p95: round(at(0.95)), p99: round(at(0.99)) };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
