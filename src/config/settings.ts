/** Everything that can be set, as the program sees it: plain frozen data, durations in milliseconds. */
import type { ActivityOptions } from '../activity/options.ts';
import type { LogOptions } from '../base/log.ts';
import type { MonitorOptions } from '../board/monitor.ts';
import type { BrokerOptions } from '../broker/process.ts';
import type { CameraOptions } from '../capture/options.ts';
import type { HistoryOptions } from '../history/options.ts';
import type { LearningOptions } from '../learning/options.ts';
import type { DiscoveryOptions } from '../messaging/discovery/options.ts';
import type { MqttOptions } from '../messaging/options.ts';
import type { RidersOptions } from '../messaging/riders-options.ts';
import type { SnapshotOptions } from '../messaging/snapshot-options.ts';
import type { ScheduleOptions } from '../schedule/options.ts';
import type { DetailOptions } from '../vision/cells/detail.ts';
import type { DecodeLimits } from '../vision/decode.ts';
import type { EngineOptions } from '../vision/engines/create.ts';
import type { GateOptions } from '../vision/quality.ts';
import type { MetricsOptions } from './schema/metrics.ts';
import type { ZoneSetting } from './zones.ts';

export interface Settings {
  readonly site: string;
  readonly fleet: boolean;
  /** Absolute. */
  readonly stateDir: string;
  readonly log: LogOptions;
  readonly camera: CameraOptions;
  /** Empty for the whole picture: `zonesOf` gives the zones to judge. */
  readonly zones: readonly ZoneSetting[];
  readonly vision: EngineOptions & DecodeLimits & DetailOptions;
  readonly gates: GateOptions;
  readonly models: ModelSettings;
  readonly activity: ActivityOptions;
  readonly schedule: ScheduleOptions;
  readonly history: HistoryOptions;
  readonly snapshot: SnapshotOptions;
  readonly riders: RidersOptions;
  readonly learning: LearningOptions;
  readonly mqtt: MqttOptions;
  readonly broker: BrokerOptions;
  readonly discovery: DiscoveryOptions;
  readonly monitor: MonitorOptions;
  readonly metrics: MetricsOptions;
}

export interface ModelSettings {
  /** Absolute. */
  readonly dir: string;
  readonly backbone: string;
  /** Of `riders/`, for frames: a head's id, or `current`. */
  readonly head: string;
  /** Of `heads/`, for photos: a head's id, or `current`. */
  readonly pictureHead: string;
}
