/** A schedule in words. */
import type { ScheduleOptions } from './options.ts';
import { type ScheduleState, timeZoneOf } from './schedule.ts';
import { localDate, localTime } from './time-zone.ts';

const WORDS = {
  always: 'there is no schedule',
  'clock-unset': 'the clock is not set: watching until it is',
  scheduled: 'within the schedule',
  'sun-down': 'outside of daylight',
  'outside-windows': 'outside of the windows of the week',
} as const satisfies Record<ScheduleState['reason'], string>;

/** Why, and until when: `outside of daylight, until 2026-06-02 04:58 (Europe/Berlin)`. */
export function scheduleWords({ reason, nextChangeMs }: ScheduleState, options: ScheduleOptions): string {
  if (nextChangeMs === null) return WORDS[reason];
  const timeZone = timeZoneOf(options);
  const until = `${localDate(nextChangeMs, timeZone)} ${localTime(nextChangeMs, timeZone)}`;
  return `${WORDS[reason]}, until ${until} (${timeZone})`;
}
