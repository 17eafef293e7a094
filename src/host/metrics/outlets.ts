/** The figures of the daemon for who asks: as a text that the page serves, and in a file, where that is wanted. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { lazy } from '../../base/lazy.ts';
import type { Settings } from '../../config/settings.ts';
import type { MetricsSnapshot } from '../../pipeline/metrics-snapshot.ts';
import type { TrackedFrame } from '../../pipeline/processed-frame.ts';
import type { Metrics } from './metrics.ts';
import { Textfile } from './textfile.ts';

export interface MetricsOutletsParts {
  readonly options: Settings['metrics'];
  readonly clock: Clock;
  readonly log: Logger;
}

/** An answer over HTTP. */
export interface Outlet {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What is told of one camera. */
export interface CameraMetrics {
  /** The figures of all cameras: in the text format of Prometheus. */
  text(): Promise<Outlet>;
  liveness(): Outlet;
  readiness(): Outlet;
  /** Notes how long the stages of a frame took. */
  observe(frame: TrackedFrame): void;
}

export class MetricsOutlets {
  readonly #parts: MetricsOutletsParts;
  readonly #cameras: (() => MetricsSnapshot)[] = [];
  /** After the first frame, which does not wait for it. */
  readonly #loaded = lazy(() => import('./metrics.ts'));
  #metrics: Metrics | undefined;
  #textfile: Textfile | undefined;
  /** Several readers at one time get the same text. */
  #text: Promise<string> | undefined;

  constructor(parts: MetricsOutletsParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { options, clock, log } = this.#parts;
    // Not when somebody first asks: an update may have replaced the program by then.
    await this.#loaded.get();
    if (options.textfile === undefined) return;
    this.#textfile = new Textfile({ path: options.textfile, metrics: await this.#open(), clock, log });
    this.#textfile.start();
  }

  async stop(): Promise<void> {
    await this.#textfile?.stop();
  }

  /** One more camera is told of. */
  add(site: string, snapshot: () => MetricsSnapshot): CameraMetrics {
    this.#cameras.push(snapshot);
    return {
      text: () => this.text(),
      liveness: () => verdict(liveness(snapshot())),
      readiness: () => verdict(readiness(snapshot())),
      observe: ({ tookMs, observed: { read } }) => {
        const metrics = this.#metrics;
        if (metrics === undefined) return;
        for (const stage of ['decode', 'embed', 'score'] as const)
          metrics.tookMs(site, stage, read.tookMs[stage]);
        metrics.tookMs(site, 'frame', tookMs);
      },
    };
  }

  /** In the text format of Prometheus. Stages are timed from the first text on: where nobody reads them they cost nothing. */
  async text(): Promise<Outlet> {
    const metrics = await this.#open();
    this.#text ??= metrics.text().finally(() => {
      this.#text = undefined;
    });
    return { status: 200, type: metrics.contentType, body: await this.#text };
  }

  /** Of all cameras, each by its site: well where all are. */
  liveness(): Outlet {
    return this.#verdict(liveness);
  }

  readiness(): Outlet {
    return this.#verdict(readiness);
  }

  #verdict(of: (snapshot: MetricsSnapshot) => Verdict): Outlet {
    const found = this.#snapshots().map(snapshot => [snapshot.info.site, of(snapshot)] as const);
    return verdict({ ok: found.every(([, { ok }]) => ok), cameras: Object.fromEntries(found) });
  }

  #snapshots(): readonly MetricsSnapshot[] {
    return this.#cameras.map(snapshot => snapshot());
  }

  async #open(): Promise<Metrics> {
    const { createMetrics } = await this.#loaded.get();
    this.#metrics ??= createMetrics(() => this.#snapshots());
    return this.#metrics;
  }
}

function verdict<T extends { readonly ok: boolean }>(found: T): Outlet {
  return { status: found.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(found)}\n` };
}

interface Verdict {
  readonly ok: boolean;
  readonly state: string;
  /** Empty where all is well. */
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
}

/** Alive: it answers, and the watchdog found nothing stuck. A restart may help where it is not. */
export function liveness({ state, stalled }: MetricsSnapshot): Verdict {
  const reasons = stalled === null ? [] : [{ code: 'stalled', message: stalled }];
  return { ok: reasons.length === 0, state, reasons };
}

/** By intent it looks at nothing then. */
const AT_REST = ['paused', 'night', 'closed'];

/** Ready: the camera delivers, or need not; figures are served once the model is loaded. */
export function readiness({ state, camera }: MetricsSnapshot): Verdict {
  const reasons = [];
  if (state === 'stopping') reasons.push({ code: 'stopping', message: 'the daemon is stopping' });
  else if (camera.status !== 'online' && !AT_REST.includes(state)) {
    reasons.push({ code: camera.fault ?? 'camera-lost', message: `the camera is ${camera.status}` });
  }
  return { ok: reasons.length === 0, state, reasons };
}
