/**
 * The second phase of the start of a camera, on an open model: builds all that does something with frames, and connects it. Another
 * consumer of frames or another command is added here, in one place; what is said of the beach is said by `Reporter`.
 */
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as sent } from 'node:timers/promises';
import { deferred } from '../base/deferred.ts';
import { liveView } from '../base/live-view.ts';
import { partLogger } from '../base/log.ts';
import type { CameraStats } from '../capture/camera.ts';
import { capture } from '../control/capture.ts';
import { visibleZones } from '../control/shown-picture.ts';
import { Snapshots } from '../control/snapshots.ts';
import { controlVerbs } from '../control/verbs.ts';
import { messageOf } from '../errors.ts';
import { History } from '../history/history.ts';
import type { Learning } from '../learning/board/learning.ts';
import { type LearningDeps, modelEventPayload } from '../learning/board/learning-deps.ts';
import { learningVerbs, needLearning, pictureLabeller } from '../learning/board/verbs.ts';
import { headFolders } from '../learning/models/resolve.ts';
import { healthPayload, infoPayload } from '../messaging/describe.ts';
import { statusVerb } from '../messaging/verbs.ts';
import { FrameLoop } from '../pipeline/frame-loop.ts';
import { countOne } from '../pipeline/metrics-snapshot.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import { judgedFrameOf, type ProcessedFrame } from '../pipeline/processed-frame.ts';
import { Reporter } from '../pipeline/reporter.ts';
import { metricsSnapshot, statePayload, statusAnswer } from '../pipeline/status.ts';
import { ViewStore } from '../pipeline/view-store.ts';
import { timeZoneOf } from '../schedule/schedule.ts';
import { Page } from '../web/page.ts';
import type { Foundation } from './foundation.ts';
import { setupOf } from './setup.ts';
import type { Shutdown } from './shutdown.ts';

/** Where the first frame takes longer, what can wait for it does not. */
const FIRST_FRAME_MS = 1_000;

/** Returns when frames are on their way. */
export async function startParts(foundation: Foundation, shutdown: Shutdown) {
  const { shared, configured, deps, log, startedMs, zones, newId, state, options } = foundation;
  const { messaging, commands, pause, camera, reader } = foundation;
  const { monitor } = shared;
  const { clock, networkClock = clock } = deps;
  const { site, stateDir } = configured;
  const [daemonLog, opsLog, visionLog] = [
    partLogger(log, 'daemon'),
    partLogger(log, 'ops'),
    partLogger(log, 'vision'),
  ];
  const settings = () => options.settings;
  const byZone = zones.length > 0;

  const pipeline = new Pipeline({ settings, zones, reader, newId, clock });
  const sender = () => ({ site, model: pipeline.head, atMs: clock.now() });
  const { info, publishInfo } = infoOf(foundation, pipeline);
  const retrainings = new Map<string, number>();
  // The first word of the beach goes before what it does not need.
  const first = deferred<void>();
  const spoken = Promise.race([first.promise, delay(FIRST_FRAME_MS)]);
  // Resolves when what learns is open.
  const learning = spoken.then(() =>
    startLearning(foundation, pipeline, {
      onNews: news => {
        countOne(retrainings, news.type.replace('model_', ''));
        messaging.emit(modelEventPayload(news, newId(), sender()));
      },
      onHead: () => {
        pipeline.restart();
        publishInfo();
      },
    }),
  );
  shutdown.add(async () => {
    first.resolve();
    await (await learning)?.stop();
  });
  const view = new ViewStore({ stateDir, pipeline, clock, log: visionLog });
  await view.start();
  shutdown.add(() => view.stop());
  const alertDamage = async () => messaging.alert('state-damaged', await state.damaged().catch(() => null));
  const history = new History({
    options: configured.history,
    directory: stateDir,
    site,
    timeZone: timeZoneOf(configured.schedule),
    byZone,
    onStats: stats => messaging.set('stats/hourly', stats),
    onFault: text => messaging.alert('history-not-kept', text),
    onSetAside: () => void alertDamage(),
    clock,
    log: opsLog,
  });
  history.start();
  shutdown.add(() => history.stop());
  await alertDamage();
  monitor.start();
  monitor.subscribe((id, text) => messaging.alert(id, text));
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
  const publishRiders = () => settings().riders.publish;
  const reporter = new Reporter({ messaging, byZone, publishRiders, sender, newId, clock });
  const frameLoop = new FrameLoop({
    settings,
    pipeline,
    reporter,
    history,
    messaging,
    pause,
    camera,
    onPublished: frame => void learning.then(part => part?.published(frame)),
    onCondition: condition => messaging.set('state', statePayload(condition, clock)),
    onChange: (report, origin) => deps.onChange?.(report, origin, site),
    onHeartbeat: camera => {
      messaging.set('health', health(camera));
      void view.saveHourly();
    },
    newId,
    clock,
    log,
  });
  void frameLoop.spoken.then(() => sent()).then(first.resolve);
  const metrics = shared.metrics.add(site, () =>
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
  );
  const page = new Page({
    pages: shared.pages,
    settings: configured,
    messaging,
    commands,
    metrics,
    now: () => ({ beach: pipeline.reports.beach, state: frameLoop.condition.state }),
    isPaused: () => pause.state !== null,
    picture: async id => (await needLearning(learning)).picture(id),
    onShown: frame => void learning.then(part => part?.shown(frame)),
    pictures: async (fromMs, toMs) => (await learning)?.pictures(fromMs, toMs) ?? [],
    readWhole: bytes => reader.read(bytes, [], { points: [] }),
    onlyZones,
    judging: () => ({ manifest: reader.head.manifest, thresholds: pipeline.options.thresholds }),
    setup: setupOf(foundation, frameLoop, onlyZones),
    clock: networkClock,
    log: partLogger(log, 'web'),
  });
  shutdown.add(() => page.stop());

  // Who is told of frames, of a pause and of other settings, in this order.
  const judged = (frame: ProcessedFrame) => judgedFrameOf(frame, pipeline);
  frameLoop.subscribe(frame => metrics.observe(frame));
  frameLoop.subscribe(frame => page.observe(frame));
  frameLoop.subscribe(({ frame }) => snapshots.offer(frame));
  frameLoop.subscribe(frame => {
    const kept = judged(frame);
    // What is published of it is on its way before it is compared with others.
    void sent()
      .then(() => learning)
      .then(part => part?.add(kept));
  });
  frameLoop.subscribe(({ newDetail }) => {
    if (newDetail === undefined) return;
    const { scale, smallestPx, tookMs } = newDetail;
    const text = `riders of ${Math.ceil(smallestPx)} pixels and more are seen well`;
    visionLog.info({ scale, smallestPx, tookMs: Math.round(tookMs) }, text);
    publishInfo();
  });
  pause.subscribe(() => frameLoop.updateCapture());
  pause.subscribe(() => snapshots.pauseChanged());
  pause.subscribe(() => page.pauseChanged());
  options.subscribe((_, paths) => {
    snapshots.settingsChanged(paths);
    frameLoop.useSettings();
    publishInfo();
  });

  const captureDeps = {
    pause,
    captureNow: (signal: AbortSignal) => frameLoop.captureNow(signal),
    keep: async (frame: ProcessedFrame) => (await needLearning(learning)).keep(judged(frame)),
    remember: async (frame: ProcessedFrame) => (await learning)?.remember(judged(frame)),
    thresholds: () => pipeline.options.thresholds,
    onlyZones,
  };
  const status = async () => {
    const part = await learning;
    const { beach } = pipeline.reports;
    // Whoever is told of a frame can label it.
    if (beach.frame !== null) part?.published(beach.frame);
    return statusAnswer({
      state: statePayload(frameLoop.condition, clock),
      beach,
      sender: sender(),
      info: info(),
      health: health(frameLoop.cameraStats),
      alerts: messaging.alertTexts,
      learning: part?.status() ?? null,
    });
  };
  commands.add({ status: statusVerb(status) });
  commands.add(learningVerbs(learning));
  commands.addPictures(pictureLabeller(learning));
  commands.add(
    controlVerbs({
      pause,
      options,
      view,
      capture: (request, signal) => capture(captureDeps, request, signal),
    }),
  );
  commands.complete();
  publishInfo();

  shutdown.add(() => frameLoop.stop());
  await frameLoop.start();
  await spoken;
  // A page that cannot be served is no reason not to watch.
  await page
    .start()
    .catch((error: unknown) => daemonLog.error({ err: error }, 'the daemon goes on without its page'));
  await learning;
  return frameLoop;
}

