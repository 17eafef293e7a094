/** The composition root: builds the parts from the settings, wires them, starts and stops them in order. */

import { join } from 'node:path';
import type { Logger } from 'pino';
import { monotonicFactory } from 'ulid';
import type { Classifier } from './activity/classifier.ts';
import type { ActivityReport } from './activity/report.ts';
import type { EffectiveSetting } from './config/effective.ts';
import type { Settings } from './config/settings.ts';
import { zonesOf } from './config/zones.ts';
import { Control } from './control/control.ts';
import type { Reloaded } from './control/runtime-options.ts';
import { messageOf, SurfwatchError } from './errors.ts';
import { History } from './history/history.ts';
import { Learning } from './learning/board/learning.ts';
import { openModel, shippedHeads } from './learning/board/open-model.ts';
import { verbParts } from './learning/board/verb-parts.ts';
import { DiskEvents } from './messaging/event-queue.ts';
import { modelEventPayload, type Sender } from './messaging/from-report.ts';
import { learningVerbs } from './messaging/learning-verbs.ts';
import { Messaging } from './messaging/messaging.ts';
import { topicBase } from './messaging/topics.ts';
import { statusVerb } from './messaging/verbs.ts';
import type { Clock } from './ops/clock.ts';
import { Monitor } from './ops/host/monitor.ts';
import { liveView } from './ops/live-view.ts';
import { partLogger } from './ops/log.ts';
import { MetricsOutlets } from './ops/metrics/outlets.ts';
import { countOne } from './ops/metrics/snapshot.ts';
import type { Pulse } from './ops/service/liveness.ts';
import { type OpenedState, openState } from './ops/state/open.ts';
import { EARLIEST_MS } from './schedule/clock-set.ts';
import { timeZoneOf } from './schedule/schedule.ts';
import { Lookout } from './watch/lookout.ts';
import { Portrait } from './watch/portrait.ts';
import { Reporter } from './watch/reporter.ts';
import { seenFrameOf } from './watch/seen.ts';
import { ViewKeeper } from './watch/view-keeper.ts';
import { type Look, Watch } from './watch/watch.ts';

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
  readonly onChange?: (report: ActivityReport) => void;
}

export class Daemon {
  /** Of the configuration; those in force are `settings`. */
  readonly #configured: Settings;
  readonly #deps: DaemonDeps;
  readonly #log: Logger;
  readonly #zones;
  readonly #control: Control;
  readonly #messaging: Messaging;
  readonly #watch: Watch;
  readonly #view: ViewKeeper;
  readonly #reporter: Reporter;
  readonly #history: History;
  readonly #lookout: Lookout;
  readonly #monitor: Monitor;
  readonly #portrait: Portrait;
  readonly #outlets: MetricsOutlets;
  readonly #newId = monotonicFactory();
  readonly #retrainings = new Map<string, number>();
  #state: OpenedState | undefined;
  #classifier: Classifier | undefined;
  #learning: Learning | undefined;
  #started = false;
  #stopped: Promise<void> | undefined;

