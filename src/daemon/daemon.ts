/**
 * The composition root: opens the parts of the daemon in order, hands each what it needs, and closes them in the reverse
 * order. The one place that knows them all: another part is wired here.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { monotonicFactory } from 'ulid';
import type { ActivityReport } from '../activity/report.ts';
import type { Clock } from '../base/clock.ts';
import { liveView } from '../base/live-view.ts';
import { partLogger, setLogLevels } from '../base/log.ts';
import { Monitor } from '../board/monitor.ts';
import type { CameraStats } from '../capture/camera.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Settings } from '../config/settings.ts';
import { zonesOf } from '../config/zones.ts';
import { capture } from '../control/capture.ts';
import { type Reloaded, RuntimeOptions } from '../control/runtime-options.ts';
import { visibleZones } from '../control/shown-picture.ts';
import { Snapshots } from '../control/snapshots.ts';
import { controlVerbs } from '../control/verbs.ts';
import { messageOf } from '../errors.ts';
import { History } from '../history/history.ts';
import { MetricsOutlets } from '../host/metrics/outlets.ts';
import { openState } from '../host/state/open.ts';
import { Learning } from '../learning/board/learning.ts';
import { type LearningDeps, modelEventPayload } from '../learning/board/learning-deps.ts';
import { openModel } from '../learning/board/open-model.ts';
import { learningVerbs, needLearning, pictureLabeller } from '../learning/board/verbs.ts';
import { headFolders } from '../learning/models/resolve.ts';
import { healthPayload, infoPayload } from '../messaging/describe.ts';
import { DiskEvents } from '../messaging/event-queue.ts';
import { Messaging } from '../messaging/messaging.ts';
import { useSmallSlabs } from '../messaging/packet-buffers.ts';
import { topicBase } from '../messaging/topics.ts';
import { CommandRegistry, statusVerb } from '../messaging/verbs.ts';
import { FrameLoop, type LoopProgress } from '../pipeline/frame-loop.ts';
import { countOne } from '../pipeline/metrics-snapshot.ts';
import { Pause } from '../pipeline/pause.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { judgedFrameOf } from '../pipeline/processed-frame.ts';
import { Reporter } from '../pipeline/reporter.ts';
import { metricsSnapshot, statePayload, statusAnswer } from '../pipeline/status.ts';
import { ViewStore } from '../pipeline/view-store.ts';
import { EARLIEST_MS } from '../schedule/clock-set.ts';
import { timeZoneOf } from '../schedule/schedule.ts';
import { measuredDetail } from '../vision/cells/detail.ts';
import { Shutdown } from './shutdown.ts';

export interface DaemonDeps {
  readonly clock: Clock;
  /** For the time-outs of the network; that of a soak test runs faster than any broker answers. Default `clock`. */
  readonly networkClock?: Clock;
  readonly log: Logger;
  /** The version of surfwatch, for `info`. */
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

