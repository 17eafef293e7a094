/** What the parts of the daemon share, and what the daemon is told of. */
import type { Logger } from 'pino';
import type { BeachReader } from '../activity/beach-reader.ts';
import type { ActivityReport } from '../activity/report.ts';
import type { Clock } from '../base/clock.ts';
import type { Monitor } from '../board/monitor.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Settings } from '../config/settings.ts';
import type { Control } from '../control/control.ts';
import { SurfwatchError } from '../errors.ts';
import type { History } from '../history/history.ts';
import type { MetricsOutlets } from '../host/metrics/outlets.ts';
import type { OpenedState } from '../host/state/open.ts';
import type { Learning } from '../learning/board/learning.ts';
import type { Sender } from '../messaging/from-report.ts';
import type { Messaging } from '../messaging/messaging.ts';
import type { Lookout } from '../pipeline/lookout.ts';
import type { Portrait } from '../pipeline/portrait.ts';
import type { Reporter } from '../pipeline/reporter.ts';
import type { ViewKeeper } from '../pipeline/view-keeper.ts';
import type { Watch } from '../pipeline/watch.ts';
import type { Zone } from '../vision/zone.ts';

export interface DaemonDeps {
  readonly clock: Clock;
  /** For the time-outs of the network; that of a soak test runs faster than any broker answers. Default `clock`. */
  readonly networkClock?: Clock;
  readonly log: Logger;
  /** Of surfwatch, for `info`. */
  readonly version: string;
  /** Where the configuration has each setting from, for those who ask. */
  readonly effective?: readonly EffectiveSetting[];
  /** How often each coded error was logged so far, for the metrics. */
  readonly errors?: ReadonlyMap<string, number>;
  /** What a watchdog found stuck, or null. */
  readonly stalled?: () => string | null;
  /** Told of the steps of the start, which may take long on a slow board. */
  readonly onStep?: (step: string) => void;
  /** Told of every change of the beach's activity, after it was handed to the broker. */
  readonly onChange?: (report: ActivityReport, origin: string) => void;
}

/** What the parts share while they are built: each asks for the others when it needs them, never before. */
export interface Wiring {
  /** Of the configuration. */
  readonly configured: Settings;
  readonly deps: DaemonDeps;
  readonly zones: readonly Zone[];
  readonly newId: () => string;
  readonly sender: () => Sender;
  readonly parts: () => Parts;
}

export interface Parts {
  readonly control: Control;
  readonly messaging: Messaging;
  readonly watch: Watch;
  readonly view: ViewKeeper;
  readonly reporter: Reporter;
  readonly history: History;
  readonly lookout: Lookout;
  readonly monitor: Monitor;
  readonly portrait: Portrait;
  readonly outlets: MetricsOutlets;
  /** How often each end of a retraining was met. */
  readonly retrainings: Map<string, number>;
  /** What the start brings. */
  readonly late: {
    started: boolean;
    state?: OpenedState;
    reader?: BeachReader;
    learning?: Learning;
    /** Resolves when it is known whether there is `learning`: the first frame may be judged before. */
    learningOpened?: Promise<void>;
  };
}

/** Says what in the state folder was found damaged and set aside. */
export async function tellDamage({ messaging, late }: Parts): Promise<void> {
  const damaged = await late.state?.damaged().catch(() => null);
  messaging.alert('state-damaged', damaged ?? null);
}

/** @throws SurfwatchError `command-busy`, `learning-off` */
export function learningOf({ late }: Parts): Learning {
  if (late.learning !== undefined) return late.learning;
  if (!late.started) throw new SurfwatchError('command-busy', 'the daemon is still starting');
  throw new SurfwatchError('learning-off', 'the archive could not be opened when the daemon started');
}
