/** The first phase of the start of a camera: its state folder, settings, broker connection, camera and model. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { monotonicFactory } from 'ulid';
import type { BeachReader } from '../activity/beach-reader.ts';
import { cameraLogger, partLogger, setLogLevels } from '../base/log.ts';
import type { CameraConfig } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import { zonesOf } from '../config/zones.ts';
import { RuntimeOptions } from '../control/runtime-options.ts';
import { type OpenedState, openState } from '../host/state/open.ts';
import { openModel } from '../learning/board/open-model.ts';
import type { ModelStore } from '../learning/models/types.ts';
import { DiskEvents } from '../messaging/event-queue.ts';
import { Messaging } from '../messaging/messaging.ts';
import { MAX_QUEUED_EVENTS } from '../messaging/options.ts';
import { topicBase } from '../messaging/topics.ts';
import { CommandRegistry } from '../messaging/verbs.ts';
import { CameraSwitch } from '../pipeline/camera-switch.ts';
import { captureOff } from '../pipeline/condition.ts';
import { Pause } from '../pipeline/pause.ts';
import { statePayload } from '../pipeline/status.ts';
import { createSchedule } from '../schedule/schedule.ts';
import { measuredDetail } from '../vision/cells/detail.ts';
import type { Zone } from '../vision/zone.ts';
import type { DaemonDeps, Shared } from './shared.ts';
import type { Shutdown } from './shutdown.ts';

/** What every other part of a camera is built on. */
export interface Foundation {
  readonly shared: Shared;
  /** The settings of the configuration; {@link options} has those in force. */
  readonly configured: Settings;
  readonly deps: DaemonDeps;
  /** The root of this camera's log. */
  readonly log: Logger;
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
  shared: Shared,
  { settings: configured, effective }: CameraConfig,
  deps: DaemonDeps,
  shutdown: Shutdown,
): Promise<Foundation> {
  const { clock, version } = deps;
  const { stateDir, site } = configured;
  const log = shared.isList ? cameraLogger(deps.log, site) : deps.log;
  const onStep = (step: string) => deps.onStep?.(shared.isList ? `${site}: ${step}` : step);
  const daemonLog = partLogger(log, 'daemon');
  const startedMs = clock.monotonic();
  const ulid = monotonicFactory();
  onStep('opening the state folder');
  const state = await openState({ stateDir, appVersion: version, clock, log: partLogger(log, 'ops') });
  shutdown.add(() => state.close());
  const commands = new CommandRegistry();
  const messaging = createMessaging(shared, configured, deps, commands, partLogger(log, 'messaging'));
  const options = new RuntimeOptions({
    settings: configured,
    effective,
    onAlert: text => messaging.alert('options-ignored', text),
    clock,
    log: daemonLog,
  });
  options.subscribe((settings, paths) => {
    if (paths.some(path => path.startsWith('log.'))) setLogLevels(deps.log, settings.log);
  });
  await options.start();

  onStep('loading the model');
  const loading = loadModel(shared, options, deps, partLogger(log, 'vision'));
  // While it loads the broker is connected to. Nothing it needs is closed before it is done.
  const loaded = loading.catch(() => null);
  shutdown.add(async () => void (await loaded));
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
  onStep('opening the camera');
  const camera = new CameraSwitch({
    settings: () => options.settings.camera,
    clock,
    log: partLogger(log, 'capture'),
  });
  shutdown.add(() => camera.close());
  shared.watched.push(() => camera.isOpen);
  const { schedule } = options.settings;
  if (captureOff(pause.state, createSchedule(schedule).at(clock.now()), schedule) === null)
    await camera.open();
  const { reader, store } = await loading;
  const { engine, runtime } = reader.backbone;
  daemonLog.info({ engine, runtime, why: reader.why, head: reader.head.manifest.id }, 'model loaded');
  const [zones, newId] = [zonesOf(configured), () => ulid()];
  const opened = { state, options, messaging, commands, pause, camera, reader, store };
  return { shared, configured, deps, log, startedMs, zones, newId, ...opened };
}

function createMessaging(
  { broker }: Shared,
  configured: Settings,
  { clock, networkClock = clock }: DaemonDeps,
  commands: CommandRegistry,
  log: Logger,
): Messaging {
  const { mqtt, stateDir, discovery } = configured;
  const base = topicBase(configured);
  const path = join(stateDir, 'outbox.db');
  return new Messaging({
    mqtt,
    ...(broker !== null && { broker: broker.accessOf(base) }),
    base,
    commands,
    events: new DiskEvents({ path, maxEvents: MAX_QUEUED_EVENTS, clock, log }),
    discovery,
    clock: networkClock,
    log,
  });
}

function loadModel(
  { backbone, turns, watched }: Shared,
  options: RuntimeOptions,
  { clock }: DaemonDeps,
  log: Logger,
) {
  const { models, stateDir } = options.settings;
  // The engine's time is shared among the cameras that are watched.
  const budgetMs = () => {
    const { vision, camera } = options.settings;
    return (vision.share * camera.intervalMs) / Math.max(1, watched.filter(isOn => isOn()).length);
  };
  return openModel({
    models,
    backbone,
    detail: measuredDetail(() => options.settings.vision, budgetMs),
    inTurn: turns.engine(),
    stateDir,
    clock,
    log,
  });
}
