/** What the daemon as a whole is at: the content of the topic `state`. */
import type { CameraStatus, StatusChange } from '../capture/camera.ts';
import type { State } from '../messaging/payloads.ts';
import type { Closed } from './attendance.ts';

export interface Circumstances {
  /** Why nobody looks although the daemon runs, where that is so. */
  readonly closed: Closed | null;
  readonly camera: CameraStatus;
  /** Why the camera gives no pictures, where it does not. */
  readonly cameraFault?: string | undefined;
  /** Why none of its pictures was judged for a while, where that is so. */
  readonly unjudged?: string | undefined;
}

export interface Condition extends Pick<State, 'state' | 'reason'> {
  /** Milliseconds since the epoch (UTC); only of what is closed. */
  readonly until?: number | null;
}

/** `stopping` is said by what stops the daemon. */
export function conditionOf({ closed, camera, cameraFault, unjudged }: Circumstances): Condition {
  if (closed !== null) return closed;
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