/** What runs, as a payload, and how it is published: again after each change of it. */
function infoOf({ configured, deps, zones, options, messaging, reader }: Foundation, pipeline: Pipeline) {
  const { site } = configured;
  const { clock, version } = deps;
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
    const { activity, snapshot } = options.settings;
    messaging.set('info', info());
    messaging.announce({
      site,
      version,
      activities: reader.head.manifest.activities,
      zones: configured.zones.map(({ name }) => name),
      heartbeatMs: activity.heartbeatMs,
      snapshot: snapshot.publish,
    });
  };
  return { info, publishInfo };
}

/** Kept frames leave so many times the room of the alert `disk-full`: they never raise it. */
const ROOM_BESIDE_FRAMES = 2.5;

/** Null where it cannot be started: a beach that is watched without learning is better than one that is not watched. */
async function startLearning(
  { shared, configured, deps, log, zones, options, messaging, reader, store, newId }: Foundation,
  pipeline: Pipeline,
  told: Pick<LearningDeps, 'onNews' | 'onHead'>,
): Promise<Learning | null> {
  try {
    // Loaded when its turn comes: the first frame does not wait for it.
    const { Learning } = await import('../learning/board/learning.ts');
    const learning = new Learning({
      options: liveView(() => options.settings.learning),
      minFreeBytes: ROOM_BESIDE_FRAMES * configured.monitor.minFree,
      directory: join(configured.stateDir, 'learning'),
      shippedHeads: headFolders(configured).shipped,
      reader,
      store,
      zones,
      intervalMs: () => options.settings.camera.intervalMs,
      thresholds: () => pipeline.options.thresholds,
      onTraining: training => messaging.set('training', training),
      onAlert: (id, text) => messaging.alert(id, text),
      ...told,
      inTurn: shared.turns.retraining(),
      thread: { programs: deps.programs },
      newId,
      clock: deps.clock,
      log: partLogger(log, 'learning'),
    });
    await learning.start();
    return learning;
  } catch (error) {
    partLogger(log, 'daemon').error({ err: error }, 'nothing can be kept or learnt');
    messaging.alert('learning-failed', messageOf(error));
    return null;
  }
}
