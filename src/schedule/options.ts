/** When the camera is watched: by daylight, by the clock, or both. */

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Day = (typeof DAYS)[number];

/** A window of the week as a config lists it; with `to` at or before `from` it ends on the next day. */
export interface WindowSetting {
  /** `mon` to `sun`, or ranges such as `mon-fri`; every day where absent. */
  readonly days?: readonly string[];
  /** `HH:MM`, 00:00 to 24:00, by the clock of the time zone. */
  readonly from: string;
  readonly to: string;
}

export interface ScheduleOptions {
  readonly enabled: boolean;
  /** What counts as daylight: the sun above the horizon, civil twilight too, or all hours. */
  readonly daylight: 'sun' | 'civil' | 'all';
  /** Degrees north, -90..90. */
  readonly latitude: number | null;
  /** Degrees east, -180..180. */
  readonly longitude: number | null;
  /** Added to the time at which daylight begins; negative is earlier. */
  readonly morningOffsetMs: number;
  /** Added to the time at which daylight ends; negative is earlier. */
  readonly eveningOffsetMs: number;
  /** None: all week. With daylight both must hold. */
  readonly windows: readonly WindowSetting[];
  /** IANA name; null for that of the system. */
  readonly timeZone: string | null;
}
