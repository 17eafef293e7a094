/** One picture at once, for whoever asks for it by hand. */

import type { Clock } from '../base/clock.ts';
import type { Frame, FrameSource } from '../capture/source.ts';
import { closeWithin, grabWithin } from '../capture/timed.ts';
import { SurfwatchError } from '../errors.ts';
import type { Look, Watch } from './watch.ts';

interface Waiting {
  /** Null: the camera was closed, none will come. */
  readonly take: (look: Look | null) => void;
  readonly fail: (error: unknown) => void;
}

/** Those who wait for the next look, however it came about. */
export class NextLook {
  readonly #waiting = new Set<Waiting>();

  /** Hands a look to all who wait, or null where none will come. */
  give(look: Look | null): void {
    for (const { take } of this.#waiting) take(look);
  }

  /** Tells all who wait why there is none. */
  fail(error: unknown): void {
    for (const { fail } of this.#waiting) fail(error);
  }

  /**
   * The next look at a frame that came in from now on, within `timeoutMs`; null where there will be none.
   *
   * @throws SurfwatchError `camera-timeout`; else what {@link fail} is given
   */
  async within(timeoutMs: number, clock: Clock, signal: AbortSignal): Promise<Look | null> {
    const timer = new AbortController();
    const askedMs = clock.monotonic();
    const { promise, resolve, reject } = deferred<Look | null>();
    const waiting: Waiting = {
      take: look => {
        if (look === null || look.looked.observation.monotonicMs >= askedMs) resolve(look);
      },
      fail: reject,
    };
    this.#waiting.add(waiting);
    const tooLate = clock.sleep(timeoutMs, AbortSignal.any([signal, timer.signal])).catch(() => undefined);
    try {
      const found = await Promise.race([promise, tooLate]);
      if (found === undefined)
        throw new SurfwatchError('camera-timeout', `no picture within ${timeoutMs / 1000} s`);
      return found;
    } finally {
      timer.abort();
      this.#waiting.delete(waiting);
    }
  }
}

/** A promise, and what settles it. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

export interface GrabParts {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly newId: () => string;
}

/** One picture from a source of its own: for a camera that is closed at the moment. */
export async function grabOnce(
  source: FrameSource,
  { clock, timeoutMs, newId }: GrabParts,
  signal: AbortSignal,
): Promise<Frame> {
  const limit = new AbortController();
  const onAbort = () => limit.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const picture = await grabWithin(source, clock, timeoutMs, limit);
    return { ...picture, id: newId(), takenAt: clock.now() };
  } finally {
    signal.removeEventListener('abort', onAbort);
    await closeWithin(source, clock, timeoutMs).catch(() => undefined);
  }
}

/** As {@link grabOnce}, and what is seen in it; the tracker does not learn of it. */
export async function examineOnce(
  source: FrameSource,
  parts: GrabParts & { readonly watch: Watch },
  signal: AbortSignal,
): Promise<Look> {
  const { clock, watch } = parts;
  const frame = await grabOnce(source, parts, signal);
  const startedMs = clock.monotonic();
  const looked = await watch.examine(frame, startedMs);
  return { frame, looked, tookMs: clock.monotonic() - startedMs };
}
