/** What all cameras of the program share: the engine, the embedded broker, the monitoring of the board, the page's server. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type SharedBackbone, shareBackbone } from '../activity/model.ts';
import type { ActivityReport } from '../activity/report.ts';
import type { Clock } from '../base/clock.ts';
import { fairTurns, type InTurn } from '../base/fair-turns.ts';
import { partLogger } from '../base/log.ts';
import { Monitor } from '../board/monitor.ts';
import { BrokerProcess } from '../broker/process.ts';
import type { LoadedCameras } from '../config/load.ts';
import type { ConfigSource } from '../config/source.ts';
import type { Reloaded } from '../control/runtime-options.ts';
import { MetricsOutlets } from '../host/metrics/outlets.ts';
import { useSmallSlabs } from '../messaging/packet-buffers.ts';
import { topicBase } from '../messaging/topics.ts';
import { EARLIEST_MS } from '../schedule/clock-set.ts';
import { Pages } from '../web/pages.ts';
import type { Shutdown } from './shutdown.ts';

/** The frames go first, whatever clients send to the embedded broker. */
const BROKER_NICENESS = 10;

export interface DaemonDeps {
  readonly clock: Clock;
  /** For the time-outs of the network; that of a soak test runs faster than any broker answers. Default `clock`. */
  readonly networkClock?: Clock;
  /** The root of the log. */
  readonly log: Logger;
  /** Folder of the bundled programs of the embedded broker and of a retraining, where they are not beside this one. */
  readonly programs?: string;
  /** The version of surfwatch, for `info`. */
  readonly version: string;
  /** Where the settings come from, for the page; without it nothing can be set up there. */
  readonly source?: ConfigSource;
  /** Ends the daemon and starts it anew, soon; without it the page cannot ask for that. */
  readonly restart?: () => void;
  /** How often each coded error was logged so far, for the metrics. */
  readonly errors?: ReadonlyMap<string, number>;
  /** What a watchdog found stuck, or null. */
  readonly stalled?: () => string | null;
  /** Told of the steps of the start, which may take long on a slow board. */
  readonly onStep?: (step: string) => void;
  /** Told of every change of the beach's activity, after it was handed to the broker. */
  readonly onChange?: (report: ActivityReport, origin: string, site: string) => void;
}

/** What the cameras come from. */
export type DaemonConfig = Pick<LoadedCameras, 'cameras' | 'isList' | 'stateDir'>;

/** Takes another configuration while the daemon runs: what can change without a restart changes. */
export type Reload = (config: DaemonConfig) => Promise<Reloaded>;

export interface Shared {
  /** Whether the cameras are entries of a list: each names itself in the log and has a page of its own. */
  readonly isList: boolean;
  readonly backbone: SharedBackbone;
  /** One more user of the engine, for frames; of the processor and the memory that a retraining takes. */
  readonly turns: { readonly engine: () => InTurn; readonly retraining: () => InTurn };
  /** The embedded broker; null where `mqtt.url` names another. The first camera starts it. */
  readonly broker: BrokerProcess | null;
  readonly monitor: Monitor;
  readonly metrics: MetricsOutlets;
  readonly pages: Pages;
  /** Whether each camera that was started is watched now, and so has a share of the engine's time. */
  readonly watched: (() => boolean)[];
  readonly reload: Reload;
}

/** Costs nothing: what it makes is opened by the cameras. */
export function shareAmong(
  { cameras, isList, stateDir }: DaemonConfig,
  deps: DaemonDeps,
  reload: Reload,
  shutdown: Shutdown,
): Shared {
  const { clock, networkClock = clock, programs, log } = deps;
  // Those of the program, which are the same for all cameras.
  const { mqtt, broker, models, vision, monitor, metrics, web } = cameras[0].settings;
  useSmallSlabs();
  const shared = {
    isList,
    backbone: shareBackbone(models, 'cells', { ...vision, stateDir }, partLogger(log, 'vision')),
    turns: { engine: fairTurns(), retraining: fairTurns() },
    broker:
      mqtt.url !== ''
        ? null
        : new BrokerProcess({
            options: broker,
            bases: cameras.map(({ settings }) => topicBase(settings)),
            niceness: BROKER_NICENESS,
            ...(programs !== undefined && { program: join(programs, 'broker-program.js') }),
            clock: networkClock,
            log: partLogger(log, 'broker'),
          }),
    monitor: new Monitor({
      options: monitor,
      stateDir,
      notBeforeMs: EARLIEST_MS,
      clock,
      log: partLogger(log, 'ops'),
    }),
    metrics: new MetricsOutlets({ options: metrics, clock: networkClock, log: partLogger(log, 'ops') }),
    watched: [],
    reload,
  };
  const pages = new Pages({
    options: web,
    ...(metrics.token !== undefined && { token: metrics.token }),
    stateDir,
    isList,
    metrics: shared.metrics,
    clock: networkClock,
    log: partLogger(log, 'web'),
  });
  shutdown.add(() => shared.backbone.close());
  shutdown.add(() => shared.broker?.stop());
  shutdown.add(() => shared.monitor.stop());
  shutdown.add(() => shared.metrics.stop());
  shutdown.add(() => pages.stop());
  return { ...shared, pages };
}
