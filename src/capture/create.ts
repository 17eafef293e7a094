/** Chooses the source of pictures. Each kind's code is only loaded when it is the one in use. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { checkCameraOptions } from './check-options.ts';
import type { CameraOptions } from './options.ts';
import type { FrameSource, Picture } from './source.ts';

export interface SourceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Folder for the one picture the webcam's program writes; see {@link WebcamDeps} of webcam.ts. */
  readonly scratchDir?: string;
}

/**
 * The source of the configured kind. Nothing is opened or loaded before the first grab.
 *
 * @throws SurfwatchError `camera-option-refused` when a setting of this kind cannot be used.
 */
export function createSource(options: CameraOptions, deps: SourceDeps): FrameSource {
  checkCameraOptions(options);
  return new LazySource(options.kind, () => load(options, deps));
}

async function load(options: CameraOptions, deps: SourceDeps): Promise<FrameSource> {
  switch (options.kind) {
    case 'webcam':
      return new (await import('./webcam.ts')).WebcamSource(options.webcam, deps);
    case 'rpicam':
      return new (await import('./rpicam.ts')).RpicamSource(options.rpicam, deps);
    case 'directory':
      return new (await import('./directory.ts')).DirectorySource(options.directory, deps);
    case 'http':
      return new (await import('./http.ts')).HttpSource(options.http);
    case 'ffmpeg':
      return new (await import('./ffmpeg.ts')).FfmpegSource(options.ffmpeg, deps);
    case 'simulator':
      return (await import('./simulated.ts')).createSimulatorSource(options.simulator, deps);
  }
}

class LazySource implements FrameSource {
  readonly kind;
  readonly #load: () => Promise<FrameSource>;
  #loading: Promise<FrameSource> | undefined;
  #source: FrameSource | undefined;

  constructor(kind: FrameSource['kind'], load: () => Promise<FrameSource>) {
    this.kind = kind;
    this.#load = load;
  }

  get dropped(): number {
    return this.#source?.dropped ?? 0;
  }

  async grab(signal: AbortSignal): Promise<Picture> {
    this.#loading ??= this.#load();
    this.#source = await this.#loading;
    signal.throwIfAborted();
    return this.#source.grab(signal);
  }

  async advice(): Promise<string | undefined> {
    return this.#source?.advice?.();
  }

  async close(): Promise<void> {
    await this.#source?.close();
  }
}
