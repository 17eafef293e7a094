/** Whether the daemon lives, and whether it does its work: pure functions over a snapshot. */
import type { MetricsSnapshot } from '../../pipeline/metrics-snapshot.ts';

export interface Verdict {
  readonly ok: boolean;
  readonly state: string;
  /** Empty where all is well. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
}

/** Alive: it answers, and the watchdog found nothing stuck. A restart may help where it is not. */
export function liveness({ state, stalled }: MetricsSnapshot): Verdict {
  const reasons = stalled === null ? [] : [{ code: 'stalled', message: stalled }];
  return { ok: reasons.length === 0, state, reasons };
}

/** By intent it looks at nothing then. */
const AT_REST = ['paused', 'night', 'closed'];

/** Ready: the camera delivers, or need not; figures are served once the model is loaded. */
export function readiness({ state, camera }: MetricsSnapshot): Verdict {
  const reasons = [];
  if (state === 'stopping') reasons.push({ code: 'stopping', message: 'the daemon is stopping' });
  else if (camera.status !== 'online' && !AT_REST.includes(state)) {
    reasons.push({ code: camera.fault ?? 'camera-lost', message: `the camera is ${camera.status}` });
  }
  return { ok: reasons.length === 0, state, reasons };
}
