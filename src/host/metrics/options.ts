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
