/** A USB camera, read by fswebcam: one run of the program a picture. */
import { access, constants, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { imageType } from '../base/image-type.ts';
import { SurfwatchError } from '../errors.ts';
import { checkWebcamOptions } from './check-options.ts';
import { endChild, Undead } from './child.ts';
import { type FswebcamRun, runFswebcam } from './fswebcam.ts';
import type { WebcamOptions } from './options.ts';
import type { FrameSource, Picture } from './source.ts';
import { usbResetAdvice } from './usb.ts';

const MAX_PICTURE_BYTES = 100 * 1024 * 1024;

export interface WebcamDeps {
  /** Folder under which fswebcam writes its one picture; a RAM disk spares the SD card. Default: /dev/shm, else the system's. */
  readonly scratchDir?: string | undefined;
}

/** Gives the picture of a run of fswebcam, which is killed when the grab is aborted. */
export class WebcamSource implements FrameSource {
  readonly kind = 'webcam';
  /** Always 0: a picture is only taken when one is asked for. */
  readonly dropped = 0;
  readonly #options: WebcamOptions;
  readonly #deps: WebcamDeps;
  #folder: string | undefined;
  readonly #undead = new Undead();
  #run: FswebcamRun | undefined;

  /** @throws SurfwatchError `camera-option-refused` */
  constructor(options: WebcamOptions, deps: WebcamDeps = {}) {
    checkWebcamOptions(options);
    this.#options = options;
    this.#deps = deps;
  }

  /** @throws SurfwatchError `camera-missing`, `-forbidden`, `-busy`, `-hung`, `-program-missing`, `-bad-response` or `-failed` */
  async grab(signal: AbortSignal): Promise<Picture> {
    signal.throwIfAborted();
    const { device } = this.#options;
    this.#undead.mustBeGone(device);
    const folder = this.#folder ?? (await privateFolder(this.#deps.scratchDir ?? (await quickFolder())));
    this.#folder = folder;
    const path = join(folder, 'picture.jpg');
    try {
      const { stderr, error } = await this.#take(path, signal);
      const bytes = await readBounded(path);
      if (error === undefined && imageType(bytes) !== undefined) return { bytes, origin: device };
      throw explain(device, error, stripVTControlCharacters(stderr).trim(), bytes.length);
    } finally {
      // A later run that fails must not find this one's picture.
      await rm(path, { force: true });
      if (signal.aborted) await this.#remove(folder);
    }
  }

  /** How to reset the USB port it is plugged into. */
  async advice(): Promise<string | undefined> {
    return usbResetAdvice(this.#options.device);
  }

  async close(): Promise<void> {
    await endChild(this.#run?.child, 0);
    if (this.#folder !== undefined) await this.#remove(this.#folder);
  }

  async #remove(folder: string): Promise<void> {
    if (this.#folder === folder) this.#folder = undefined;
    await rm(folder, { recursive: true, force: true });
  }

  async #take(path: string, signal: AbortSignal): Promise<Awaited<FswebcamRun['ended']>> {
    signal.throwIfAborted();
    const run = runFswebcam(this.#options, path);
    this.#run = run;
    let onAbort = () => {};
    const aborted = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([run.ended, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      await endChild(run.child, 0);
      this.#undead.watch(run.child);
      if (this.#run === run) this.#run = undefined;
    }
  }
}

/** fswebcam's own words, sorted into what a user can do about them. */
function explain(device: string, error: Error | undefined, stderr: string, size: number): SurfwatchError {
  const end = error as { code?: unknown; signal?: unknown } | undefined;
  const cause = error === undefined ? {} : { cause: error };
  if (end?.code === 127) {
    return new SurfwatchError('camera-program-missing', 'fswebcam was not found on PATH', cause);
  }
  if (/no such (file|device)/i.test(stderr)) {
    return new SurfwatchError('camera-missing', `${device}: no such device or file`, cause);
  }
  if (/permission denied/i.test(stderr)) {
    return new SurfwatchError('camera-forbidden', `${device}: permission denied`, cause);
  }
  if (/device or resource busy/i.test(stderr)) {
    return new SurfwatchError('camera-busy', `${device}: another program holds it`, cause);
  }
  if (error !== undefined || stderr !== '') {
    const how = end?.signal ? `ended by ${end.signal}` : end?.code ? `ended with ${end.code}` : '';
    const said = [how, ...stderr.split('\n')].filter(part => part !== '').join('; ');
    return new SurfwatchError('camera-failed', `${device}: fswebcam: ${said.slice(0, 400)}`, cause);
  }
  const result = size === 0 ? 'no picture' : `${size} bytes that are no picture`;
  return new SurfwatchError('camera-bad-response', `${device}: fswebcam wrote ${result}`, cause);
}

/** The file, or nothing where there is none or it is larger than any picture. */
async function readBounded(path: string): Promise<Buffer> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  return size > MAX_PICTURE_BYTES ? Buffer.alloc(0) : readFile(path).catch(() => Buffer.alloc(0));
}

async function quickFolder(): Promise<string> {
  const ram = '/dev/shm';
  return access(ram, constants.W_OK).then(
    () => ram,
    () => tmpdir(),
  );
}

async function privateFolder(parent: string): Promise<string> {
  // It goes into a shell command, and fswebcam formats it with strftime.
  if (!/^[A-Za-z0-9_./-]+$/.test(parent)) {
    throw new SurfwatchError('camera-option-refused', `${parent}: a folder for pictures needs a plain name`);
  }
  return mkdtemp(join(parent, 'surfwatch-'));
}
