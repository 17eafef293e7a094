/** The metrics in the text format of Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricsSnapshot } from '../../pipeline/metrics-snapshot.ts';
import { METRICS, type Metric, type Sample, STAGE_METRIC, type Stage } from './catalogue.ts';

export interface Metrics {
  readonly contentType: string;
  /** Takes a snapshot of each camera and writes them out, with the usual figures of the process and of Node.js. */
  text(): Promise<string>;
  /** A stage of a frame of this site took so long. */
  tookMs(site: string, stage: Stage, ms: number): void;
}

/** From a fast PC to a slow board. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(snapshots: () => readonly MetricsSnapshot[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stages = new Histogram({ ...describe(STAGE_METRIC), buckets: BUCKETS, registers: [registry] });
  // Taken once for each text, so that its figures belong together.
  let taken: readonly MetricsSnapshot[] = [];
  for (const metric of METRICS) register(metric, registry, read => samplesOf(metric, read, taken));
  return {
    contentType: registry.contentType,
    text: () => {
      taken = snapshots();
      return registry.metrics();
    },
    tookMs: (site, stage, ms) => stages.observe({ site, stage }, ms / 1000),
  };
}

type Read = NonNullable<Metric['read']>;

/** What is of the program is the same in every snapshot. */
function samplesOf({ ofProgram }: Metric, read: Read, taken: readonly MetricsSnapshot[]): readonly Sample[] {
  if (ofProgram) return taken.slice(0, 1).flatMap(read);
  return taken.flatMap(snapshot =>
    read(snapshot).map(({ value, labels }) => ({ value, labels: { site: snapshot.info.site, ...labels } })),
  );
}

function register(
  { name, type, read }: Metric,
  registry: Registry,
  taken: (read: Read) => readonly Sample[],
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
        for (const { labels = {}, value } of taken(read)) this.inc({ ...labels }, value);
      },
    });
    return;
  }
  new Gauge({
    ...options,
    collect() {
      this.reset();
      if (isPlain) this.remove({});
      for (const { labels = {}, value } of taken(read)) this.set({ ...labels }, value);
    },
  });
}

function describe(name: string) {
  const metric = METRICS.find(entry => entry.name === name);
  if (metric === undefined) throw new RangeError(`no metric "${name}"`);
  return { name, help: metric.help, labelNames: labelsOf(metric) };
}

export function labelsOf({ labels = [], ofProgram }: Metric): string[] {
  return [...(ofProgram ? [] : ['site']), ...labels];
}
