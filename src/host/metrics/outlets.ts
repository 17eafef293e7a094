/** The figures of the daemon for who asks: as a text that the page serves, and in a file, where that is wanted. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { MetricsSnapshot } from '../../pipeline/metrics-snapshot.ts';
import type { TrackedFrame } from '../../pipeline/processed-frame.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { liveness, readiness, type Verdict } from './readiness.ts';
import { Textfile } from './textfile.ts';

export interface MetricsOutletsParts {
  readonly options: Settings['metrics'];
  readonly snapshot: () => MetricsSnapshot;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An answer over HTTP. */
export interface Outlet {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export class MetricsOutlets {
  readonly #parts: MetricsOutletsParts;
  #metrics: Metrics | undefined;
  #textfile: Textfile | undefined;
  /** Several readers at one time get the same text. */
  #text: Promise<string> | undefined;

  constructor(parts: MetricsOutletsParts) {
    this.#parts = parts;
  }

  start(): void {
    const { options, clock, log } = this.#parts;
    if (options.textfile === undefined) return;
    this.#textfile = new Textfile({ path: options.textfile, metrics: this.#opened, clock, log });
    this.#textfile.start();
  }

  async stop(): Promise<void> {
    await this.#textfile?.stop();
  }

  /** In the text format of Prometheus. Stages are timed from the first text on: where nobody reads them they cost nothing. */
  async text(): Promise<Outlet> {
    const metrics = this.#opened;
    this.#text ??= metrics.text().finally(() => {
      this.#text = undefined;
    });
    return { status: 200, type: metrics.contentType, body: await this.#text };
  }

  liveness(): Outlet {
    return verdict(liveness(this.#parts.snapshot()));
  }

  readiness(): Outlet {
    return verdict(readiness(this.#parts.snapshot()));
  }

  /** Notes how long the stages of a frame took. */
  observe({ tookMs, observed: { read } }: TrackedFrame): void {
    const metrics = this.#metrics;
    if (metrics === undefined) return;
    for (const stage of ['decode', 'embed', 'score'] as const) metrics.tookMs(stage, read.tookMs[stage]);
    metrics.tookMs('frame', tookMs);
  }

  get #opened(): Metrics {
    this.#metrics ??= createMetrics(this.#parts.snapshot);
    return this.#metrics;
  }
}

function verdict(found: Verdict): Outlet {
  return { status: found.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(found)}\n` };
}
