/** The camera while capture is on: each opening is a new one, and what they counted adds up. */

import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { deferred } from '../base/deferred.ts';
import { liveView } from '../base/live-view.ts';
import { serially } from '../base/serially.ts';
import { Camera, type CameraStats, type StatusChange } from '../capture/camera.ts';
import { createSource } from '../capture/create.ts';
import type { Frame } from '../capture/source.ts';
import type { Settings } from '../config/settings.ts';
import { SurfwatchError } from '../errors.ts';

const NOTHING: CameraStats = { status: 'starting', frames: 0, dropped: 0, failures: 0 };

export interface CameraSwitchDeps {
  /** In force: asked for at each opening, and the pace at each picture. */
  readonly settings: () => Settings['camera'];
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is done with what a camera gives. */
export interface CameraHandlers {
  /** The next picture is taken when it is done with this one. */
  readonly onFrame: (frame: Frame) => Promise<void>;
  readonly onStatus: (change: StatusChange) => void;
  /** An attempt at a picture failed. */
  readonly onFailure: (error: SurfwatchError) => void;
}

export class CameraSwitch {
  readonly #deps: CameraSwitchDeps;
  readonly #inTurn = serially();
  #camera: Camera | undefined;
  #before = NOTHING;
  #handlers: CameraHandlers | undefined;
  /** Resolves when there are handlers, or when the camera is closed before there are any. */
  #connected = deferred<void>();
  /** The newest before there were handlers. */
  #status: StatusChange | undefined;

  constructor(deps: CameraSwitchDeps) {
    this.#deps = deps;
  }

  get isOpen(): boolean {
    return this.#camera !== undefined;
  }

  /** Counted since the daemon's start; the status is that of the present camera. */
  get stats(): CameraStats {
    return added(this.#before, this.#camera?.stats ?? { ...NOTHING, status: this.#before.status });
  }

  /** Who is handed all of it from now on. A camera that is open already has its first picture wait for this. */
  connect(handlers: CameraHandlers): void {
    this.#handlers = handlers;
    if (this.#status !== undefined) handlers.onStatus(this.#status);
    this.#connected.resolve();
  }

  /** Begins to take pictures, the first one at once. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#camera !== undefined) return;
      this.#camera = this.#newCamera();
      this.#camera.start();
    });
  }

  /** Frees the camera; resolves when the frame at work is done too. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const camera = this.#camera;
      if (camera === undefined) return;
      this.#connected.resolve();
      await camera.stop();
      this.#before = { ...added(this.#before, camera.stats), status: 'starting' };
      this.#camera = undefined;
    });
  }

  /** For a change of settings: closes it and opens it again, if it is open. */
  async reopen(): Promise<void> {
    if (!this.isOpen) return;
    await this.close();
    await this.open();
  }

  setPace(intervalMs: number): void {
    this.#camera?.setPace(intervalMs);
  }

  /** Takes the next picture now, if it is open. */
  takeNow(): void {
    this.#camera?.takeNow();
  }

  #newCamera(): Camera {
    const { settings, clock, log } = this.#deps;
    if (this.#handlers === undefined) this.#connected = deferred();
    return new Camera({
      source: createSource(settings(), { clock, log }),
      clock,
      log,
      options: liveView(settings),
      onFrame: async frame => {
        await this.#connected.promise;
        await this.#handlers?.onFrame(frame);
      },
      onStatus: change => {
        if (this.#handlers === undefined) this.#status = change;
        else this.#handlers.onStatus(change);
      },
      onFailure: ({ code, message }) => this.#handlers?.onFailure(new SurfwatchError(code, message)),
    });
  }
}

function added(before: CameraStats, now: CameraStats): CameraStats {
  return {
    ...before,
    ...now,
    frames: before.frames + now.frames,
    dropped: before.dropped + now.dropped,
    failures: before.failures + now.failures,
  };
}
