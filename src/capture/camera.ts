/** Supervises a source of pictures: pace, time-outs, back-off, and whether the camera is there. */
import type { Logger } from 'pino';
import { monotonicFactory } from 'ulid';
import { type BackoffOptions, backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import { type CameraFailure, failureOf } from './failure.ts';
import { OfflineTimer } from './offline-timer.ts';
import type { CameraOptions } from './options.ts';
import { SamePictures } from './same-pictures.ts';
import { EndOfFrames, type Frame, type FrameSource, type Picture } from './source.ts';
import { closeWithin, grabWithin } from './timed.ts';

/** `ended`: a finite source has given its last picture. */
export type CameraStatus = 'starting' | 'online' | 'offline' | 'ended';

export interface StatusChange {
  readonly status: CameraStatus;
  /** Milliseconds since the epoch (UTC). */
  readonly at: number;
  /** Why it is offline, where that is known. */
  readonly error?: CameraFailure;
}

export interface CameraStats {
  readonly status: CameraStatus;
  /** Frames handed on. */
  readonly frames: number;
  /** Frames that were not looked at: replaced in the source by newer ones, or due while an earlier one was at work. */
  readonly dropped: number;
  /** Grabs that failed. */
  readonly failures: number;
  /** When the newest frame was taken, in milliseconds since the epoch (UTC). */
  readonly lastFrameAt?: number;
  /** The latest failure, even when pictures have come since. */
  readonly lastError?: CameraFailure;
}

/** Soon enough for a cable that was jolted, and seldom enough for a camera that is gone for the night. */
export const CAMERA_RETRY: BackoffOptions = { retryMinMs: 1_000, retryMaxMs: 60_000 };

export interface CameraParts {
  readonly source: FrameSource;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: Pick<CameraOptions, 'intervalMs' | 'timeoutMs' | 'offlineAfterMs'>;
  /** The wait after failures. Default {@link CAMERA_RETRY}. */
  readonly retry?: BackoffOptions;
  /** Works on a frame; the next picture is only taken when it has resolved. A rejection is logged. */
  readonly onFrame: (frame: Frame) => Promise<void>;
  /** Told once of each change of status after `starting`. */
  readonly onStatus: (change: StatusChange) => void;
  /** Told of each attempt that gave no picture. */
  readonly onFailure?: (failure: CameraFailure) => void;
  /** Numbers in 0..1 for the jitter of the back-off. */
  readonly random?: () => number;
}

/** Failures that don't heal by themselves within seconds: a camera that begins with one is offline at once. */
const LASTING: ReadonlySet<ErrorCode> = new Set([
  'camera-missing',
  'camera-forbidden',
  'camera-program-missing',
  'camera-unauthorized',
  'camera-option-refused',
]);
/** A camera whose first attempts fail this often is offline, whatever the reason. */
const FIRST_ATTEMPTS = 3;

export class Camera {
  readonly #parts: CameraParts;
  readonly #nextId = monotonicFactory();
  readonly #offline: OfflineTimer;
  #running: Promise<void> | undefined;
  #stopped = false;
  #intervalMs: number;
  /** Monotonic time of the next picture. */
  #dueAt = 0;
  /** A picture is wanted whatever the pace says; the next grab to end is it. */
  #isAsked = false;
  /** Ends the present wait: for a change of pace, or to stop. */
  #wait = new AbortController();
  /** Ends the present grab. */
  #limit = new AbortController();
  readonly #same = new SamePictures();
  /** Failures since the last good picture. */
  #inARow = 0;
  #stats: CameraStats = { status: 'starting', frames: 0, dropped: 0, failures: 0 };

  constructor(parts: CameraParts) {
    this.#parts = parts;
    this.#intervalMs = parts.options.intervalMs;
    this.#offline = new OfflineTimer(parts.clock, () => this.#setStatus('offline', this.#stats.lastError));
  }

  get stats(): CameraStats {
    return { ...this.#stats, dropped: this.#stats.dropped + this.#parts.source.dropped };
  }

  /** Begins to take pictures, the first one at once. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends a grab or wait under way and frees the source; resolves when the frame at work is done too. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#offline.disarm();
    this.#wait.abort();
    this.#limit.abort(new Error('the camera was stopped'));
    await this.#running;
    await this.#closeSource();
  }

  /** Changes the pace: the next picture is due `intervalMs` from now. A back-off under way is left alone. */
  setPace(intervalMs: number): void {
    if (intervalMs === this.#intervalMs) return;
    this.#intervalMs = intervalMs;
    if (this.#offline.armed) this.#armOfflineTimer();
    if (this.#inARow > 0) return;
    this.#dueAt = this.#parts.clock.monotonic() + intervalMs;
    this.#wait.abort();
  }

  /** Takes the next picture now, whatever the pace or a back-off say; the pace goes on from there. */
  takeNow(): void {
    this.#isAsked = true;
    this.#wait.abort();
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    this.#dueAt = clock.monotonic();
    this.#armOfflineTimer();
    while (await this.#untilDue()) {
      this.#dueAt += this.#intervalMs;
      try {
        this.#limit = new AbortController();
        const { source, options } = this.#parts;
        const picture = await grabWithin(source, clock, options.timeoutMs, this.#limit).finally(() => {
          this.#isAsked = false;
        });
        if (!this.#stopped) await this.#handOn(picture);
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof EndOfFrames) {
          await this.#closeSource();
          this.#setStatus('ended');
          return;
        }
        await this.#fail(error);
      }
    }
  }

  /** Waits for the next picture's moment, and says whether there is still one to take. */
  async #untilDue(): Promise<boolean> {
    const { clock } = this.#parts;
    while (!this.#stopped) {
      if (this.#isAsked) this.#dueAt = clock.monotonic();
      const ms = this.#dueAt - clock.monotonic();
      if (ms <= 0) return true;
      this.#wait = new AbortController();
      await clock.sleep(ms, this.#wait.signal).catch(() => undefined);
    }
    return false;
  }

  async #handOn(picture: Picture): Promise<void> {
    const { clock, log, onFrame } = this.#parts;
    const takenAt = clock.now();
    const frame: Frame = {
      ...picture,
      id: this.#nextId(takenAt),
      takenAt,
      ...this.#same.since(picture.bytes, takenAt),
    };
    this.#inARow = 0;
    this.#count({ frames: this.#stats.frames + 1, lastFrameAt: takenAt });
    this.#setStatus('online');
    // While a frame is at work no picture is asked for, so none can be missed.
    this.#offline.disarm();
    try {
      await onFrame(frame);
    } catch (error) {
      const code = error instanceof SurfwatchError ? error.code : undefined;
      log.error({ code, err: error, frame: frame.id }, 'a frame could not be processed');
    }
    this.#skipMissed();
    this.#armOfflineTimer();
  }

  /** Moments that went by while a frame was at work are not made up for. */
  #skipMissed(): void {
    const late = this.#parts.clock.monotonic() - this.#dueAt;
    if (late <= 0) return;
    const missed = Math.ceil(late / this.#intervalMs);
    this.#dueAt += missed * this.#intervalMs;
    this.#count({ dropped: this.#stats.dropped + missed });
  }

  async #fail(error: unknown): Promise<void> {
    const { clock, log, retry = CAMERA_RETRY, source, random } = this.#parts;
    this.#inARow += 1;
    const failure = await failureOf(error, this.#inARow, source, clock);
    if (this.#stopped) return;
    const repeated = this.#inARow > 1 && this.#stats.lastError?.code === failure.code;
    this.#count({ failures: this.#stats.failures + 1, lastError: failure });
    // A dead source may close with an error of its own; it starts afresh either way.
    if (failure.code === 'camera-timeout') await this.#closeSource();
    const retryMs = backoffMs(this.#inARow, retry, random);
    this.#dueAt = clock.monotonic() + retryMs;
    log[repeated ? 'debug' : 'warn'](
      { source: source.kind, ...failure, retryMs: Math.round(retryMs) },
      'no picture',
    );
    this.#parts.onFailure?.(failure);
    const hopeless = LASTING.has(failure.code) || this.#inARow >= FIRST_ATTEMPTS;
    if (this.#stats.status === 'starting' && hopeless) this.#setStatus('offline', failure);
  }

  async #closeSource(): Promise<void> {
    const { source, clock, log, options } = this.#parts;
    await closeWithin(source, clock, options.timeoutMs).catch((error: unknown) => {
      log.warn({ source: source.kind, err: error }, 'the source did not close cleanly');
    });
  }

  #armOfflineTimer(): void {
    // A pace slower than the limit must not make the camera flicker.
    if (!this.#stopped) this.#offline.arm(Math.max(this.#parts.options.offlineAfterMs, 2 * this.#intervalMs));
  }

  #setStatus(status: CameraStatus, error?: CameraFailure): void {
    if (status === this.#stats.status) return;
    this.#count({ status });
    if (status === 'ended') this.#offline.disarm();
    const { log, clock, source, onStatus } = this.#parts;
    log[status === 'offline' ? 'warn' : 'info']({ source: source.kind, ...error }, `camera ${status}`);
    try {
      onStatus({ status, at: clock.now(), ...(error === undefined ? {} : { error }) });
    } catch (fault) {
      log.error({ err: fault }, 'a change of the camera status could not be reported');
    }
  }

  #count(change: Partial<CameraStats>): void {
    this.#stats = { ...this.#stats, ...change };
  }
}
