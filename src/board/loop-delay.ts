/** How late the event loop is: what waits for it waits as long. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 20;

export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

export class LoopDelayMeter {
  #histogram: IntervalHistogram | undefined;

  start(): void {
    this.#histogram ??= monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram?.disable();
  }

  /** Since the last call; null before there is anything. */
  take(): LoopDelay | null {
    const histogram = this.#histogram;
    if (histogram === undefined || histogram.count === 0) return null;
    const delay = { p99Ms: late(histogram.percentile(99)), maxMs: late(histogram.max) };
    histogram.reset();
    return delay;
  }
}

/** It measures how long its own timer took: one that comes on time takes the resolution. */
function late(nanoseconds: number): number {
  return Math.max(0, Math.round(nanoseconds / 1e5) / 10 - RESOLUTION_MS);
}
