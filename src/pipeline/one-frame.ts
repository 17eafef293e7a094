/** One picture at once, for whoever asks for it by hand. */

import type { Clock } from '../base/clock.ts';
import { deferred } from '../base/deferred.ts';
import type { Frame, FrameSource } from '../capture/source.ts';
import { closeWithin, grabWithin } from '../capture/timed.ts';
import { SurfwatchError } from '../errors.ts';
import type { Pipeline } from './pipeline.ts';
import type { ProcessedFrame } from './processed-frame.ts';

interface Request {
  /** Null: the camera was closed, none will come. */
  readonly give: (frame: ProcessedFrame | null) => void;
  readonly fail: (error: unknown) => void;
}

/** Those who wait for the next frame of the camera. */
export class FrameRequests {
  readonly #waiting = new Set<Request>();

  /** Hands a frame to all who wait, or null where none will come. */
  give(frame: ProcessedFrame | null): void {
    for (const request of this.#waiting) request.give(frame);
  }

  /** Tells all who wait why there is none. */
  fail(error: unknown): void {
    for (const request of this.#waiting) request.fail(error);
  }

  /**
   * The next frame that comes in from now on, within `timeoutMs`; null where there will be none.
   *
   * @throws SurfwatchError `camera-timeout`; else what {@link fail} is given
   */
  async next(timeoutMs: number, clock: Clock, signal: AbortSignal): Promise<ProcessedFrame | null> {
    const timer = new AbortController();
    const askedMs = clock.monotonic();
    const { promise, resolve, reject } = deferred<ProcessedFrame | null>();
    const request: Request = {
      give: frame => {
        if (frame === null || frame.observed.observation.monotonicMs >= askedMs) resolve(frame);
      },
      fail: reject,
    };
    this.#waiting.add(request);
    const tooLate = clock.sleep(timeoutMs, AbortSignal.any([signal, timer.signal])).catch(() => undefined);
    try {
      const found = await Promise.race([promise, tooLate]);
      if (found === undefined)
        throw new SurfwatchError('camera-timeout', `no picture within ${timeoutMs / 1000} s`);
      return found;
    } finally {
      timer.abort();
      this.#waiting.delete(request);
    }
  }
}

export interface GrabDeps {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly newId: () => string;
}

/** One picture from a source of its own: for a camera that is closed at the moment. */
export async function grabOnce(
  source: FrameSource,
  { clock, timeoutMs, newId }: GrabDeps,
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

/** As {@link grabOnce}, and what the frame shows; the tracker does not learn of it. */
export async function observeOnce(
  source: FrameSource,
  deps: GrabDeps & { readonly pipeline: Pick<Pipeline, 'observe'> },
  signal: AbortSignal,
): Promise<ProcessedFrame> {
  const { clock, pipeline } = deps;
  const frame = await grabOnce(source, deps, signal);
  const startedMs = clock.monotonic();
  const observed = await pipeline.observe(frame, startedMs);
  return { frame, observed, tookMs: clock.monotonic() - startedMs };
}
