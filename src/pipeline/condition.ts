/** What the daemon as a whole is doing, and why: the content of the topic `state`. */
import type { CameraStatus, StatusChange } from '../capture/camera.ts';
import type { State } from '../messaging/payloads.ts';
import { scheduleWords } from '../schedule/describe.ts';
import type { ScheduleOptions } from '../schedule/options.ts';
import type { ScheduleState } from '../schedule/schedule.ts';
import type { PauseState } from './pause.ts';

/** Why the camera is not to be asked. `state` is also the visibility meanwhile. */
export interface CaptureOff {
  readonly state: 'paused' | 'night' | 'closed';
  readonly reason: string;
  /** When it ends by itself: milliseconds since the epoch (UTC); null where it does not, or nobody knows. */
  readonly until: number | null;
}

/**
 * Null where the camera is to be asked. A pause goes over the schedule, and the sun over the windows of the week: while
 * it is down that alone is reason enough, so a closed morning is `night` until sunrise and `closed` after it.
 */
export function captureOff(
  pause: PauseState | null,
  schedule: ScheduleState,
  options: ScheduleOptions,
): CaptureOff | null {
  if (pause !== null) {
    const { until, reason } = pause;
    return { state: 'paused', reason: reason ?? 'asked for', until };
  }
  if (schedule.open) return null;
  const state = schedule.reason === 'outside-windows' ? 'closed' : 'night';
  return { state, reason: scheduleWords(schedule, options), until: schedule.nextChangeMs };
}

export interface Circumstances {
  /** Null while capture is on. */
  readonly off: CaptureOff | null;
  readonly camera: CameraStatus;
  /** Why the camera gives no pictures, where it does not. */
  readonly cameraFault?: string | undefined;
  /** Why none of its pictures was judged for a while, where that is so. */
  readonly unjudged?: string | undefined;
}

export interface Condition extends Pick<State, 'state' | 'reason'> {
  /** Milliseconds since the epoch (UTC); absent while capture is on. */
  readonly until?: number | null;
}

export interface CurrentCondition extends Condition {
  /** Since when it holds, by the monotonic clock: the wall clock may be set meanwhile. */
  readonly sinceMs: number;
}

/** `stopping` is published by the messaging itself, as its last word. */
export function conditionOf({ off, camera, cameraFault, unjudged }: Circumstances): Condition {
  if (off !== null) return off;
  if (camera === 'starting') return { state: 'starting' };
  if (camera === 'online')
    return unjudged === undefined ? { state: 'running' } : { state: 'degraded', reason: unjudged };
  return { state: 'degraded', reason: cameraFault ?? 'no picture' };
}

export function sameCondition(before: Condition, after: Condition): boolean {
  return before.state === after.state && before.reason === after.reason && before.until === after.until;
}

/** What is wrong with a camera that is not online, code first. */
export function cameraFaultOf(status: StatusChange['status'], error: StatusChange['error']): string {
  if (status === 'ended') return 'the source has no more pictures';
  return `${error?.code ?? 'camera-lost'}: ${error?.message ?? 'no picture'}`;
}
