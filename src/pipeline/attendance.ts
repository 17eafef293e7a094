/** Whether the camera is to be asked, and why not. */

import { scheduleWords } from '../schedule/describe.ts';
import type { ScheduleOptions } from '../schedule/options.ts';
import type { ScheduleState } from '../schedule/schedule.ts';
import type { PauseState } from './pause.ts';

/** `state` is what the topic `state` says, and the visibility of what nobody looks at. */
export interface Closed {
  readonly state: 'paused' | 'night' | 'closed';
  readonly reason: string;
  /** When it ends by itself: milliseconds since the epoch (UTC); null where it does not, or nobody knows. */
  readonly until: number | null;
}

/**
 * Null where the camera is to be asked. A pause goes over the schedule, and the sun over the windows of the week: while
 * it is down that alone is reason enough, so a closed morning is `night` until sunrise and `closed` after it.
 */
export function closedBecause(
  pause: PauseState | null,
  schedule: ScheduleState,
  options: ScheduleOptions,
): Closed | null {
  if (pause !== null) {
    const { until, reason } = pause;
    return { state: 'paused', reason: reason ?? 'asked for', until };
  }
  if (schedule.open) return null;
  const state = schedule.reason === 'outside-windows' ? 'closed' : 'night';
  return { state, reason: scheduleWords(schedule, options), until: schedule.nextChangeMs };
}
