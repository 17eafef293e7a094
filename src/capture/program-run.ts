/** One life of a program that writes JPEGs to its standard output: from its start to its end, whatever ends it. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { endChild, endLeftovers } from './child.ts';
import { JpegSplitter } from './jpeg-splitter.ts';

/** 8K at this quality stays below. */
const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
/** Enough for a program's reason, which comes last. */
const KEPT_STDERR = 1000;
/** How long it may take to hang up properly; a server keeps the session of a client that just vanishes. */
const GRACE_MS = 1000;

export interface Program {
  readonly command: string;
  /** Handed over as they are, without a shell. */
  readonly args: readonly string[];
  /** What it reads from its standard input, which is closed after it. */
  readonly input?: string;
  /** Older pictures came before the stream stalled, in milliseconds. */
  readonly freshMs: number;
  /** Read at the pace of its grabs: no picture is dropped, however old. */
  readonly patient: boolean;
  /** What its end means. */
  readonly explain: (end: ProgramEnd) => Error;
}

export interface ProgramEnd {
  /** 'ended with 1', 'was ended by SIGKILL'. */
  readonly how: string;
  /** Exit status 0. */
  readonly clean: boolean;
  /** Whether any picture came before. */
  readonly pictures: boolean;
  /** The end of what it wrote to stderr: 1000 characters. */
  readonly stderr: string;
}

export class ProgramRun {
  dropped = 0;
  readonly child: ChildProcess;
  readonly #program: Program;
  readonly #clock: Clock;
  readonly #splitter = new JpegSplitter({ maxBytes: MAX_PICTURE_BYTES });
  /** At most one, unless patient. */
  #pictures: { readonly bytes: Buffer; readonly at: number }[] = [];
  #any = false;
  #stderr = '';
  #end: Error | undefined;
  #wake = () => {};

  constructor(program: Program, clock: Clock) {
    this.#program = program;
    this.#clock = clock;
    const { command, args, input } = program;
    const child = spawn(command, [...args], {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // A group of its own, so that what it starts can be ended with it.
      detached: true,
    });
    this.child = child;
    // It may end before it has read its input.
    child.stdin?.on('error', () => {}).end(input);
    child.stdout?.on('data', (chunk: Buffer) => this.#take(chunk));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_STDERR);
    });
    child.on('error', error => this.#finish(startFailure(command, error)));
    child.on('close', (code, signal) => this.#finish(this.#explain(code, signal)));
    child.on('exit', (code, signal) => {
      endLeftovers(child);
      // A child of its own that left the group may hold the pipes open. Patience leaves them unread on purpose.
      if (program.patient) return;
      setTimeout(() => this.#finish(this.#explain(code, signal)), GRACE_MS).unref();
    });
  }

  /** Whether it has given any picture. */
  get any(): boolean {
    return this.#any;
  }

  /** The next picture; rejects when the program has ended, or with the signal's reason. */
  async next(signal: AbortSignal): Promise<Buffer> {
    for (;;) {
      signal.throwIfAborted();
      const picture = this.#pictures.shift();
      if (picture !== undefined && this.#isFresh(picture.at)) {
        if (this.#pictures.length === 0) this.child.stdout?.resume();
        return picture.bytes;
      }
      if (picture !== undefined) this.dropped += 1;
      else if (this.#end !== undefined) throw this.#end;
      else await this.#news(signal);
    }
  }

  /** Kills it and what it started, if it still lives. */
  async end(): Promise<void> {
    await endChild(this.child, GRACE_MS, true);
  }

  #isFresh(at: number): boolean {
    return this.#program.patient || this.#clock.monotonic() - at <= this.#program.freshMs;
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
    if (this.#program.patient) {
      this.child.stdout?.pause();
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
    const how = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
    return this.#program.explain({ how, clean: code === 0, pictures: this.#any, stderr: this.#stderr });
  }
}

/** The last lines of a program's words, in one. */
export function lastLines(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter(line => line.trim() !== '');
  return lines.slice(-4).join('; ');
}

function startFailure(command: string, error: NodeJS.ErrnoException): SurfwatchError {
  return error.code === 'ENOENT'
    ? new SurfwatchError('camera-program-missing', `${command} was not found on PATH`, { cause: error })
    : new SurfwatchError('camera-failed', `${command} could not be started: ${error.message}`, {
        cause: error,
      });
}
