/** One life of ffmpeg: from its start to its end, whatever ends it. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { SurfwatchError } from '../errors.ts';
import type { Clock } from '../ops/clock.ts';
import { endChild } from './child.ts';
import { redact } from './credentials.ts';
import { explainEnd, ffmpegArguments, inputKind } from './ffmpeg-command.ts';
import { JpegSplitter } from './jpeg-splitter.ts';
import type { FfmpegOptions } from './options.ts';
import { EndOfFrames } from './source.ts';

/** 8K at this quality stays below. */
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
/** Enough for ffmpeg's reason, which comes last. */
const KEPT_STDERR = 1000;
/** How long it may take to hang up properly; a server keeps the session of a client that just vanishes. */
const GRACE_MS = 1000;

export class FfmpegRun {
  dropped = 0;
  readonly #options: FfmpegOptions;
  readonly #origin: string;
  readonly #clock: Clock;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #splitter = new JpegSplitter({ maxBytes: MAX_PICTURE_BYTES });
  /** A file that is read at the pace of its grabs. */
  readonly #patient: boolean;
  /** An older picture than this came before the stream stalled. */
  readonly #freshMs: number;
  /** At most one, unless patient. */
  #pictures: { readonly bytes: Buffer; readonly at: number }[] = [];
  #any = false;
  #stderr = '';
  #end: Error | undefined;
  #wake = () => {};

  constructor(options: FfmpegOptions, origin: string, clock: Clock) {
    this.#options = options;
    this.#origin = origin;
    this.#clock = clock;
    this.#patient = inputKind(options.input) === 'file' && !options.realtime;
    this.#freshMs = Math.max(2000, 3000 / options.fps);
    this.#child = spawn('ffmpeg', ffmpegArguments(options), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    this.#child.on('error', error => this.#finish(startFailure(error)));
    this.#child.on('close', (code, signal) => this.#finish(this.#explain(code, signal)));
    // A child of its own may hold the pipes open after it. Patience leaves them unread on purpose.
    this.#child.on('exit', (code, signal) => {
      if (this.#patient) return;
      setTimeout(() => this.#finish(this.#explain(code, signal)), GRACE_MS).unref();
    });
  }

  /** The next picture; rejects when ffmpeg has ended, or with the signal's reason. */
  async next(signal: AbortSignal): Promise<Buffer> {
    for (;;) {
      signal.throwIfAborted();
      const picture = this.#pictures.shift();
      if (picture !== undefined && this.#isFresh(picture.at)) {
        if (this.#pictures.length === 0) this.#child.stdout.resume();
        return picture.bytes;
      }
      if (picture !== undefined) this.dropped += 1;
      else if (this.#end !== undefined) throw this.#end;
      else await this.#news(signal);
    }
  }

  /** Kills it, if it still lives. */
  async end(): Promise<void> {
    await endChild(this.#child, GRACE_MS);
  }

  #isFresh(at: number): boolean {
    return this.#patient || this.#clock.monotonic() - at <= this.#freshMs;
  }

  async #news(signal: AbortSignal): Promise<void> {
    let wake = () => {};
    await new Promise<void>(resolve => {
      wake = resolve;
      this.#wake = resolve;
      signal.addEventListener('abort', wake, { once: true });
    });
    signal.removeEventListener('abort', wake);
  }

  #take(chunk: Buffer): void {
    const found = this.#splitter.push(chunk);
    if (found.length === 0) return;
    const at = this.#clock.monotonic();
    this.#any = true;
    this.#pictures.push(...found.map(bytes => ({ bytes, at })));
    if (this.#patient) {
      this.#child.stdout.pause();
    } else {
      this.dropped += this.#pictures.length - 1;
      this.#pictures = this.#pictures.slice(-1);
    }
    this.#wake();
  }

  #finish(end: Error): void {
    this.#end ??= end;
    this.#wake();
  }

  #explain(code: number | null, signal: NodeJS.Signals | null): Error {
    const isFile = inputKind(this.#options.input) === 'file';
    if (code === 0 && isFile && this.#any) return new EndOfFrames(`${this.#origin}: the video is over`);
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    const { password, input } = this.#options;
    const said = redact(this.#stderr.replaceAll(input, this.#origin), [password]);
    const lines = said.split(/[\r\n]+/).filter(line => line.trim() !== '');
    return explainEnd(this.#origin, how, lines.slice(-4).join('; '));
  }
}

function startFailure(error: NodeJS.ErrnoException): SurfwatchError {
  return error.code === 'ENOENT'
    ? new SurfwatchError('camera-program-missing', 'ffmpeg was not found on PATH', { cause: error })
    : new SurfwatchError('camera-failed', `ffmpeg could not be started: ${error.message}`, { cause: error });
}
