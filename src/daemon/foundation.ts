/** The first phase of the start: the state folder, the settings, the broker, the camera and the model. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { monotonicFactory } from 'ulid';
import type { BeachReader } from '../activity/beach-reader.ts';
import type { ActivityReport } from '../activity/report.ts';
import type { Clock } from '../base/clock.ts';
import { partLogger, setLogLevels } from '../base/log.ts';
import { BrokerProcess } from '../broker/process.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Settings } from '../config/settings.ts';
import type { ConfigSource } from '../config/source.ts';
import { zonesOf } from '../config/zones.ts';
import { RuntimeOptions } from '../control/runtime-options.ts';
import { type OpenedState, openState } from '../host/state/open.ts';
import { openModel } from '../learning/board/open-model.ts';
import type { ModelStore } from '../learning/models/types.ts';
import { DiskEvents } from '../messaging/event-queue.ts';
import { Messaging } from '../messaging/messaging.ts';
import { MAX_QUEUED_EVENTS } from '../messaging/options.ts';
import { useSmallSlabs } from '../messaging/packet-buffers.ts';
import { topicBase } from '../messaging/topics.ts';
import { CommandRegistry } from '../messaging/verbs.ts';
import { CameraSwitch } from '../pipeline/camera-switch.ts';
import { captureOff } from '../pipeline/condition.ts';
import { Pause } from '../pipeline/pause.ts';
import { statePayload } from '../pipeline/status.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { measuredDetail } from '../vision/cells/detail.ts';
import type { Zone } from '../vision/zone.ts';
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
  /** Where the configuration has each setting from, for those who ask. */
  readonly effective?: readonly EffectiveSetting[];
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
  readonly onChange?: (report: ActivityReport, origin: string) => void;
}

/** What every other part is built on. */
export interface Foundation {
  /** The settings of the configuration; {@link options} has those in force. */
  readonly configured: Settings;
  readonly deps: DaemonDeps;
  /** Monotonic milliseconds. */
  readonly startedMs: number;
  readonly zones: readonly Zone[];
  readonly newId: () => string;
  readonly state: OpenedState;
  readonly options: RuntimeOptions;
  readonly messaging: Messaging;
  readonly commands: CommandRegistry;
  readonly pause: Pause;
  readonly camera: CameraSwitch;
  readonly reader: BeachReader;
  readonly store: ModelStore;
}

/** @throws SurfwatchError `state-*`, `broker-*`, `model-*`, `engine-*`, `mqtt-tls-invalid` */
export async function openFoundation(
  configured: Settings,
  deps: DaemonDeps,
  shutdown: Shutdown,
): Promise<Foundation> {
  const { clock, log, version, onStep } = deps;
  const { stateDir } = configured;
  const daemonLog = partLogger(log, 'daemon');
  const startedMs = clock.monotonic();
  const ulid = monotonicFactory();
  useSmallSlabs();
  onStep?.('opening the state folder');
  const state = await openState({ stateDir, appVersion: version, clock, log: partLogger(log, 'ops') });
  shutdown.add(() => state.close());
  const commands = new CommandRegistry();
  const messaging = createMessaging(configured, deps, commands);
  const options = new RuntimeOptions({
    settings: configured,
    ...(deps.effective !== undefined && { effective: deps.effective }),
    onAlert: text => messaging.alert('options-ignored', text),
    clock,
    log: daemonLog,
  });
  options.subscribe((settings, paths) => {
    if (paths.some(path => path.startsWith('log.'))) setLogLevels(log, settings.log);
  });
  await options.start();

  onStep?.('loading the model');
  const loading = loadModel(configured, options, deps);
  // While it loads the broker is connected to. It is closed after that one: a command may still need it.
  const loaded = loading.catch(() => null);
  shutdown.add(async () => (await loaded)?.reader.close());
  await messaging.start();
  shutdown.add(() => messaging.stop());
  messaging.set('camera/availability', 'offline');
  messaging.set('state', statePayload({ state: 'starting', sinceMs: startedMs }, clock));
  messaging.alert('state-not-kept', state.notKept);
  const pause = new Pause({
    stateDir,
    onAlert: text => messaging.alert('pause-not-kept', text),
    clock,
    log: daemonLog,
  });
  await pause.start();
  shutdown.add(() => pause.stop());
  // A camera may take as long as the model: its first picture waits for that.
  onStep?.('opening the camera');
  const camera = new CameraSwitch({
    settings: () => options.settings.camera,
    clock,
    log: partLogger(log, 'capture'),
  });
  shutdown.add(() => camera.close());
  const { schedule } = options.settings;
  if (captureOff(pause.state, createSchedule(schedule).at(clock.now()), schedule) === null)
    await camera.open();
  const { reader, store } = await loading;
  const { engine, runtime } = reader.backbone;
  daemonLog.info({ engine, runtime, why: reader.why, head: reader.head.manifest.id }, 'model loaded');
  const [zones, newId] = [zonesOf(configured), () => ulid()];
  const opened = { state, options, messaging, commands, pause, camera, reader, store };
  return { configured, deps, startedMs, zones, newId, ...opened };
}

function createMessaging(
  configured: Settings,
  { clock, networkClock = clock, programs, log: root }: DaemonDeps,
  commands: CommandRegistry,
): Messaging {
  const { mqtt, broker, stateDir, discovery } = configured;
  const log = partLogger(root, 'messaging');
  const base = topicBase(configured);
  const path = join(stateDir, 'outbox.db');
  const ownBroker = () =>
    new BrokerProcess({
      options: broker,
      base,
      niceness: BROKER_NICENESS,
      ...(programs !== undefined && { program: join(programs, 'broker-program.js') }),
      clock: networkClock,
      log: partLogger(root, 'broker'),
    });
  return new Messaging({
    mqtt,
    ...(mqtt.url === '' && { broker: ownBroker() }),
    base,
    commands,
    events: new DiskEvents({ path, maxEvents: MAX_QUEUED_EVENTS, clock, log }),
    discovery,
    clock: networkClock,
    log,
  });
}

function loadModel(
  { models, vision, stateDir, learning }: Settings,
  options: RuntimeOptions,
  deps: DaemonDeps,
) {
  const detail = measuredDetail(
    () => options.settings.vision,
    () => options.settings.vision.share * options.settings.camera.intervalMs,
  );
  const log = partLogger(deps.log, 'vision');
  return openModel({
    models,
    vision,
    detail,
    stateDir,
    keepHeads: learning.keepHeads,
    clock: deps.clock,
    log,
  });
}
