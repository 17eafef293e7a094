/** One picture at once, for whoever asks for it by hand. */
import type { CameraStats } from '../capture/camera.ts';
import type { Frame, FrameSource } from '../capture/source.ts';
import { closeWithin, grabWithin } from '../capture/timed.ts';
import { SurfwatchError } from '../errors.ts';
import type { Clock } from '../ops/clock.ts';
import type { Look } from './watch.ts';

/** Those who wait for the next look, however it came about. */
export class NextLook {
  readonly #waiting = new Set<(look: Look) => void>();

  /** Hands a look to all who wait. */
  give(look: Look): void {
    for (const take of this.#waiting) take(look);
  }

  /**
   * The next look at a frame that came in from now on, within `timeoutMs`.
   *
   * @param stats of the camera, which knows why none came
   * @throws SurfwatchError the camera's last failure, or `camera-timeout`
   */
  async within(
    timeoutMs: number,
    clock: Clock,
    stats: () => CameraStats,
    signal: AbortSignal,
  ): Promise<Look> {
    const timer = new AbortController();
    const failures = stats().failures;
    const askedMs = clock.monotonic();
    let take: (look: Look) => void = () => undefined;
    const look = new Promise<Look>(resolve => {
      take = found => {
        if (found.looked.observation.monotonicMs >= askedMs) resolve(found);
      };
    });
    this.#waiting.add(take);
    const tooLate = clock.sleep(timeoutMs, AbortSignal.any([signal, timer.signal])).catch(() => undefined);
    try {
      const found = await Promise.race([look, tooLate]);
      if (found !== undefined) return found;
      const { lastError, failures: now } = stats();
      if (lastError !== undefined && now > failures)
        throw new SurfwatchError(lastError.code, lastError.message);
      throw new SurfwatchError('camera-timeout', `no picture within ${timeoutMs / 1000} s`);
    } finally {
      timer.abort();
      this.#waiting.delete(take);
    }
  }
}

/** One picture from a source of its own: for a camera that is closed at the moment. */
export async function grabOnce(
  source: FrameSource,
  {
    clock,
    timeoutMs,
    newId,
  }: { readonly clock: Clock; readonly timeoutMs: number; readonly newId: () => string },
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
