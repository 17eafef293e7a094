/** Watches the frame loops of all cameras: feeds systemd's watchdog while they live, and calls for a restart when one doesn't. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import type { LoopProgress } from '../../pipeline/frame-loop.ts';
import { type Liveness, type LivenessOptions, startLiveness, stepLiveness } from './liveness.ts';
import type { Notifier } from './notifier.ts';

export interface WatchdogParts {
  readonly notifier: Pick<Notifier, 'alive' | 'wedged'>;
  /** Longest time between two signs of life; `undefined` where systemd waits for none and gets none. */
  readonly watchdogMs: number | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is watched; asked for at each check. */
export interface Watched {
  readonly progress: () => LoopProgress;
  /** The camera's pace may be changed meanwhile. */
  readonly options: () => LivenessOptions;
}

/** Signs of life for each time that systemd waits: two may be lost. */
const SIGNS = 3;
/** As if `WatchdogSec` were so, where there is none. */
const UNWATCHED_MS = 60_000;

export class Watchdog {
  readonly #parts: WatchdogParts;
  #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #liveness: readonly Liveness[] = [];

  constructor(parts: WatchdogParts) {
    this.#parts = parts;
  }

  /** To be called when the daemon is ready; again after a stop where it is started anew. */
  start(watched: readonly Watched[]): void {
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
    this.#running ??= this.#run(watched, (this.#parts.watchdogMs ?? UNWATCHED_MS) / SIGNS);
  }

  /** What is stuck, for who asks after the health of the daemon; null where nothing is. */
  get stalled(): string | null {
    return stalledIn(this.#liveness);
  }

  /** Signs of life end with it: a stop has its own time limit. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#running = undefined;
    this.#liveness = [];
  }

  async #run(watched: readonly Watched[], everyMs: number): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#stopping;
    let looks = watched.map(({ progress }) => startLiveness(progress(), clock.monotonic()));
    while (!signal.aborted) {
      looks = watched.map(({ progress, options }, index) =>
        stepLiveness(looks[index] as Liveness, progress(), clock.monotonic(), everyMs, options()),
      );
      this.#liveness = looks;
      this.#tell(stalledIn(looks));
      await clock.sleep(everyMs, signal).catch(() => undefined);
    }
  }

  /** A stall that passes is forgiven, as long as systemd has not acted. */
  #tell(stalled: string | null): void {
    const { notifier, log, watchdogMs } = this.#parts;
    if (stalled !== null) log.fatal({ stalled }, 'the pipeline is stuck');
    if (watchdogMs === undefined) return;
    if (stalled === null) notifier.alive();
    else notifier.wedged(stalled);
  }
}

function stalledIn(looks: readonly Liveness[]): string | null {
  return looks.find(({ stalled }) => stalled !== null)?.stalled ?? null;
}
