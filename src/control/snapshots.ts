/** Publishes pictures the activity was read from, now and then, made small without holding up the frames. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import type { Frame } from '../capture/source.ts';
import type { Zone } from '../vision/zone.ts';
import { shownPicture } from './shown-picture.ts';

/** Riders are still told apart, at a third of the bytes of 90. */
const JPEG_QUALITY = 75;

export interface SnapshotOptions {
  /** Publish pictures. Whoever may read the topic sees the beach. */
  readonly publish: boolean;
  /** Wider pictures are scaled down to this width in pixels; 0 leaves them. */
  readonly width: number;
  /** Between two pictures, in ms. */
  readonly minIntervalMs: number;
}

export interface SnapshotsDeps {
  /** In force: asked for at each frame. */
  readonly options: () => SnapshotOptions;
  /** What stays visible of a picture; null: all of it. */
  readonly onlyZones: () => readonly Pick<Zone, 'points'>[] | null;
  /** Nobody is to see the beach now. */
  readonly isPaused: () => boolean;
  /** Puts a JPEG on the topic, or with null removes what is there. */
  readonly publish: (jpeg: Buffer | null) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Snapshots {
  readonly #deps: SnapshotsDeps;
  #work: Promise<void> | undefined;
  #lastMs = Number.NEGATIVE_INFINITY;
  /** What was begun before a removal is not published after it. */
  #round = 0;
  #isShown = true;
  #stopped = false;

  constructor(deps: SnapshotsDeps) {
    this.#deps = deps;
  }

  /** Removes what an earlier run left, unless it may still be seen; where pictures are masked that one may not be. */
  start(): void {
    const { options, onlyZones, isPaused } = this.#deps;
    if (!options().publish || onlyZones() !== null || isPaused()) this.#remove();
  }

  /** No further picture is published; the last one stays. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  /** A frame that was read and judged, to be shown if one is due. Never throws, and costs the caller nothing. */
  offer(frame: Frame): void {
    const { publish, minIntervalMs } = this.#deps.options();
    if (!publish || this.#stopped || this.#deps.isPaused()) return;
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - this.#lastMs < minIntervalMs || this.#work !== undefined) return;
    this.#lastMs = nowMs;
    this.#work = this.#publish(frame).finally(() => {
      this.#work = undefined;
    });
  }

  /** @param paths the settings that changed */
  settingsChanged(paths: readonly string[]): void {
    if (paths.some(path => path.startsWith('snapshot.'))) {
      if (this.#deps.options().publish) this.#lastMs = Number.NEGATIVE_INFINITY;
      else this.#remove();
    }
    // The present picture may show what is no longer to be seen.
    if (paths.includes('learning.pixelate')) this.#remove();
  }

  /** A pause began or ended: to be called when the camera is left alone, as a frame at work may be shown until then. */
  pauseChanged(): void {
    if (this.#deps.isPaused()) this.#remove();
  }

  /** Takes the picture off the topic. */
  #remove(): void {
    this.#round += 1;
    this.#lastMs = Number.NEGATIVE_INFINITY;
    if (!this.#isShown) return;
    this.#isShown = false;
    this.#deps.publish(null);
  }

  async #publish({ bytes, id }: Frame): Promise<void> {
    const { options, onlyZones, publish, log } = this.#deps;
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
