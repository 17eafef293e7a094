/** A stream, a device or a video file, decoded by one long-lived ffmpeg. */
import { access, constants } from 'node:fs/promises';
import { SurfwatchError } from '../errors.ts';
import type { Clock } from '../ops/clock.ts';
import { checkFfmpegOptions } from './check-options.ts';
import { withoutCredentials } from './credentials.ts';
import { inputKind } from './ffmpeg-command.ts';
import { FfmpegRun } from './ffmpeg-run.ts';
import type { FfmpegOptions } from './options.ts';
import type { FrameSource, Picture } from './source.ts';

/**
 * Starts ffmpeg at the first grab and keeps it. Of a live input (all but a file with `realtime` off) only the newest
 * picture is kept; such a file is read no faster than its pictures are grabbed, and none is dropped.
 */
export class FfmpegSource implements FrameSource {
  readonly kind = 'ffmpeg';
  readonly #options: FfmpegOptions;
  readonly #clock: Clock;
  readonly #origin: string;
  #run: FfmpegRun | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** Of the runs before this one. */
  #dropped = 0;

  /** @throws SurfwatchError `camera-option-refused` */
  constructor(options: FfmpegOptions, { clock }: { readonly clock: Clock }) {
    checkFfmpegOptions(options);
    this.#options = options;
    this.#clock = clock;
    this.#origin = withoutCredentials(options.input);
  }

  get dropped(): number {
    return this.#dropped + (this.#run?.dropped ?? 0);
  }

  /**
   * @throws SurfwatchError `camera-*` once for each end of ffmpeg; the grab after it starts another.
   * @throws EndOfFrames at the end of a file that does not loop.
   */
  async grab(signal: AbortSignal): Promise<Picture> {
    await this.#closing;
    signal.throwIfAborted();
    this.#run ??= await this.#start();
    const run = this.#run;
    try {
      return { bytes: await run.next(signal), origin: this.#origin };
    } catch (error) {
      if (error instanceof SurfwatchError || signal.aborted) this.#forget(run);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#run !== undefined) this.#forget(this.#run);
    await this.#closing;
  }

  async #start(): Promise<FfmpegRun> {
    const kind = inputKind(this.#options.input);
    if (kind === 'file' || kind === 'device') await mustBeReadable(this.#options.input);
    return new FfmpegRun(this.#options, this.#origin, this.#clock);
  }

  #forget(run: FfmpegRun): void {
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#dropped += run.dropped;
    this.#closing = run.end();
  }
}

async function mustBeReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EACCES')
      throw new SurfwatchError('camera-forbidden', `${path}: permission denied`, { cause });
    throw new SurfwatchError('camera-missing', `${path}: no such file or device`, { cause });
  });
}
