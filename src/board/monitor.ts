/** Looks after the board while the daemon runs: reads what the kernel tells, and raises alerts. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { HOST_ALERTS, type HostAlert, type HostLimits, hostAlerts, NO_ALERTS } from './alerts.ts';
import { CLOCK_JUMP_MS, type ClockWatch, lookAtClock, watchClock } from './clock-watch.ts';
import { KERNEL_ROOTS, type KernelRoots } from './kernel-files.ts';
import { type HostReading, readHost } from './reading.ts';

/** How often the board is looked at: heat and a filling disk take minutes. */
export const MONITOR_INTERVAL_MS = 30_000;

export interface MonitorParts {
  readonly options: HostLimits;
  readonly stateDir: string;
  /** A time that has passed for sure, in milliseconds since the epoch (UTC): an earlier clock was not set. */
  readonly notBeforeMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly roots?: KernelRoots;
}

/** Told of every alert that is raised, changed or, with null, removed. */
export type HostAlertListener = (id: HostAlert, text: string | null) => void;

export interface BoardHealth extends HostReading {
  readonly loopDelay: LoopDelay | null;
  /** How often the wall clock was moved by more than two seconds since the start. */
  readonly clockJumps: number;
}

export class Monitor {
  readonly #parts: MonitorParts;
  readonly #loop = new LoopDelayMeter();
  readonly #ending = new AbortController();
  #watch: ClockWatch;
  #alerts = NO_ALERTS;
  #latest: BoardHealth | null = null;
  readonly #listeners: HostAlertListener[] = [];
  #running: Promise<void> | undefined;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.#watch = watchClock(parts.clock);
  }

  /** At once for the first time, then at intervals. Safe to call again. */
  start(): void {
    if (this.#running !== undefined) return;
    this.#loop.start();
    this.#running = this.#run();
  }

  /** A listener is told first of what is raised already. */
  subscribe(listener: HostAlertListener): void {
    this.#listeners.push(listener);
    for (const id of HOST_ALERTS) if (this.#alerts[id] !== null) listener(id, this.#alerts[id]);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    this.#loop.stop();
  }

  /** Null until the first look is done, a few milliseconds after the start. */
  get latest(): BoardHealth | null {
    return this.#latest;
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#look();
      await clock.sleep(MONITOR_INTERVAL_MS, signal).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { clock, log, options, stateDir, notBeforeMs, roots = KERNEL_ROOTS } = this.#parts;
    const look = lookAtClock(this.#watch, clock, { jumpMs: CLOCK_JUMP_MS, notBeforeMs });
    this.#watch = look.watch;
    if (look.jumpedMs !== 0) log.warn({ jumpedMs: look.jumpedMs }, 'the clock of the board was moved');
    const reading = await readHost(roots, stateDir);
    this.#latest = { ...reading, loopDelay: this.#loop.take(), clockJumps: look.watch.jumps };
    const alerts = hostAlerts(this.#alerts, reading, options, look.isUnset);
    for (const id of HOST_ALERTS) {
      const text = alerts[id];
      if (text !== null && this.#alerts[id] === null) log.warn({ alert: id }, text);
      if (text !== this.#alerts[id]) for (const listener of this.#listeners) listener(id, text);
    }
    this.#alerts = alerts;
  }
}

const RESOLUTION_MS = 20;

interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How late the event loop is: what waits for it waits as long. */
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
