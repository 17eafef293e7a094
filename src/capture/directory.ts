/** A folder of pictures: replayed in the order of their names, or watched for new ones. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { checkDirectoryOptions } from './check-options.ts';
import { identityOf, listPictures, readPictureFile } from './directory-files.ts';
import { FolderWatch } from './folder-watch.ts';
import type { DirectoryOptions } from './options.ts';
import { EndOfFrames, type FrameSource, type Picture } from './source.ts';

export interface DirectoryDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** A file that cannot be used is skipped with a warning; a folder without any that can is an error. */
export class DirectorySource implements FrameSource {
  readonly kind = 'directory';
  readonly #options: DirectoryOptions;
  readonly #deps: DirectoryDeps;
  /** Names still to come in this round; undefined before the first. */
  #round: string[] | undefined;
  #givenInRound = 0;
  readonly #skipped = new Set<string>();
  #watch: FolderWatch | undefined;
  /** The count of the watches before this one. */
  #dropped = 0;
  #latestMs: number | undefined;

  /** @throws SurfwatchError `camera-option-refused` */
  constructor(options: DirectoryOptions, deps: DirectoryDeps) {
    checkDirectoryOptions(options);
    this.#options = options;
    this.#deps = deps;
  }

  get dropped(): number {
    return this.#dropped + (this.#watch?.dropped ?? 0);
  }

  /**
   * @throws SurfwatchError `camera-missing` or `camera-forbidden` for the folder, or why none of its files can be used.
   * @throws EndOfFrames after the last file, unless it loops or watches.
   */
  async grab(signal: AbortSignal): Promise<Picture> {
    return this.#options.watch ? this.#nextToArrive(signal) : this.#nextInOrder(signal);
  }

  async close(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    if (watch === undefined) return;
    this.#dropped += watch.dropped;
    // What arrives until the next opening is not missed.
    this.#latestMs = Math.max(watch.latestMs, this.#latestMs ?? 0);
    watch.close();
  }

  async #nextToArrive(signal: AbortSignal): Promise<Picture> {
    const { path } = this.#options;
    try {
      const watch = this.#watch ?? (await FolderWatch.open(path, this.#deps.clock, this.#latestMs));
      if (signal.aborted && watch !== this.#watch) watch.close();
      signal.throwIfAborted();
      this.#watch = watch;
      for (;;) {
        const picture = await this.#read(await watch.next(signal));
        if (!(picture instanceof SurfwatchError)) return picture;
      }
    } catch (error) {
      // The time of a grab may be shorter than that between two arrivals; only a folder that has gone is given up.
      if (!signal.aborted) await this.close();
      throw error;
    }
  }

  async #nextInOrder(signal: AbortSignal): Promise<Picture> {
    const { path } = this.#options;
    let failure: SurfwatchError | undefined;
    for (;;) {
      signal.throwIfAborted();
      const name = this.#round?.shift();
      if (name === undefined) {
        await this.#nextRound(failure);
        continue;
      }
      const picture = await this.#read(name);
      if (!(picture instanceof SurfwatchError)) {
        this.#givenInRound += 1;
        return picture;
      }
      failure = picture;
      if ((await identityOf(path)) === undefined) this.#round = undefined;
    }
  }

  /** @param failure why the last file could not be used. */
  async #nextRound(failure: SurfwatchError | undefined): Promise<void> {
    const { path, loop } = this.#options;
    const first = this.#round === undefined;
    const given = this.#givenInRound;
    this.#round = undefined;
    this.#givenInRound = 0;
    if (!first && given > 0 && !loop) {
      this.#round = [];
      this.#givenInRound = given;
      throw new EndOfFrames(`${path}: that was the last picture`);
    }
    if (!first && given === 0 && failure !== undefined) throw failure;
    const names = await listPictures(path);
    if (names.length === 0) throw new SurfwatchError('camera-missing', `${path} holds no JPEG, PNG or WebP`);
    this.#round = names;
  }

  /** The picture, or why there is none; warned of once. */
  async #read(name: string): Promise<Picture | SurfwatchError> {
    const origin = join(this.#options.path, name);
    try {
      return { bytes: await readPictureFile(this.#options.path, name), origin };
    } catch (error) {
      if (!(error instanceof SurfwatchError)) throw error;
      if (this.#skipped.size > 1000) this.#skipped.clear();
      const level = this.#skipped.has(name) ? 'debug' : 'warn';
      this.#skipped.add(name);
      this.#deps.log[level]({ code: error.code, reason: error.message }, 'a file was skipped');
      return error;
    }
  }
}
