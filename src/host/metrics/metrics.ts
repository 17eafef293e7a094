/** The metrics in the text format of Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricsSnapshot } from '../../pipeline/metrics-snapshot.ts';
import { METRICS, type Metric, type Sample, STAGE_METRIC, type Stage } from './catalogue.ts';

export interface Metrics {
  readonly contentType: string;
  /** Takes a snapshot and writes it out, with the usual figures of the process and of Node.js. */
  text(): Promise<string>;
  /** A stage of a frame took so long. */
  tookMs(stage: Stage, ms: number): void;
}

/** From a fast PC to a slow board. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(snapshot: () => MetricsSnapshot): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stages = new Histogram({ ...describe(STAGE_METRIC), buckets: BUCKETS, registers: [registry] });
  // Taken once for each text, so that its figures belong together.
  let taken: MetricsSnapshot | undefined;
  for (const metric of METRICS) register(metric, registry, read => (taken === undefined ? [] : read(taken)));
  return {
    contentType: registry.contentType,
    text: () => {
      taken = snapshot();
      return registry.metrics();
    },
    tookMs: (stage, ms) => stages.observe({ stage }, ms / 1000),
  };
}

type Read = NonNullable<Metric['read']>;

function register(
  { name, type, read }: Metric,
  registry: Registry,
  samplesOf: (read: Read) => readonly Sample[],
): void {
  if (read === undefined) return;
  const options = { ...describe(name), registers: [registry] };
  const isPlain = options.labelNames.length === 0;
  if (type === 'counter') {
    new Counter({
      ...options,
      collect() {
        this.reset();
        // A figure that is not known has no series; after a reset it would be 0.
        if (isPlain) this.remove({});
        for (const { labels = {}, value } of samplesOf(read)) this.inc({ ...labels }, value);
      },
    });
    return;
  }
  new Gauge({
    ...options,
    collect() {
      this.reset();
      if (isPlain) this.remove({});
      for (const { labels = {}, value } of samplesOf(read)) this.set({ ...labels }, value);
    },
  });
}

function describe(name: string) {
  const metric = METRICS.find(entry => entry.name === name);
  if (metric === undefined) throw new RangeError(`no metric "${name}"`);
  return { name, help: metric.help, labelNames: [...(metric.labels ?? [])] };
}
