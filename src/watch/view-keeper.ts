/** Keeps what was learnt of the camera's view over restarts, so that a camera that is moved meanwhile is noticed. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { readStateFile, type StateFile, writeStateFile } from '../control/state-file.ts';
import type { Clock } from '../ops/clock.ts';
import type { StoredView } from '../vision/quality/store-view.ts';
import type { Watch } from './watch.ts';

export interface ViewKeeperParts {
  readonly stateDir: string;
  readonly watch: Pick<Watch, 'storedView' | 'restoreView'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A view is learnt over hours, and each writing of its 25 kB wears the disk. */
const EVERY_MS = 3_600_000;

export class ViewKeeper {
  readonly #parts: ViewKeeperParts;
  readonly #file: StateFile<object>;
  #writtenMs: number;

  constructor(parts: ViewKeeperParts) {
    this.#parts = parts;
    this.#file = { path: join(parts.stateDir, 'view.json'), version: 1, schema: z.looseObject({}) };
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
