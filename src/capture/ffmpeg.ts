/** A stream, a device or a video file, decoded by one long-lived ffmpeg. */
import { access, constants } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { checkFfmpegOptions } from './check-options.ts';
import { withoutCredentials } from './credentials.ts';
import { ffmpegCommand, inputKind } from './ffmpeg-command.ts';
import { explainFfmpeg, isHardwareFault, isNetworkFault } from './ffmpeg-end.ts';
import type { FfmpegOptions } from './options.ts';
import type { Program } from './program-run.ts';
import { ProgramSource } from './program-source.ts';
import { usbResetAdvice } from './usb.ts';

export interface FfmpegDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * From a live input (all but a file with `loop` off) only the newest picture is kept; such a file is read no faster
 * than its pictures are grabbed, and none is dropped. A hardware decoder that fails is replaced by the processor until
 * ffmpeg is started again.
 */
export class FfmpegSource extends ProgramSource {
  /** @throws SurfwatchError `camera-option-refused` */
  constructor(options: FfmpegOptions, { clock, log }: FfmpegDeps) {
    checkFfmpegOptions(options);
    const kind = inputKind(options.input);
    const decoder = new Decoder(options, log);
    super({
      kind: 'ffmpeg',
      origin: withoutCredentials(options.input),
      clock,
      program: async () => {
        if (kind === 'file' || kind === 'device') await mustBeReadable(options.input);
        return programOf(decoder.options);
      },
      ended: (reason, pictures) => decoder.ended(reason, pictures),
      ...(kind === 'device' ? { advice: () => usbResetAdvice(options.input) } : {}),
    });
  }
}

function programOf(options: FfmpegOptions): Program {
  const { args, input } = ffmpegCommand(options);
  return {
    command: 'ffmpeg',
    args,
    ...(input === undefined ? {} : { input }),
    freshMs: Math.max(2000, 3000 / options.fps),
    patient: inputKind(options.input) === 'file' && !options.loop,
    explain: end => explainFfmpeg(options, end),
  };
}

/** Which decoder the next ffmpeg uses. */
class Decoder {
  readonly #options: FfmpegOptions;
  readonly #log: Logger;
  #inSoftware = false;
  #warned = false;

  constructor(options: FfmpegOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  get options(): FfmpegOptions {
    return this.#inSoftware ? { ...this.#options, hwaccel: null } : this.#options;
  }

  /** @returns whether the processor is worth trying now. A hardware decoder that just stays silent may hang. */
  ended(reason: unknown, pictures: boolean): boolean {
    const { hwaccel } = this.#options;
    // Anything else ends it from outside.
    if (hwaccel === null || !(reason instanceof SurfwatchError)) return false;
    const before = this.#inSoftware;
    const silent = !pictures && !isNetworkFault(reason);
    this.#inSoftware = !before && (silent || isHardwareFault(reason));
    if (!this.#inSoftware) return false;
    const level = this.#warned ? 'debug' : 'warn';
    this.#warned = true;
    this.#log[level](
      { hwaccel, err: reason },
      'hardware decoding gives no picture: decoding on the processor',
    );
    return true;
  }
}

async function mustBeReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EACCES')
      throw new SurfwatchError('camera-forbidden', `${path}: permission denied`, { cause });
    throw new SurfwatchError('camera-missing', `${path}: no such file or device`, { cause });
  });
}
