/** Keeps what was learnt of the camera's view over restarts, so that a camera that is moved meanwhile is noticed. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import * as z from 'zod';
import type { Clock } from '../base/clock.ts';
import { readStateFile, removeStateFile, type StateFile, writeStateFile } from '../base/state-file.ts';
import type { StoredView } from '../vision/quality/store-view.ts';
import type { Pipeline } from './pipeline.ts';

export interface ViewStoreDeps {
  readonly stateDir: string;
  readonly pipeline: Pick<Pipeline, 'storedView' | 'restoreView' | 'forgetView'>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ViewSummary {
  /** From how many pictures it was learnt; 0 where nothing is known. */
  readonly pictures: number;
  /** Over how long, in seconds. */
  readonly seconds: number;
  /** All of this was forgotten with the answer. */
  readonly forgotten: boolean;
}

/** The file it is kept in. Any object passes: what is restored of it is checked by the gates. */
export function viewFile(stateDir: string): StateFile<object> {
  return { path: join(stateDir, 'view.json'), version: 1, schema: z.looseObject({}) };
}

/** A view is learnt over hours, and each writing of its 25 kB wears the disk. */
const EVERY_MS = 3_600_000;

export class ViewStore {
  readonly #deps: ViewStoreDeps;
  readonly #file: StateFile<object>;
  #writtenMs: number;

  constructor(deps: ViewStoreDeps) {
    this.#deps = deps;
    this.#file = viewFile(deps.stateDir);
    this.#writtenMs = deps.clock.monotonic();
  }

  /** Goes on with the view of an earlier run. Never rejects: without one it is learnt anew. */
  async start(): Promise<void> {
    const { clock, pipeline, log } = this.#deps;
    const { value, damage } = await readStateFile(this.#file, clock.now());
    if (damage !== null) log.warn(`the view of the camera is learnt again: ${damage}`);
    if (value !== null) pipeline.restoreView(value);
  }

  /** To be called at every heartbeat; writes once an hour. */
  async saveHourly(): Promise<void> {
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - this.#writtenMs < EVERY_MS) return;
    this.#writtenMs = nowMs;
    await this.#write();
  }

  /**
   * How much is known of the view.
   *
   * @param forget learn it anew, as for a camera that was moved on purpose
   * @throws SurfpipelineError `state-unwritable`, `storage-failed`: what is on disk would come back with a restart
   */
  async describe(forget: boolean): Promise<ViewSummary> {
    const { pipeline } = this.#deps;
    const view = pipeline.storedView;
    const known = { pictures: view?.frames ?? 0, seconds: Math.round((view?.learntMs ?? 0) / 1000) };
    if (!forget) return { ...known, forgotten: false };
    pipeline.forgetView();
    await removeStateFile(this.#file);
    return { ...known, forgotten: true };
  }

  stop(): Promise<void> {
    return this.#write();
  }

  async #write(): Promise<void> {
    const { pipeline, log } = this.#deps;
    const view: StoredView | null = pipeline.storedView;
    if (view === null) return;
    await writeStateFile(this.#file, view).catch((error: unknown) =>
      log.warn({ err: error }, 'the view of the camera is not kept'),
    );
  }
}
