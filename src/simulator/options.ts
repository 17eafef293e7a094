/** What a simulated camera can be asked to show. Plain data: it can come from the config or be written in a test. */

/**
 * - `demo`: for a person watching: an activity after 6 s, every activity within 3 minutes, light and weather mild.
 * - `season`: for soaks: days of 24 simulated hours with nights, fog and rain, sessions of 20 to 90 minutes.
 * - `calm`: nobody ever goes into the water; swimmers, boats and gulls do.
 * - `faults`: the demo's sessions, and in the gaps between them night, fog, an obscured lens or a frozen camera.
 */
export const SCRIPT_NAMES = ['demo', 'season', 'calm', 'faults'] as const;

export type ScriptName = (typeof SCRIPT_NAMES)[number];

export const SCRIPTED_ACTIVITIES = ['surfing', 'windsurfing', 'kitesurfing'] as const;

export type ScriptedActivity = (typeof SCRIPTED_ACTIVITIES)[number];

/** People doing one activity on the water. Times are simulated milliseconds since the start of the simulation. */
export interface ScriptedSession {
  readonly activity: ScriptedActivity;
  readonly startMs: number;
  /** The first millisecond at which nobody of the session is on the water any more. */
  readonly endMs: number;
  /** How many ride, 1 or more. */
  readonly riders: number;
}

export type Light = 'morning' | 'day' | 'overcast' | 'glare' | 'dusk' | 'night';

export type Weather = 'clear' | 'haze' | 'rain' | 'fog';

/** `obscured`: a smeared and soiled lens. `frozen`: the camera repeats the picture of the condition's first moment. */
export type Fault = 'none' | 'obscured' | 'frozen';

/** Light, weather and camera from `startMs` until the next condition. */
export interface ScriptedCondition {
  readonly startMs: number;
  readonly light: Light;
  readonly weather: Weather;
  readonly fault: Fault;
}

/** A script written out. Nothing happens after its last session; its last condition lasts. */
export interface ExplicitScript {
  readonly sessions: readonly ScriptedSession[];
  /** In order of time; the first one begins at 0. An empty list means a clear day. */
  readonly conditions: readonly ScriptedCondition[];
}

export interface SimulatorOptions {
  /** Decides everything that is left to chance: the same options at the same simulated time give the same bytes. An integer. */
  readonly seed: number;
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** Simulated seconds per real second, above 0. */
  readonly speed: number;
  /** What happens when: the name of an endless script, or one written out. */
  readonly script: ScriptName | ExplicitScript;
  /** Folder with the JPEG frames of a real camera, shown before each block of the script; absent for none. */
  readonly footage?: string;
}
