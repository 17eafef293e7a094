/** Keeps what was learnt of the camera's view over restarts, so that a camera that is moved meanwhile is noticed. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { readStateFile, removeStateFile, type StateFile, writeStateFile } from '../base/state-file.ts';
import type { StoredView } from '../vision/quality/store-view.ts';
import type { Watch } from './watch.ts';

export interface ViewKeeperParts {
  readonly stateDir: string;
  readonly watch: Pick<Watch, 'storedView' | 'restoreView' | 'forgetView'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface KnownView {
  /** From how many pictures it was learnt; 0 where nothing is known. */
  readonly pictures: number;
  /** Over how long, in seconds. */
  readonly seconds: number;
  /** What is told here was forgotten. */
  readonly forgotten: boolean;
}

/** What is read of the file by those who only show it. */
export function viewFile(stateDir: string): StateFile<object> {
  return { path: join(stateDir, 'view.json'), version: 1, schema: z.looseObject({}) };
}

/** A view is learnt over hours, and each writing of its 25 kB wears the disk. */
const EVERY_MS = 3_600_000;

export class ViewKeeper {
  readonly #parts: ViewKeeperParts;
  readonly #file: StateFile<object>;
  #writtenMs: number;

  constructor(parts: ViewKeeperParts) {
    this.#parts = parts;
    this.#file = viewFile(parts.stateDir);
    this.#writtenMs = parts.clock.monotonic();
  }

  /** Goes on with the view of an earlier run. Never rejects: without one it is learnt anew. */
  async start(): Promise<void> {
    const { clock, watch, log } = this.#parts;
    const { value, damage } = await readStateFile(this.#file, clock.now());
    if (damage !== null) log.warn(`the view of the camera is learnt anew: ${damage}`);
    if (value !== null) watch.restoreView(value);
  }

  /** To be called now and then; writes once an hour. */
  async beat(): Promise<void> {
    const nowMs = this.#parts.clock.monotonic();
    if (nowMs - this.#writtenMs < EVERY_MS) return;
    this.#writtenMs = nowMs;
    await this.#write();
  }

  /**
   * Tells what is known.
   *
   * @param forget learn it anew, as for a camera that was moved on purpose
   * @throws SurfwatchError `state-unwritable`, `storage-failed`: what is on disk would come back with a restart
   */
  async ask(forget: boolean): Promise<KnownView> {
    const { watch } = this.#parts;
    const view = watch.storedView;
    const known = { pictures: view?.frames ?? 0, seconds: Math.round((view?.learntMs ?? 0) / 1000) };
    if (!forget) return { ...known, forgotten: false };
    watch.forgetView();
    await removeStateFile(this.#file);
    return { ...known, forgotten: true };
  }

  stop(): Promise<void> {
    return this.#write();
  }

  async #write(): Promise<void> {
    const { watch, log } = this.#parts;
    const view: StoredView | null = watch.storedView;
    if (view === null) return;
    await writeStateFile(this.#file, view).catch((error: unknown) =>
      log.warn({ err: error }, 'the view of the camera is not kept'),
    );
  }
}
