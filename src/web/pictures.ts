/** Pictures of frames for the page: each made once for all who look, one at a time, so that frames are read meanwhile. */
import type { Rectangle } from '../base/geometry.ts';
import { serially } from '../base/serially.ts';
import { shownPicture } from '../control/shown-picture.ts';
import { SurfwatchError } from '../errors.ts';
import type { Zone } from '../vision/zone.ts';

export interface PicturesDeps {
  /** A picture as it was taken. @throws SurfwatchError `label-frame-unknown` */
  readonly source: (frame: string) => Promise<Uint8Array>;
  /** What stays visible of a picture; null: all of it. */
  readonly onlyZones: () => readonly Pick<Zone, 'points'>[] | null;
}

export interface PictureWanted {
  /** Pixels; 0: as it was taken. Given in steps, at least as wide as wanted, never enlarged. */
  readonly width: number;
  readonly part?: Rectangle;
}

/** Few sizes, so that viewers of different screens share them. */
const WIDTHS = [160, 320, 480, 640, 960, 1280, 1920, 2560, 4096];
const QUALITY = 80;
/** Bytes of finished pictures. */
const MOST_KEPT_BYTES = 12 * 2 ** 20;
/** Pictures that are waited for. */
const MOST_WAITING = 32;

export class Pictures {
  readonly #deps: PicturesDeps;
  readonly #inTurn = serially();
  /** Finished ones, the least lately used first. */
  readonly #kept = new Map<string, Buffer<ArrayBuffer>>();
  readonly #making = new Map<string, Promise<Buffer<ArrayBuffer>>>();
  #bytes = 0;

  constructor(deps: PicturesDeps) {
    this.#deps = deps;
  }

  /** A JPEG without metadata. @throws SurfwatchError `label-frame-unknown`, `web-busy` */
  async of(frame: string, { width, part }: PictureWanted): Promise<Buffer<ArrayBuffer>> {
    const step = width === 0 ? 0 : (WIDTHS.find(one => one >= width) ?? 0);
    const isMasked = this.#deps.onlyZones() !== null;
    const key = JSON.stringify([frame, step, part, isMasked]);
    const kept = this.#kept.get(key);
    if (kept !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept;
    }
    const making = this.#making.get(key);
    if (making !== undefined) return making;
    if (this.#making.size >= MOST_WAITING)
      throw new SurfwatchError('web-busy', 'too many pictures at one time');
    const made = this.#inTurn(() => this.#make(frame, step, part)).finally(() => this.#making.delete(key));
    this.#making.set(key, made);
    const jpeg = await made;
    this.#keep(key, jpeg);
    return jpeg;
  }

  async #make(frame: string, width: number, part: Rectangle | undefined): Promise<Buffer<ArrayBuffer>> {
    const { source, onlyZones } = this.#deps;
    const { jpeg } = await shownPicture(await source(frame), {
      width,
      quality: QUALITY,
      onlyZones: onlyZones(),
      ...(part !== undefined && { part }),
    });
    return jpeg as Buffer<ArrayBuffer>;
  }

  #keep(key: string, jpeg: Buffer<ArrayBuffer>): void {
    this.#kept.set(key, jpeg);
    this.#bytes += jpeg.byteLength;
    for (const [oldest, { byteLength }] of this.#kept) {
      if (this.#bytes <= MOST_KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}
