/** What a failed grab tells a user. */

import type { Clock } from '../base/clock.ts';
import { type ErrorCode, messageOf, SurfwatchError } from '../errors.ts';
import type { FrameSource } from './source.ts';

export interface CameraFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Failures that a reset of the camera may end. */
const ADVISED: ReadonlySet<ErrorCode> = new Set([
  'camera-timeout',
  'camera-failed',
  'camera-hung',
  'camera-bad-response',
]);
const ADVICE_WITHIN_MS = 1000;

/**
 * The failure behind an error; from the second in a row on with the source's advice.
 *
 * @param inARow failures since the last good picture, this one included.
 */
export async function failureOf(
  error: unknown,
  inARow: number,
  source: FrameSource,
  clock: Clock,
): Promise<CameraFailure> {
  const code = error instanceof SurfwatchError ? error.code : 'camera-failed';
  const message = messageOf(error);
  const advice = inARow > 1 && ADVISED.has(code) ? await adviceOf(source, clock) : undefined;
  return { code, message: advice === undefined ? message : `${message}; ${advice}` };
}

async function adviceOf(source: FrameSource, clock: Clock): Promise<string | undefined> {
  if (source.advice === undefined) return undefined;
  const timer = new AbortController();
  const tooLate = clock.sleep(ADVICE_WITHIN_MS, timer.signal).then(() => undefined);
  try {
    return await Promise.race([source.advice(), tooLate]);
  } catch {
    return undefined;
  } finally {
    timer.abort();
    tooLate.catch(() => undefined);
  }
}
