/** Notices the pictures that arrive in a folder, once they are complete. One inotify watch, however full the folder is. */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { folderFailure, hasItsEnd, identityOf, isPictureName, listPictures } from './directory-files.ts';

/** A file is complete when it has its end and has not changed from one look to the next this often. */
const LOOKS = 2;
/** After so many it is taken as it is. */
const LOOKS_WITHOUT_END = 40;
const LOOK_EVERY_MS = 250;
/** A folder that is moved away or replaced says nothing itself. */
const CHECK_FOLDER_EVERY_MS = 1000;

interface Look {
  readonly state: string;
  readonly same: number;
}

export class FolderWatch {
  dropped = 0;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #identity: string;
  readonly #watcher: FSWatcher;
  readonly #closed = new AbortController();
  /** Files that may still be being written. */
  readonly #unsettled = new Map<string, Look>();
  #looking = false;
  #newest: { readonly name: string; readonly changedMs: number } | undefined;
  #latestMs = 0;
  #failure: SurfwatchError | undefined;
  #wake = () => {};

  /**
   * @param sinceMs pictures already there that changed later than this count as arrived; none where it is undefined.
   * @throws SurfwatchError `camera-missing`, `camera-forbidden` or `camera-failed`
   */
  static async open(folder: string, clock: Clock, sinceMs?: number): Promise<FolderWatch> {
    const identity = await identityOf(folder);
    if (identity === undefined) throw new SurfwatchError('camera-missing', `${folder}: no such folder`);
    const opened = new FolderWatch(folder, clock, identity);
    await opened.#takeStock(sinceMs).catch(error => {
      opened.close();
      throw error;
    });
    return opened;
  }

  private constructor(folder: string, clock: Clock, identity: string) {
    this.#folder = folder;
    this.#clock = clock;
    this.#identity = identity;
    try {
      this.#watcher = watch(folder, { persistent: false }, (_, name) => this.#touched(name));
    } catch (error) {
      throw folderFailure(folder, error);
    }
    this.#watcher.on('error', error => this.#fail(folderFailure(folder, error)));
  }

  /** When the newest picture seen so far was last changed, in milliseconds since the epoch. */
  get latestMs(): number {
    return this.#latestMs;
  }

  /** The name of the newest picture that has arrived since the last call; waits for one. */
  async next(signal: AbortSignal): Promise<string> {
    for (;;) {
      signal.throwIfAborted();
      const newest = this.#newest;
      this.#newest = undefined;
      if (newest !== undefined) return newest.name;
      if (this.#failure !== undefined) throw this.#failure;
      await this.#news(signal);
      if ((await identityOf(this.#folder)) !== this.#identity) {
        this.#fail(new SurfwatchError('camera-missing', `${this.#folder}: the folder has gone`));
      }
    }
  }

  close(): void {
    this.#closed.abort();
    this.#watcher.close();
    this.#unsettled.clear();
  }

  async #takeStock(sinceMs: number | undefined): Promise<void> {
    for (const name of await listPictures(this.#folder)) {
      const changedMs = (await stat(join(this.#folder, name)).catch(() => undefined))?.ctimeMs ?? 0;
      this.#latestMs = Math.max(this.#latestMs, changedMs);
      if (sinceMs !== undefined && changedMs > sinceMs) this.#touched(name);
    }
  }

  /** Waits until there may be something new, or it is time to look after the folder. */
  async #news(signal: AbortSignal): Promise<void> {
    const pause = new AbortController();
    const wake = () => pause.abort();
    this.#wake = wake;
    signal.addEventListener('abort', wake, { once: true });
    await this.#clock.sleep(CHECK_FOLDER_EVERY_MS, pause.signal).catch(() => undefined);
    signal.removeEventListener('abort', wake);
  }

  #fail(failure: SurfwatchError): void {
    this.#failure ??= failure;
    this.#wake();
  }

  #touched(name: string | null): void {
    if (name === null || !isPictureName(name)) return;
    if (!this.#unsettled.has(name)) this.#unsettled.set(name, { state: '', same: 0 });
    if (!this.#looking) void this.#lookUntilSettled();
  }

  async #lookUntilSettled(): Promise<void> {
    this.#looking = true;
    while (this.#unsettled.size > 0) {
      for (const [name, before] of [...this.#unsettled]) await this.#look(name, before);
      await this.#clock.sleep(LOOK_EVERY_MS, this.#closed.signal).catch(() => undefined);
    }
    this.#looking = false;
  }

  async #look(name: string, before: Look): Promise<void> {
    const found = await stat(join(this.#folder, name)).catch(() => undefined);
    if (this.#closed.signal.aborted) return;
    if (found === undefined) {
      this.#unsettled.delete(name);
      return;
    }
    const state = `${found.ino}:${found.size}:${found.mtimeMs}`;
    const same = state === before.state ? before.same + 1 : 0;
    // An empty file is one whose first byte is still to come.
    const settled = found.size > 0 && same >= LOOKS && (await hasItsEnd(join(this.#folder, name)));
    if (this.#closed.signal.aborted) return;
    if (!settled && same < LOOKS_WITHOUT_END) {
      this.#unsettled.set(name, { state, same });
      return;
    }
    this.#unsettled.delete(name);
    if (found.size > 0) this.#offer(name, found.ctimeMs);
  }

  #offer(name: string, changedMs: number): void {
    this.#latestMs = Math.max(this.#latestMs, changedMs);
    if (this.#newest !== undefined) this.dropped += 1;
    if (this.#newest === undefined || changedMs >= this.#newest.changedMs) this.#newest = { name, changedMs };
    this.#wake();
  }
}
