/** Notices that a source gives the same bytes again: a slow snapshot address, or a camera that stands still. */
import { createHash } from 'node:crypto';

export class SamePictures {
  #hash = '';
  #firstAt = 0;

  /**
   * Takes the next picture in.
   *
   * @param takenAt milliseconds since the epoch (UTC).
   * @returns when the first of the equal ones before it was taken; nothing when it is new.
   */
  since(bytes: Buffer, takenAt: number): { readonly unchangedSince?: number } {
    const hash = createHash('sha1').update(bytes).digest('base64');
    if (hash === this.#hash) return { unchangedSince: this.#firstAt };
    this.#hash = hash;
    this.#firstAt = takenAt;
    return {};
  }
}
