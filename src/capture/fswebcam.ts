/** One run of fswebcam through node-webcam, which builds a shell command and keeps its child process to itself. */
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import NodeWebcam from 'node-webcam';
import type { WebcamOptions } from './options.ts';

/** From 90 on no blocks show on small riders. */
const JPEG_QUALITY = 92;
/** Characters of its messages that are kept. */
const KEPT_STDERR = 2000;

/** A run that was started: its child, and its end. */
export interface FswebcamRun {
  readonly child: ChildProcess | undefined;
  /**
   * What the program wrote to stderr, and the error where it or the shell failed. Never rejects.
   * fswebcam exits with 0 even when it took no picture.
   */
  readonly ended: Promise<{ readonly stderr: string; readonly error: Error | undefined }>;
}

/**
 * Starts fswebcam to write one JPEG.
 *
 * @param options checked before: they go into the shell command as they are.
 * @param path file to write, of characters that mean nothing to a shell or to strftime.
 */
export function runFswebcam(options: WebcamOptions, path: string): FswebcamRun {
  let child: ChildProcess | undefined;
  // Node announces each child it makes; taking a picture makes it before `capture` returns.
  const meet = (message: unknown) => {
    child ??= (message as { process: ChildProcess }).process;
  };
  subscribe('child_process', meet);
  try {
    const webcam = new KillableFswebcam(options);
    let stderr = '';
    const ended = new Promise<{ stderr: string; error: Error | undefined }>(resolve => {
      webcam.capture(path, error => resolve({ stderr, error: error ?? undefined }));
    });
    child?.stderr?.on('data', (text: string) => {
      stderr = (stderr + text).slice(0, KEPT_STDERR);
    });
    return { child, ended };
  } finally {
    unsubscribe('child_process', meet);
  }
}

class KillableFswebcam extends NodeWebcam.FSWebcam {
  readonly #skip: string;

  constructor(options: WebcamOptions) {
    super({
      device: options.device,
      width: options.width,
      height: options.height,
      quality: JPEG_QUALITY,
      delay: 0,
      output: 'jpeg',
      callbackReturn: 'location',
      saveShots: false,
    });
    this.#skip = options.skipFrames > 0 ? ` --skip ${options.skipFrames}` : '';
  }

  /** `exec` makes the shell's process fswebcam's own, so that killing the child kills it. */
  override generateSh(location: string | null): string {
    return super.generateSh(location).replace(/^fswebcam/, `exec fswebcam${this.#skip}`);
  }

  /** The library's own guess at a missing camera; all that fswebcam wrote is read by the caller. */
  override runCaptureValidations(): null {
    return null;
  }
}
