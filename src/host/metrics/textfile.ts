/** Writes the metrics into a file that node_exporter's textfile collector reads. */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { storageError } from '../../base/storage-error.ts';
import type { Metrics } from './metrics.ts';

/** How often Prometheus asks by default. */
const INTERVAL_MS = 60_000;

export interface TextfileParts {
  readonly path: string;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Textfile {
  readonly #parts: TextfileParts;
  readonly #ending = new AbortController();
  #running: Promise<void> | undefined;
  /** Why it was not written the last time; said once. */
  #fault = '';

  constructor(parts: TextfileParts) {
    this.#parts = parts;
  }

  /** Writes it at once, then at intervals. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Deletes the file: figures of a daemon that was stopped would look like those of one that stands still. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    if (this.#running !== undefined) await rm(this.#parts.path, { force: true }).catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#write();
      await clock.sleep(INTERVAL_MS, signal).catch(() => undefined);
    }
  }

  /** Renamed into place: the collector never reads half a file. Not synced: after a power cut it is written anew. */
  async #write(): Promise<void> {
    const { path, metrics, log } = this.#parts;
    const aside = `${path}.new`;
    try {
      await writeFile(aside, await metrics.text(), { mode: 0o644 });
      await rename(aside, path);
      this.#fault = '';
    } catch (error) {
      const fault = storageError(error, path);
      if (this.#fault !== fault.code) log.warn({ err: fault }, 'the file of the metrics cannot be written');
      this.#fault = fault.code;
      await rm(aside, { force: true }).catch(() => undefined);
    }
  }
}
