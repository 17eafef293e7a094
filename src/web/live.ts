/** Server-sent events: every value that goes to the broker, and every frame that was judged, to whoever looks. */
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';

/** Viewers at one time. */
const MOST_VIEWERS = 100;
/** Beyond it a viewer is behind, and gets the newest values only, when it reads again. */
const MOST_WAITING_BYTES = 65_536;
/** Events that happened once which wait for such a viewer; beyond it the oldest are left out. */
const MOST_WAITING_EVENTS = 100;
/** A sign of life, so that proxies keep the connection and a browser notices a dead one. */
const PING_MS = 20_000;

export type LiveName = 'state' | 'frame' | 'event';

interface LiveEvent {
  /** Key of an event: only the newest of those with one key counts. */
  readonly key: string;
  /** As it is sent: the same bytes to all. */
  readonly bytes: Uint8Array;
}

interface Viewer {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** What it has not been given yet, by key. */
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

  /** Ends all streams. */
  stop(): void {
    this.#ending.abort();
    for (const viewer of [...this.#viewers]) this.#end(viewer);
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /**
   * Something new: `state`, a topic and its value; `frame`, what was found in a frame; `event`, something that happened once.
   * What is no event is kept for those who come later.
   */
  tell(name: LiveName, key: string, value: unknown): void {
    const bytes = Buffer.from(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);
    const event = { key: `${name} ${key}`, bytes };
    if (name !== 'event') this.#newest.set(event.key, event);
    for (const viewer of this.#viewers) this.#give(viewer, event);
  }

  /** What those who come later need not be told any more. */
  forget(name: LiveName, key: string): void {
    this.#newest.delete(`${name} ${key}`);
  }

  /**
   * A stream for one more viewer: first all that holds now, then all that is new.
   *
   * @throws SurfwatchError `web-busy`
   */
  open(): ReadableStream<Uint8Array> {
    if (this.#viewers.size >= MOST_VIEWERS) {
      throw new SurfwatchError('web-busy', `${MOST_VIEWERS} viewers look already`);
    }
    let viewer: Viewer | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: controller => {
          viewer = { controller, waiting: new Map(this.#newest) };
          this.#viewers.add(viewer);
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
    const { waiting } = viewer;
    // Taken out first, so that the newest comes last.
    waiting.delete(event.key);
    waiting.set(event.key, event);
    this.#flush(viewer);
    if (waiting.size <= MOST_WAITING_EVENTS) return;
    const events = [...waiting.keys()].filter(key => key.startsWith('event '));
    for (const key of events.slice(0, -MOST_WAITING_EVENTS)) waiting.delete(key);
  }

  #flush({ controller, waiting }: Viewer): void {
    for (const [key, { bytes }] of waiting) {
      if ((controller.desiredSize ?? 0) <= 0) return;
      waiting.delete(key);
      controller.enqueue(bytes);
    }
  }

  #end(viewer: Viewer): void {
    this.#viewers.delete(viewer);
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
