/** Publishes pictures the activity was read from: seldom enough, made small beside the way of the frames. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import type { Frame } from '../capture/source.ts';
import type { SnapshotOptions } from '../messaging/snapshot-options.ts';
import type { Zone } from '../vision/zone.ts';
import { shownPicture } from './shown-picture.ts';

/** Riders are still told apart, at a third of the bytes of 90. */
const JPEG_QUALITY = 75;

export interface SnapshotsParts {
  /** In force: asked for at each frame. */
  readonly options: () => SnapshotOptions;
  /** What stays visible of a picture; null: all of it. */
  readonly onlyZones: () => readonly Pick<Zone, 'points'>[] | null;
  /** Puts a JPEG on the topic, or with null removes what is there. */
  readonly publish: (jpeg: Buffer | null) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Holds one frame at most. */
export class Snapshots {
  readonly #parts: SnapshotsParts;
  #waiting: Frame | undefined;
  #work: Promise<void> | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** What was begun before a removal is not published after it. */
  #round = 0;
  #isShown = true;
  #stopped = false;

  constructor(parts: SnapshotsParts) {
    this.#parts = parts;
  }

  /** Removes what an earlier run left, unless pictures are wanted; where they are masked too, as that one may not be. */
  start(): void {
    const { options, onlyZones } = this.#parts;
    if (!options().publish || onlyZones() !== null) this.remove();
  }

  /** No further picture is published; the last one stays. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting = undefined;
    await this.#work;
  }

  /**
   * Takes a frame that was read and judged. Never throws, and costs the caller nothing.
   *
   * @param isChange the activity was changed by it
   */
  take(frame: Frame, isChange: boolean): void {
    const { publish, onlyChanges, minIntervalMs } = this.#parts.options();
    if (!publish || this.#stopped) return;
    if (isChange || !onlyChanges) this.#waiting = frame;
    const isDue = this.#parts.clock.monotonic() - this.#lastMs >= minIntervalMs;
    if (this.#waiting === undefined || !isDue || this.#work !== undefined) return;
    const next = this.#waiting;
    this.#waiting = undefined;
    this.#lastMs = this.#parts.clock.monotonic();
    this.#work = this.#publish(next).finally(() => {
      this.#work = undefined;
    });
  }

  /** After a change of options. */
  refresh(): void {
    if (this.#parts.options().publish) this.#lastMs = Number.NEGATIVE_INFINITY;
    else this.remove();
  }

  /** Takes the picture off the topic: nobody shall see the beach now, as in a pause. */
  remove(): void {
    this.#round += 1;
    this.#waiting = undefined;
    this.#lastMs = Number.NEGATIVE_INFINITY;
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#parts.publish(null);
  }

  async #publish({ bytes, id }: Frame): Promise<void> {
    const { options, onlyZones, publish, log } = this.#parts;
    const round = this.#round;
    const { width } = options();
    try {
      const { jpeg } = await shownPicture(bytes, { width, quality: JPEG_QUALITY, onlyZones: onlyZones() });
      if (round !== this.#round || this.#stopped) return;
      this.#isShown = true;
      publish(jpeg);
    } catch (error) {
      log.warn({ err: error, frame: id }, 'a snapshot could not be made');
    }
  }
}
