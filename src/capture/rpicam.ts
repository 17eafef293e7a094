/** A camera on the ribbon connector of a Raspberry Pi, read by one long-lived rpicam-vid. */

import type { Clock } from '../base/clock.ts';
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import { checkRpicamOptions } from './check-options.ts';
import type { RpicamOptions } from './options.ts';
import { lastLines, type ProgramEnd } from './program-run.ts';
import { ProgramSource } from './program-source.ts';
import { rpicamArguments } from './rpicam-command.ts';

/** Raspberry Pi OS has had the first since Bookworm (2023), and before it the second. */
export const RPICAM_PROGRAMS = ['rpicam-vid', 'libcamera-vid'] as const;

/** Keeps the newest picture only. Tries the program's older name where the newer is not installed. */
export class RpicamSource extends ProgramSource {
  /** @throws SurfwatchError `camera-option-refused` */
  constructor(options: RpicamOptions, { clock }: { readonly clock: Clock }) {
    checkRpicamOptions(options);
    const origin = `rpicam:${options.camera}`;
    let name: (typeof RPICAM_PROGRAMS)[number] = 'rpicam-vid';
    super({
      kind: 'rpicam',
      origin,
      clock,
      program: async () => ({
        command: name,
        args: rpicamArguments(options),
        freshMs: Math.max(2000, 3000 / options.fps),
        patient: false,
        explain: end => explain(origin, end),
      }),
      ended: reason => {
        const missing = reason instanceof SurfwatchError && reason.code === 'camera-program-missing';
        name = missing && name === 'rpicam-vid' ? 'libcamera-vid' : 'rpicam-vid';
        return missing && name === 'libcamera-vid';
      },
      advice: async () => ADVICE,
    });
  }
}

const ADVICE =
  'check both ends of the ribbon cable; `dmesg` and `rpicam-vid --list-cameras` tell whether the sensor answers, and a restart of the board resets it';

// Messages of rpicam-apps (core/rpicam_app.cpp, core/options.cpp), libcamera and boost::program_options.
const REASONS = [
  [/no cameras available|selected camera is not available|failed to find camera/i, 'camera-missing'],
  [/in use by another process|failed to acquire camera|Device or resource busy/i, 'camera-busy'],
  [/Permission denied/i, 'camera-forbidden'],
  [
    /unrecognised option|option .* is invalid|Invalid (?:mode|exposure|AWB|metering|lens|AfMode|HDR)|illegal rotation|Failed to .*tuning file/i,
    'camera-option-refused',
  ],
] as const satisfies [RegExp, ErrorCode][];

function explain(origin: string, { how, stderr }: ProgramEnd): SurfwatchError {
  const code = REASONS.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'camera-failed';
  const said = lastLines(stderr);
  return new SurfwatchError(code, `${origin}: rpicam-vid ${how}${said === '' ? '' : `: ${said}`}`);
}