/** A daemon that runs. */
export interface Daemon {
  /** The broker's address without credentials, `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  /** Address of the metrics, empty where none are served. */
  readonly metricsUrl: string;
  /** In force: those of the configuration, under those that were changed while it ran. */
  readonly settings: Settings;
  /** For whoever watches over this process. */
  readonly progress: LoopProgress;
  /** Takes another configuration: what can change without a restart changes. */
  reload(settings: Settings, effective?: readonly EffectiveSetting[]): Promise<Reloaded>;
  /** Ends within about two seconds, whatever the camera and the broker do. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Resolves when the parts run; the broker and the camera may still be on their way.
 *
 * @throws SurfwatchError `state-*`, `broker-*`, `model-*`, `engine-*`, `mqtt-tls-invalid`
 */
export async function startDaemon(configured: Settings, deps: DaemonDeps): Promise<Daemon> {
  const shutdown = new Shutdown();
  try {
    return await openParts(configured, deps, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function openParts(configured: Settings, deps: DaemonDeps, shutdown: Shutdown): Promise<Daemon> {
  const { clock, networkClock = clock, log, version, onStep } = deps;
  const { site, stateDir } = configured;
  const [daemonLog, opsLog, visionLog] = [
    partLogger(log, 'daemon'),
    partLogger(log, 'ops'),
    partLogger(log, 'vision'),
  ];
  const startedMs = clock.monotonic();
  const zones = zonesOf(configured);
  const byZone = zones.length > 0;
  const ulid = monotonicFactory();
  const newId = () => ulid();
  useSmallSlabs();

  // What an earlier run left, and the broker.
  onStep?.('opening the state folder');
  const state = await openState({ stateDir, appVersion: version, clock, log: opsLog });
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
  const settings = () => options.settings;
  options.subscribe((now, paths) => {
    if (paths.some(path => path.startsWith('log.'))) setLogLevels(log, now.log);
  });
  await options.start();

  // The model loads while the broker is connected to.
  onStep?.('loading the model');
  const loading = openModel({
    models: configured.models,
    vision: configured.vision,
    detail: measuredDetail(
      () => settings().vision,
      () => settings().vision.share * settings().camera.intervalMs,
    ),
    stateDir,
    keepHeads: configured.learning.keepHeads,
    clock,
    log: visionLog,
  });
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
  const { reader, store } = await loading;
  const { engine, runtime } = reader.backbone;
  daemonLog.info({ engine, runtime, why: reader.why, head: reader.head.manifest.id }, 'model loaded');

  // What is done with frames.
  const pipeline = new Pipeline({ settings, zones, reader, newId, clock });
  const sender = () => ({ site, model: pipeline.head, atMs: clock.now() });
  const info = () =>
    infoPayload({
      atMs: clock.now(),
      version,
      site,
      reader,
      thresholds: pipeline.options.thresholds,
      zones,
      detail: pipeline.detail,
    });
  const publishInfo = () => {
    messaging.set('info', info());
    messaging.announce({
      site,
      version,
      activities: reader.head.manifest.activities,
      zones: configured.zones.map(({ name }) => name),
      heartbeatMs: settings().activity.heartbeatMs,
      snapshot: settings().snapshot.publish,
    });
  };
  const tellDamage = async () => {
    messaging.alert('state-damaged', await state.damaged().catch(() => null));
  };
  const retrainings = new Map<string, number>();
  const learning = await startLearning({
    options: liveView(() => settings().learning),
    directory: join(stateDir, 'learning'),
    shippedHeads: headFolders(configured).shipped,
    reader,
    store,
    zones,
    intervalMs: () => settings().camera.intervalMs,
    thresholds: () => pipeline.options.thresholds,
    onTraining: training => messaging.set('training', training),
    onNews: news => {
      countOne(retrainings, news.type.replace('model_', ''));
      messaging.emit(modelEventPayload(news, newId(), sender()));
    },
    onAlert: (id, text) => messaging.alert(id, text),
    onHead: () => {
      pipeline.restart();
      publishInfo();
    },
    newId,
    clock,
    log: partLogger(log, 'learning'),
  }).catch((error: unknown) => {
    // A beach that is watched without learning is better than one that is not watched.
    daemonLog.error({ err: error }, 'nothing can be kept or learnt');
    messaging.alert('learning-failed', messageOf(error));
    return null;
  });
  shutdown.add(() => learning?.stop());
  const view = new ViewStore({ stateDir, pipeline, clock, log: visionLog });
  await view.start();
  shutdown.add(() => view.stop());
  const history = new History({
    options: configured.history,
    directory: stateDir,
    site,
    timeZone: timeZoneOf(configured.schedule),
    byZone,
    onStats: stats => messaging.set('stats/hourly', stats),
    onFault: text => messaging.alert('history-not-kept', text),
    onSetAside: () => void tellDamage(),
    clock,
    log: opsLog,
  });
  history.start();
  shutdown.add(() => history.stop());
  await tellDamage();
  const monitor = new Monitor({
    options: configured.monitor,
    stateDir,
    notBeforeMs: EARLIEST_MS,
    onAlert: (id, text) => messaging.alert(id, text),
    clock,
    log: opsLog,
  });
  monitor.start();
  shutdown.add(() => monitor.stop());
  const onlyZones = () => visibleZones(settings().learning, zones);
  const snapshots = new Snapshots({
    options: () => settings().snapshot,
    onlyZones,
    isPaused: () => pause.state !== null,
    publish: jpeg => messaging.setSnapshot(jpeg),
    clock,
    log: daemonLog,
  });
  snapshots.start();
  shutdown.add(() => snapshots.stop());

  // What leads the frames there.
  const health = (camera: CameraStats) =>
    healthPayload({
      atMs: clock.now(),
      monotonicMs: clock.monotonic(),
      startedMs,
      meter: pipeline.meter,
      detail: pipeline.detail,
      camera,
      messaging: messaging.stats,
      board: monitor.latest,
    });
  const reporter = new Reporter({
    messaging,
    byZone,
    publishRiders: () => settings().riders.publish,
    sender,
    newId,
    clock,
  });
  const frameLoop = new FrameLoop({
    settings,
    pipeline,
    reporter,
    history,
    messaging,
    pause,
    onPublished: frame => learning?.published(frame),
    onCondition: condition => messaging.set('state', statePayload(condition, clock)),
    onChange: (report, origin) => deps.onChange?.(report, origin),
    onHeartbeat: camera => {
      messaging.set('health', health(camera));
      void view.saveHourly();
    },
    newId,
    clock,
    log,
  });
  const outlets = new MetricsOutlets({
    options: configured.metrics,
    snapshot: () =>
      metricsSnapshot({
        info: info(),
        pipeline,
        frameLoop,
        messaging,
        isPublished: reporter.publishedMs !== null,
        retrainings,
        errors: deps.errors ?? new Map(),
        board: monitor.latest,
        stalled: deps.stalled?.() ?? null,
      }),
    clock: networkClock,
    log: opsLog,
  });
  // Figures that cannot be read are no reason not to watch.
  await outlets
    .start()
    .catch((error: unknown) => daemonLog.error({ err: error }, 'the metrics cannot be read'));
  shutdown.add(() => outlets.stop());

  // Who is told of what.
  frameLoop.subscribe(frame => outlets.observe(frame));
  frameLoop.subscribe(({ frame, step: { changed } }) =>
    snapshots.offer(frame, changed.beach || changed.zones.length > 0),
  );
  frameLoop.subscribe(frame => learning?.add(judgedFrameOf(frame, pipeline)));
  frameLoop.subscribe(({ newDetail }) => {
    if (newDetail === undefined) return;
    const { scale, smallestPx, tookMs } = newDetail;
    const text = `riders of ${Math.ceil(smallestPx)} pixels and more are seen well`;
    visionLog.info({ scale, smallestPx, tookMs: Math.round(tookMs) }, text);
    publishInfo();
  });
  pause.subscribe(() => frameLoop.updateCapture());
  pause.subscribe(() => snapshots.pauseChanged());
  options.subscribe((_, paths) => {
    snapshots.settingsChanged(paths);
    frameLoop.useSettings();
    publishInfo();
  });
  commands.add({
    status: statusVerb(() => {
      const { frame } = pipeline.reports.beach;
      // Whoever is told of a frame can label it.
      if (frame !== null) learning?.published(frame);
      return statusAnswer({
        state: statePayload(frameLoop.condition, clock),
        beach: pipeline.reports.beach,
        sender: sender(),
        info: info(),
        health: health(frameLoop.cameraStats),
        alerts: messaging.alertTexts,
        learning: learning?.status() ?? null,
      });
    }),
    ...learningVerbs(learning),
    ...controlVerbs({
      pause,
      options,
      view,
      capture: (request, signal) =>
        capture(
          {
            pause,
            captureNow: ending => frameLoop.captureNow(ending),
            keep: async frame => needLearning(learning).keep(judgedFrameOf(frame, pipeline)),
            remember: frame => learning?.remember(judgedFrameOf(frame, pipeline)),
            thresholds: () => pipeline.options.thresholds,
            onlyZones,
          },
          request,
          signal,
        ),
    }),
  });
  commands.addPictures(pictureLabeller(learning));
  commands.complete();
  publishInfo();

  onStep?.('opening the camera');
  await frameLoop.start();
  shutdown.add(() => frameLoop.stop());
  return {
    get address() {
      return messaging.address;
    },
    get metricsUrl() {
      return outlets.url;
    },
    get settings() {
      return options.settings;
    },
    get progress() {
      return frameLoop.progress;
    },
    reload: (another, effective) => options.reload(another, effective),
    stop: () => shutdown.run(),
  };
}

function createMessaging(
  configured: Settings,
  { clock, networkClock = clock, log }: DaemonDeps,
  commands: CommandRegistry,
): Messaging {
  const { mqtt, broker, stateDir, discovery } = configured;
  const ownLog = partLogger(log, 'messaging');
  return new Messaging({
    mqtt,
    broker,
    brokerFile: join(stateDir, 'broker.db'),
    base: topicBase(configured),
    commands,
    events: new DiskEvents({
      path: join(stateDir, 'outbox.db'),
      maxEvents: mqtt.maxQueuedEvents,
      clock,
      log: ownLog,
    }),
    discovery,
    clock: networkClock,
    log: ownLog,
  });
}

async function startLearning(deps: LearningDeps): Promise<Learning> {
  const learning = new Learning(deps);
  await learning.start();
  return learning;
}
