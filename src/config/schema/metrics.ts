/** Settings of how the board is looked after, and of the figures for Prometheus. */

import { formatDuration } from '../../base/duration.ts';
import { MONITOR_DEFAULTS, type MonitorOptions } from '../../board/monitor.ts';
import type { SchemaOf } from '../setting.ts';

/** How the figures of the daemon are handed out to Prometheus. */
export interface MetricsOptions {
  /** Serve `/metrics`, `/healthz` and `/readyz`. */
  readonly enabled: boolean;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Asked for as `Authorization: Bearer …`. */
  readonly token?: string;
  /** Asked for with basic authentication; both or none. */
  readonly username?: string;
  readonly password?: string;
  /** A file for node_exporter's textfile collector; its name ends with `.prom`. */
  readonly textfile?: string;
  readonly textfileIntervalMs: number;
}

export const METRICS_DEFAULTS: MetricsOptions = {
  enabled: false,
  host: '127.0.0.1',
  port: 9477,
  textfileIntervalMs: 60_000,
};

export const monitorSchema = {
  interval: {
    doc: 'How often temperature, power, disk, memory and clock of the board are looked at.',
    format: 'duration',
    default: formatDuration(MONITOR_DEFAULTS.intervalMs),
    min: 1_000,
  },
  minFree: {
    doc: 'Bytes: the alert `disk-full` is raised where fewer are free on the disk of the state folder.',
    format: 'bytes',
    default: MONITOR_DEFAULTS.minFree,
  },
  hot: {
    doc: 'Temperature of the processor, in °C, from which on the alert `board-hot` is raised.',
    format: 'decimal',
    default: MONITOR_DEFAULTS.hot,
    min: 30,
    max: 150,
  },
} as const satisfies SchemaOf<MonitorOptions>;

const SECRET = { format: 'text', default: null, none: 'omit', noneMeans: 'none', sensitive: true } as const;

export const metricsSchema = {
  enabled: {
    doc: 'Serve `/metrics` (Prometheus), `/healthz` and `/readyz` over HTTP.',
    format: 'switch',
    default: METRICS_DEFAULTS.enabled,
  },
  host: {
    doc: 'Address it listens on. Any but loopback needs `metrics.token`, or `metrics.username` and `metrics.password`.',
    format: 'host',
    default: METRICS_DEFAULTS.host,
    required: true,
  },
  port: { doc: 'TCP port; 0 takes any free one.', format: 'port', default: METRICS_DEFAULTS.port },
  token: { doc: 'Token that a reader must send, as `Authorization: Bearer TOKEN`.', ...SECRET },
  username: {
    doc: 'Login name that a reader must send with basic authentication.',
    format: 'text',
    default: null,
    none: 'omit',
    noneMeans: 'none',
  },
  password: { doc: 'Password that a reader must send with basic authentication.', ...SECRET },
  textfile: {
    doc: 'File for the textfile collector of node_exporter, `….prom`; its folder must exist. Works also with `metrics.enabled` off.',
    format: 'path',
    default: null,
    none: 'omit',
    noneMeans: 'none',
  },
  textfileInterval: {
    doc: 'How often that file is written.',
    format: 'duration',
    default: formatDuration(METRICS_DEFAULTS.textfileIntervalMs),
    min: 1_000,
  },
} as const satisfies SchemaOf<MetricsOptions>;