  constructor(settings: Settings, deps: DaemonDeps) {
    const { clock, networkClock = clock, log } = deps;
    this.#configured = settings;
    this.#deps = deps;
    this.#log = partLogger(log, 'daemon');
    this.#zones = zonesOf(settings);
    const newId = () => this.#newId();
    const sender = () => this.#sender();
    this.#control = this.#newControl();
    this.#messaging = this.#newMessaging(networkClock);
    const messaging = this.#messaging;
    this.#watch = new Watch({ settings: () => this.settings, zones: this.#zones, newId, clock });
    const { stateDir } = settings;
    this.#view = new ViewKeeper({ stateDir, watch: this.#watch, clock, log: partLogger(log, 'vision') });
    const byZone = settings.zones.length > 0;
    this.#reporter = new Reporter({ messaging, byZone, sender, newId, clock });
    this.#history = new History({
      options: settings.history,
      directory: settings.stateDir,
      site: settings.site,
      timeZone: timeZoneOf(settings.schedule),
      byZone,
      onStats: stats => messaging.set('stats/hourly', stats),
      onFault: text => messaging.alert('history-not-kept', text),
      onSetAside: () => void this.#tellDamage(),
      clock,
      log: partLogger(log, 'ops'),
    });
    this.#monitor = new Monitor({
      options: settings.monitor,
      stateDir: settings.stateDir,
      notBeforeMs: EARLIEST_MS,
      onAlert: (id, text) => messaging.alert(id, text),
      clock,
      log: partLogger(log, 'ops'),
    });
    this.#lookout = new Lookout({
      settings: () => this.settings,
      watch: this.#watch,
      reporter: this.#reporter,
      history: this.#history,
      messaging,
      paused: () => this.#control.paused,
      onLooked: look => this.#onLooked(look),
      onPublished: frame => this.#learning?.published(frame),
      onCondition: () => messaging.set('state', this.#portrait.state()),
      onChange: report => deps.onChange?.(report),
      onHeartbeat: () => {
        messaging.set('health', this.#portrait.health());
        void this.#view.beat();
      },
      newId,
      clock,
      log,
    });
    this.#portrait = new Portrait({
      version: deps.version,
      site: settings.site,
      zones: this.#zones,
      watch: this.#watch,
      lookout: this.#lookout,
      messaging,
      board: () => this.#monitor.latest,
      classifier: () => this.#classifier,
      learning: () => this.#learning,
      retrainings: this.#retrainings,
      errors: deps.errors ?? new Map(),
      stalled: () => deps.stalled?.() ?? null,
      clock,
    });
    this.#outlets = new MetricsOutlets({
      options: settings.metrics,
      snapshot: () => this.#portrait.figures(this.#reporter.publishedMs !== null),
      clock: networkClock,
      log: partLogger(log, 'ops'),
    });
  }

  /** The broker's address without credentials, `mqtt://127.0.0.1:1883`. */
  get address(): string {
    return this.#messaging.address;
  }

  /** Address of the metrics, empty where none are served. */
  get metricsUrl(): string {
    return this.#outlets.url;
  }

  /** In force: those of the configuration, under those that were changed while it ran. */
  get settings(): Settings {
    return this.#control.settings;
  }

  /** For whoever watches over this process. */
  get pulse(): Pulse {
    return this.#lookout.pulse;
  }

  /**
   * Returns when the parts run; the broker and the camera may still be on their way.
   *
   * @throws SurfwatchError `state-*`, `broker-*`, `model-*`, `engine-*`, `mqtt-tls-invalid`
   */
  async start(): Promise<void> {
    const { clock, log, version, onStep } = this.#deps;
    onStep?.('opening the state folder');
    const { stateDir } = this.#configured;
    this.#state = await openState({ stateDir, appVersion: version, clock, log: partLogger(log, 'ops') });
    try {
      await this.#messaging.start();
      this.#messaging.set('camera/availability', 'offline');
      this.#messaging.set('state', this.#portrait.state());
      onStep?.('loading the model');
      await this.#loadModel();
    } catch (error) {
      await this.#end();
      throw error;
    }
    onStep?.('opening the camera');
    // Figures that can't be read are no reason not to watch.
    await this.#outlets
      .start()
      .catch((error: unknown) => this.#log.error({ err: error }, 'the metrics cannot be read'));
    await this.#view.start();
    this.#history.start();
    this.#monitor.start();
    await this.#control.start();
    this.#messaging.alert('state-not-kept', this.#state.notKept);
    await this.#tellDamage();
    this.#started = true;
    await this.#lookout.start();
  }

  /** Takes another configuration: what can change without a restart changes. */
  reload(settings: Settings, effective?: readonly EffectiveSetting[]): Promise<Reloaded> {
    return this.#control.reload(settings, effective);
  }

  /** Ends within about two seconds, whatever the camera and the broker do. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    if (this.#started) {
      await this.#control.stop();
      await this.#lookout.stop();
      this.#history.stop();
      await this.#view.stop();
      await this.#monitor.stop();
    }
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#outlets.stop();
    await this.#learning?.stop();
    await this.#messaging.stop();
    await this.#classifier?.close();
    this.#state?.close();
  }

  #newControl(): Control {
    const { clock, log, effective } = this.#deps;
    return new Control({
      settings: this.#configured,
      ...(effective !== undefined && { effective }),
      zones: this.#zones,
      messaging: () => this.#messaging,
      onPause: () => this.#lookout.attend(),
      onResume: () => this.#lookout.attend(),
      onSettings: () => {
        this.#lookout.useSettings();
        if (this.#classifier !== undefined) this.#messaging.set('info', this.#portrait.info());
      },
      look: signal => {
        if (!this.#started) throw new SurfwatchError('command-busy', 'the daemon is still starting');
        return this.#lookout.lookNow(signal);
      },
      keep: look => this.#learn().keep(seenFrameOf(look, this.#watch)),
      thresholds: () => this.#watch.options.thresholds,
      view: forget => this.#view.ask(forget),
      clock,
      log,
    });
  }

  #newMessaging(networkClock: Clock): Messaging {
    const { clock, log } = this.#deps;
    const { mqtt, broker, stateDir, discovery, zones } = this.#configured;
    const settings = () => this.settings;
    const learning = verbParts(() => this.#learn());
    return new Messaging({
      mqtt,
      broker,
      brokerFile: join(stateDir, 'broker.db'),
      base: topicBase(this.#configured),
      verbs: {
        status: statusVerb(() => this.#portrait.status()),
        ...learningVerbs(learning),
        ...this.#control.verbs,
      },
      labels: learning.labels,
      events: new DiskEvents({
        path: join(stateDir, 'outbox.db'),
        maxEvents: mqtt.maxQueuedEvents,
        clock,
        log: partLogger(log, 'messaging'),
      }),
      discovery: {
        ...discovery,
        zones: zones.map(({ name }) => name),
        get heartbeatMs() {
          return settings().activity.heartbeatMs;
        },
        get snapshot() {
          return settings().snapshot.publish;
        },
      },
      clock: networkClock,
      log: partLogger(log, 'messaging'),
    });
  }

  /** Backbone and head, and what learns new heads for it. */
  async #loadModel(): Promise<void> {
    const { log, clock } = this.#deps;
    const { models, vision, stateDir, learning: options } = this.#configured;
    const setup = { models, vision, stateDir, keepHeads: options.keepHeads, clock };
    const { classifier, store } = await openModel({ ...setup, log: partLogger(log, 'vision') });
    this.#classifier = classifier;
    this.#watch.use(classifier);
    const { backbone, head, why } = classifier;
    const { engine, runtime } = backbone;
    this.#log.info({ engine, runtime, why, head: head.manifest.id }, 'model loaded');
    this.#messaging.set('info', this.#portrait.info());
    const settings = () => this.settings;
    const learning = new Learning({
      options: liveView(() => settings().learning),
      directory: join(stateDir, 'learning'),
      shippedHeads: shippedHeads(models),
      classifier,
      store,
      zones: this.#zones,
      get intervalMs() {
        return settings().camera.intervalMs;
      },
      thresholds: () => this.#watch.options.thresholds,
      onTraining: training => this.#messaging.set('training', training),
      onNews: news => {
        countOne(this.#retrainings, news.type.replace('model_', ''));
        this.#messaging.emit(modelEventPayload(news, this.#newId(), this.#sender()));
      },
      onAlert: (id, text) => this.#messaging.alert(id, text),
      onHead: () => {
        this.#watch.restart();
        this.#messaging.set('info', this.#portrait.info());
      },
      newId: () => this.#newId(),
      clock,
      log: partLogger(log, 'learning'),
    });
    try {
      await learning.start();
      this.#learning = learning;
    } catch (error) {
      // A beach that is watched without learning is better than one that is not watched.
      this.#log.error({ err: error }, 'nothing can be kept or learnt');
      this.#messaging.alert('learning-failed', messageOf(error));
    }
  }

  #onLooked(look: Look): void {
    this.#control.seen(look);
    const { scored } = look.looked;
    if (scored === undefined) return;
    for (const stage of ['decode', 'embed', 'score'] as const)
      this.#outlets.tookMs?.(stage, scored.tookMs[stage]);
    this.#outlets.tookMs?.('frame', look.tookMs);
    this.#learning?.take(seenFrameOf(look, this.#watch));
  }

  /** What in the state folder was found damaged and set aside. */
  async #tellDamage(): Promise<void> {
    const damaged = await this.#state?.damaged().catch(() => null);
    this.#messaging.alert('state-damaged', damaged ?? null);
  }

  #sender(): Sender {
    return { site: this.#configured.site, model: this.#watch.head, atMs: this.#deps.clock.now() };
  }

  /** @throws SurfwatchError `command-busy`, `learning-off` */
  #learn(): Learning {
    if (this.#learning !== undefined) return this.#learning;
    if (!this.#started) throw new SurfwatchError('command-busy', 'the daemon is still starting');
    throw new SurfwatchError('learning-off', 'the archive could not be opened when the daemon started');
  }
}
