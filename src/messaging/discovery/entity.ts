/** An entity of Home Assistant. */

export type Platform = 'sensor' | 'binary_sensor' | 'event' | 'image' | 'button' | 'switch';

export interface Entity {
  /** Unique on the board; `a-z 0-9 _ -`: Home Assistant splits at spaces. */
  readonly key: string;
  readonly platform: Platform;
  /** Without the name of the device, which Home Assistant puts before it. */
  readonly name: string;
  /** It says nothing while the camera is away. */
  readonly ofCamera?: boolean;
  /** Switched off until somebody wants it: a board is a dozen things, not forty. */
  readonly off?: boolean;
  /** The options of the platform, beside those all have. */
  readonly config: Readonly<Record<string, unknown>>;
}
