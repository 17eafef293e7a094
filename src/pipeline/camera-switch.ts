/** The camera as long as it is wanted: each opening is a new one, and what they counted adds up. */

import { serially } from '../base/serially.ts';
import type { Camera, CameraStats } from '../capture/camera.ts';

const NOTHING: CameraStats = { status: 'starting', frames: 0, dropped: 0, failures: 0 };

export class CameraSwitch {
  readonly #create: () => Camera;
  readonly #inTurn = serially();
  #camera: Camera | undefined;
  #before = NOTHING;

  /** @param create a camera that was not started yet */
  constructor(create: () => Camera) {
    this.#create = create;
  }

  get isOpen(): boolean {
    return this.#camera !== undefined;
  }

  /** Counted since the daemon's start; the status is that of the present camera. */
  get stats(): CameraStats {
    return added(this.#before, this.#camera?.stats ?? { ...NOTHING, status: this.#before.status });
  }

  /** Begins to take pictures, the first one at once. */
  open(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#camera !== undefined) return;
      this.#camera = this.#create();
      this.#camera.start();
    });
  }

  /** Frees the camera; resolves when the frame at work is done too. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const camera = this.#camera;
      if (camera === undefined) return;
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
