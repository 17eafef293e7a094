/** Server-sent events: every value that goes to the broker, and every frame that was judged, to whoever looks. */
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';

/** Viewers at one time. */
const MOST_VIEWERS = 100;
/** A viewer that is so far behind gets the newest values only, when it reads again. */
const MOST_WAITING_BYTES = 262_144;
/** Events that happened once which wait for such a viewer; beyond it the oldest are left out. */
const MOST_WAITING = 200;
/** A sign of life, so that proxies keep the connection and a browser notices a dead one. */
const PING_MS = 20_000;

export interface LiveEvent {
  /** `state`: a topic and its value; `frame`: what was found in a frame; `event`: something that happened once. */
  readonly name: 'state' | 'frame' | 'event';
  /** Of events with one key only the newest counts. */
  readonly key: string;
  readonly json: string;
}

interface Viewer {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** What it has not been given yet, newest by key. */
  readonly waiting: Map<string, LiveEvent>;
}

export class Live {
  readonly #viewers = new Set<Viewer>();
  readonly #newest = new Map<string, LiveEvent>();
  readonly #clock: Clock;
  readonly #ending = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(): void {
    void this.#ping();
  }

  stop(): void {
    this.#ending.abort();
    for (const viewer of [...this.#viewers]) this.#end(viewer);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Something new. What is a state is kept for those who come later. */
  tell(name: LiveEvent['name'], key: string, value: unknown): void {
    const event = { name, key: `${name} ${key}`, json: JSON.stringify(value) };
    if (name !== 'event') this.#newest.set(event.key, event);
    for (const viewer of this.#viewers) this.#give(viewer, event);
  }

  /**
   * A stream for one more viewer: first all that holds now, then all that is new.
   *
   * @throws SurfwatchError `web-busy`
   */
  open(signal: AbortSignal): ReadableStream<Uint8Array> {
    if (this.#viewers.size >= MOST_VIEWERS) {
      throw new SurfwatchError('web-busy', `${MOST_VIEWERS} viewers look already`);
    }
    let viewer: Viewer | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: controller => {
          viewer = { controller, waiting: new Map(this.#newest) };
          this.#viewers.add(viewer);
          signal.addEventListener('abort', () => viewer && this.#end(viewer), { once: true });
        },
        pull: () => {
          if (viewer !== undefined) this.#flush(viewer);
        },
        cancel: () => {
          if (viewer !== undefined) this.#viewers.delete(viewer);
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING_BYTES }),
    );
  }

  #give(viewer: Viewer, event: LiveEvent): void {
    // Taken out first, so that the newest comes last.
    viewer.waiting.delete(event.key);
    viewer.waiting.set(event.key, event);
    const oldest = [...viewer.waiting.keys()].find(key => key.startsWith('event '));
    if (viewer.waiting.size > MOST_WAITING && oldest !== undefined) viewer.waiting.delete(oldest);
    this.#flush(viewer);
  }

  #flush({ controller, waiting }: Viewer): void {
    for (const [key, { name, json }] of waiting) {
      if ((controller.desiredSize ?? 0) <= 0) return;
      waiting.delete(key);
      controller.enqueue(Buffer.from(`event: ${name}\ndata: ${json}\n\n`));
    }
  }

  #end(viewer: Viewer): void {
    if (!this.#viewers.delete(viewer)) return;
    try {
      viewer.controller.close();
    } catch {
      // It was cancelled at the same time.
    }
  }

  async #ping(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#clock.sleep(PING_MS, signal).catch(() => undefined);
      for (const { controller } of this.#viewers) {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(Buffer.from(': still here\n\n'));
      }
    }
  }
}
