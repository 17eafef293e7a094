/** Where the metrics go: the HTTP server and the file, as far as they are wanted. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { MetricsSnapshot } from '../../pipeline/metrics-snapshot.ts';
import type { TrackedFrame } from '../../pipeline/processed-frame.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { liveness, readiness } from './readiness.ts';
import { MetricsServer } from './server.ts';
import { Textfile } from './textfile.ts';

export interface MetricsOutletsParts {
  readonly options: Settings['metrics'];
  readonly snapshot: () => MetricsSnapshot;
  readonly clock: Clock;
  readonly log: Logger;
}

export class MetricsOutlets {
  readonly #server: MetricsServer | undefined;
  readonly #textfile: Textfile | undefined;
  readonly #metrics: Metrics | undefined;

  constructor({ options, snapshot, clock, log }: MetricsOutletsParts) {
    const { enabled, textfile: path } = options;
    if (!enabled && path === undefined) return;
    const metrics = createMetrics(snapshot);
    this.#metrics = metrics;
    if (enabled) {
      this.#server = new MetricsServer({
        options,
        metrics,
        liveness: () => liveness(snapshot()),
        readiness: () => readiness(snapshot()),
        log,
      });
    }
    if (path !== undefined) this.#textfile = new Textfile({ path, metrics, clock, log });
  }

  /** @throws SurfwatchError `metrics-listen-failed` */
  async start(): Promise<void> {
    await this.#server?.start();
    this.#textfile?.start();
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server?.stop(), this.#textfile?.stop()]);
  }

  /** Address of the server, `http://127.0.0.1:9477`; empty without one. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  /** Notes how long the stages of a frame took. */
  observe({ tookMs, observed: { read } }: TrackedFrame): void {
    const metrics = this.#metrics;
    if (metrics === undefined) return;
    for (const stage of ['decode', 'embed', 'score'] as const) metrics.tookMs(stage, read.tookMs[stage]);
    metrics.tookMs('frame', tookMs);
  }
}
