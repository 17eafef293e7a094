/** Which alerts a reading stands for. A pure function: an alert that is raised goes only when its cause is clearly gone. */
import type { HostReading } from './reading.ts';

export const HOST_ALERTS = ['disk-full', 'disk-worn', 'board-hot', 'undervoltage', 'clock-unset'] as const;

export type HostAlert = (typeof HOST_ALERTS)[number];

/** The text of each alert while it lasts, else null. */
export type HostAlerts = Readonly<Record<HostAlert, string | null>>;

export interface HostLimits {
  /** Less room than this on the disk of the state folder is too little. */
  readonly minFree: number;
  /** From this temperature of the processor on the board is too hot, in °C. */
  readonly hot: number;
}

/** Once raised, an alert lasts until there is so much more room, or the board so much cooler. The texts stay the same meanwhile. */
const ROOM_AGAIN = 1.2;
const COOLER_C = 5;
/** Share of its rated life. */
const WORN = 0.9;

export const NO_ALERTS: HostAlerts = {
  'disk-full': null,
  'disk-worn': null,
  'board-hot': null,
  undervoltage: null,
  'clock-unset': null,
};

/** @param isClockUnset the clock shows a time that cannot be right */
export function hostAlerts(
  before: HostAlerts,
  reading: HostReading,
  limits: HostLimits,
  isClockUnset: boolean,
): HostAlerts {
  return {
    'disk-full': disk(reading, limits, before['disk-full'] !== null),
    'disk-worn': worn(reading),
    'board-hot': hot(reading, limits, before['board-hot'] !== null),
    undervoltage:
      reading.undervoltage === true ? 'the voltage of the power supply is too low for the board' : null,
    'clock-unset': isClockUnset ? 'the clock shows a time that is long past: nobody has set it' : null,
  };
}

function disk({ disk: room }: HostReading, { minFree }: HostLimits, wasFull: boolean): string | null {
  if (room === null || room.freeBytes >= minFree * (wasFull ? ROOM_AGAIN : 1)) return null;
  return `less than ${Math.round(minFree / 1e6)} MB are left on the disk of the state folder`;
}

function hot({ temperatureC }: HostReading, limits: HostLimits, wasHot: boolean): string | null {
  if (temperatureC === null || temperatureC < limits.hot - (wasHot ? COOLER_C : 0)) return null;
  return `the processor is at ${limits.hot} °C or more`;
}

function worn({ wear }: HostReading): string | null {
  const bad = wear.filter(({ used, reserve }) => (used ?? 0) >= WORN || (reserve ?? 'normal') !== 'normal');
  if (bad.length === 0) return null;
  return bad
    .map(({ device, used, reserve }) => {
      const life = used === null ? '' : ` has used up to ${Math.round(used * 100)} % of its rated life`;
      const blocks =
        reserve === null || reserve === 'normal' ? '' : `, its reserve of blocks is "${reserve}"`;
      return `${device}${life}${blocks}`;
    })
    .join('; ');
}
