/** Bounds what a source may take, also for one that doesn't keep to its contract. */

import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import type { FrameSource, Picture } from './source.ts';

/**
 * One picture within `timeoutMs`. A source that ignores its signal is left behind.
 *
 * @param limit aborted here on time-out, and by whoever wants the grab to end.
 * @throws whatever ended the grab: the limit's reason (`camera-timeout`), before what the source made of it.
 */
export async function grabWithin(
  source: FrameSource,
  clock: Clock,
  timeoutMs: number,
  limit: AbortController,
): Promise<Picture> {
  const timer = new AbortController();
  clock.sleep(timeoutMs, timer.signal).then(
    () => limit.abort(new SurfwatchError('camera-timeout', `no picture within ${timeoutMs / 1000} s`)),
    () => undefined,
  );
  const aborted = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason), { once: true });
  });
  // It may reject long after the grab, when nobody listens any more.
  aborted.catch(() => undefined);
  try {
    return await Promise.race([aborted, source.grab(limit.signal)]);
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    timer.abort();
  }
}

/** Closes a source, but waits no longer than `timeoutMs`. Rejects as the source does. */
export async function closeWithin(source: FrameSource, clock: Clock, timeoutMs: number): Promise<void> {
  const timer = new AbortController();
  try {
    await Promise.race([source.close(), clock.sleep(timeoutMs, timer.signal).catch(() => undefined)]);
  } finally {
    timer.abort();
  }
}
