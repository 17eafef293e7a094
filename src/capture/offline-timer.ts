/** Says when there has been no picture for too long, whatever the camera is waiting for at that moment. */
import type { Clock } from '../base/clock.ts';

export class OfflineTimer {
  readonly #clock: Clock;
  readonly #onOffline: () => void;
  #current: AbortController | undefined;

  constructor(clock: Clock, onOffline: () => void) {
    this.#clock = clock;
    this.#onOffline = onOffline;
  }

  /** Whether it is counting. */
  get armed(): boolean {
    return this.#current !== undefined;
  }

  /** Counts from now; an earlier count is forgotten. */
  arm(ms: number): void {
    this.disarm();
    const current = new AbortController();
    this.#current = current;
    this.#clock.sleep(ms, current.signal).then(
      () => {
        if (this.#current !== current) return;
        this.#current = undefined;
        this.#onOffline();
      },
      () => undefined,
    );
  }

  disarm(): void {
    this.#current?.abort();
    this.#current = undefined;
  }
}
