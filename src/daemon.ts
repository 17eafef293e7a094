/** The composition root: builds the parts from the settings, wires them, starts and stops them in order. */

import { join } from 'node:path';
import type { Logger } from 'pino';
import { monotonicFactory } from 'ulid';
import type { Classifier } from './activity/classifier.ts';
import { type LookedAt, lookAt } from './activity/observe.ts';
import type { ActivityOptions } from './activity/options.ts';
import { type ActivityReport, type Reports, reportOf, type SessionEvent } from './activity/report.ts';
import {
  restartTracker,
  startTracker,
  stopTracker,
  type TrackerState,
  type TrackerStep,
  track,
} from './activity/tracker.ts';
import { Camera, type StatusChange } from './capture/camera.ts';
import { createSource } from './capture/create.ts';
import type { Frame } from './capture/source.ts';
import type { Settings } from './config/settings.ts';
import { zonesOf } from './config/zones.ts';
import { messageOf, SurfwatchError } from './errors.ts';
import { Learning } from './learning/board/learning.ts';
import { openModel, shippedHeads } from './learning/board/open-model.ts';
import { verbParts } from './learning/board/verb-parts.ts';
import { alertsFor } from './messaging/alerts.ts';
import { healthPayload, infoPayload } from './messaging/describe.ts';
import { DiskEvents } from './messaging/event-queue.ts';
import {
  activityPayload,
  eventPayload,
  iso,
  modelEventPayload,
  type Sender,
  zonePayload,
} from './messaging/from-report.ts';
import { learningVerbs } from './messaging/learning-verbs.ts';
import { Messaging } from './messaging/messaging.ts';
import type { Health, Info, State } from './messaging/payloads.ts';
import { topicBase } from './messaging/topics.ts';
import { statusVerb } from './messaging/verbs.ts';
import { cpuTemperature, diskFree } from './ops/board.ts';
import type { Clock } from './ops/clock.ts';
import { partLogger } from './ops/log.ts';
import { countFrame, newMeter } from './ops/meter.ts';
import type { StillState } from './vision/frozen.ts';

/** How often time is looked at without a picture: staleness, heartbeat. */
const TICK_MS = 1_000;
/** A camera that has shown nothing this long after the start is reported as not there. */
const FIRST_PICTURE_MS = 3_000;

export interface DaemonDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Of surfwatch, for `info`. */
  readonly version: string;
  /** Told of every change of the beach's activity, after it was handed to the broker. */
  readonly onChange?: (report: ActivityReport) => void;
}

export class Daemon {
  readonly #settings: Settings;
  readonly #deps: DaemonDeps;
  readonly #log: Logger;
  readonly #zones;
  readonly #messaging: Messaging;
  readonly #camera: Camera;
  readonly #meter = newMeter();
  readonly #newId = monotonicFactory();
  readonly #ticking = new AbortController();
  #classifier: Classifier | undefined;
  #learning: Learning | undefined;
  #activity: ActivityOptions;
  #tracker: TrackerState;
  #still: StillState = null;
  #frame: string | null = null;
  #state: Pick<State, 'state' | 'reason'> & { sinceMs: number };
  #startedMs = 0;
  #publishedMs: number | null = null;
  #healthMs = 0;
  #stopped: Promise<void> | undefined;

  constructor(settings: Settings, deps: DaemonDeps) {
    const { clock, log } = deps;
    this.#settings = settings;
    this.#deps = deps;
    this.#log = partLogger(log, 'daemon');
    this.#zones = zonesOf(settings);
    this.#activity = settings.activity;
    this.#tracker = startTracker(
      this.#zones.map(zone => zone.name),
      { atMs: clock.now(), monotonicMs: clock.monotonic() },
    );
    this.#state = { state: 'starting', sinceMs: clock.now() };
    const learning = verbParts(() => this.#learn());
    this.#messaging = new Messaging({
      mqtt: settings.mqtt,
      broker: settings.broker,
      base: topicBase(settings),
      verbs: { status: statusVerb(() => this.#status()), ...learningVerbs(learning) },
      labels: learning.labels,
      events: new DiskEvents({
        path: join(settings.stateDir, 'outbox.db'),
        maxEvents: settings.mqtt.maxQueuedEvents,
        clock,
        log: partLogger(log, 'messaging'),
      }),
      discovery: {
        ...settings.discovery,
        zones: settings.zones.map(({ name }) => name),
        heartbeatMs: settings.activity.heartbeatMs,
      },
      clock,
      log: partLogger(log, 'messaging'),
    });
    this.#camera = new Camera({
      source: createSource(settings.camera, { clock, log: partLogger(log, 'capture') }),
      clock,
      log: partLogger(log, 'capture'),
      options: settings.camera,
      onFrame: frame => this.#onFrame(frame),
      onStatus: change => this.#onCameraStatus(change),
    });
  }

  /** The broker's address without credentials, `mqtt://127.0.0.1:1883`. */
  get address(): string {
    return this.#messaging.address;
  }

  /**
   * Returns when the parts run; the broker and the camera may still be on their way.
   *
   * @throws SurfwatchError `broker-*`, `model-*`, `engine-*`, `mqtt-tls-invalid`
   */
  async start(): Promise<void> {
    const { clock } = this.#deps;
    this.#startedMs = clock.monotonic();
    await this.#messaging.start();
    this.#messaging.set('camera/availability', 'offline');
    this.#setState('starting');
    try {
      await this.#loadModel();
    } catch (error) {
      await this.#messaging.stop();
      throw error;
    }
    this.#camera.start();
    void this.#tick();
  }

  /** Backbone and head, and what learns new heads for it. */
  async #loadModel(): Promise<void> {
    const { log, clock } = this.#deps;
    const { models, vision, stateDir, learning: options } = this.#settings;
    const setup = { models, vision, stateDir, keepHeads: options.keepHeads, clock };
    const { classifier, store } = await openModel({ ...setup, log: partLogger(log, 'vision') });
    this.#classifier = classifier;
    this.#useThresholds();
    const { backbone, head, why } = classifier;
    const { engine, runtime } = backbone;
    this.#log.info({ engine, runtime, why, head: head.manifest.id }, 'model loaded');
    this.#messaging.set('info', this.#info());
    const learning = new Learning({
      options,
      directory: join(stateDir, 'learning'),
      shippedHeads: shippedHeads(models),
      classifier,
      store,
      zones: this.#zones,
      intervalMs: this.#settings.camera.intervalMs,
      thresholds: () => this.#activity.thresholds,
      onTraining: training => this.#messaging.set('training', training),
      onNews: news => this.#messaging.emit(modelEventPayload(news, this.#newId(), this.#sender())),
      onAlert: (id, text) => this.#messaging.alert(id, text),
      onHead: () => this.#restart(),
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

  /** After a change of head: its next frame decides anew, and all is published again. */
  #restart(): void {
    this.#useThresholds();
    this.#tracker = restartTracker(this.#tracker, this.#deps.clock.monotonic());
    this.#messaging.set('info', this.#info());
  }

  /** Those of the head, over which the config's go. */
  #useThresholds(): void {
    const { activity } = this.#settings;
    const { thresholds } = (this.#classifier as Classifier).head.manifest;
    this.#activity = { ...activity, thresholds: { ...thresholds, ...activity.thresholds } };
  }

  /** Ends within about two seconds, whatever the camera and the broker do. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#ticking.abort();
    await this.#camera.stop();
    const { state, events } = stopTracker(this.#tracker);
    this.#tracker = state;
    this.#emit(events);
    // Who reads only the activity must not take the last one for the present one.
    this.#publish(this.#lost());
    await this.#learning?.stop();
    await this.#messaging.stop();
    await this.#classifier?.close();
  }

  async #onFrame(frame: Frame): Promise<void> {
    const { clock } = this.#deps;
    const startedMs = clock.monotonic();
    const classifier = this.#classifier as Classifier;
    try {
      const parts = { classifier, zones: this.#zones, gates: this.#settings.gates };
      const looked = await lookAt(frame, startedMs, this.#still, parts);
      const { observation, error } = looked;
      this.#still = looked.still;
      // The head was changed meanwhile: what an old one said is not the first word of the new.
      if (looked.scored !== undefined && looked.scored.head !== classifier.head.manifest.id) return;
      if (error !== undefined) {
        this.#meter.failed += 1;
        this.#log.warn({ err: error, origin: frame.origin }, 'the picture cannot be read');
      }
      this.#messaging.alert('model-failed', null);
      this.#take(track(this.#tracker, observation, this.#activity, { newId: this.#newId }), frame.id);
      if (error === undefined) countFrame(this.#meter, startedMs, clock.monotonic());
      this.#learnFrom(frame, looked);
    } catch (error) {
      // The engine failed: nothing is known of this picture, and staleness will say so if it goes on.
      this.#meter.failed += 1;
      this.#messaging.alert('model-failed', messageOf(error));
      throw error;
    }
  }

  /** After it was published: nobody waits for what may be kept of it. */
  #learnFrom(frame: Frame, { observation, scored }: LookedAt): void {
    if (scored === undefined) return;
    const { visibility, monotonicMs } = observation;
    const { activity } = reportOf(this.#tracker, frame.id).beach;
    const { thresholds } = this.#activity;
    this.#learning?.take({ frame, monotonicMs, visibility, scored, activity, thresholds });
  }

  #onCameraStatus({ status, error }: StatusChange): void {
    const online = status === 'online';
    this.#messaging.set('camera/availability', online ? 'online' : 'offline');
    if (online) {
      this.#messaging.alert('camera-lost', null);
      this.#setState('running');
      return;
    }
    const reason =
      status === 'ended'
        ? 'the source has no more pictures'
        : `${error?.code ?? 'camera-lost'}: ${error?.message ?? 'no picture'}`;
    this.#messaging.alert('camera-lost', reason);
    this.#setState('degraded', reason);
    this.#take(this.#lost(), null);
  }

  /** The step that says the camera is lost. */
  #lost(): TrackerStep {
    const now = this.#now();
    const observation = { ...now, frame: null, visibility: 'camera-lost' as const, zones: {} };
    return track(this.#tracker, observation, this.#activity, { newId: this.#newId });
  }

  #take(step: TrackerStep, frame: string | null): void {
    this.#tracker = step.state;
    this.#frame = frame;
    this.#emit(step.events);
    const { intervalMs, pendingIntervalMs } = this.#settings.camera;
    this.#camera.setPace(step.pending ? Math.min(pendingIntervalMs, intervalMs) : intervalMs);
    if (!step.changed.beach && step.changed.zones.length === 0 && this.#publishedMs !== null) return;
    this.#publish(step);
    for (const [id, text] of alertsFor(step.beach.visibility)) this.#messaging.alert(id, text);
    if (!step.changed.beach) return;
    const { activity, activities, visibility } = step.beach;
    this.#log.info({ activity, activities, visibility, frame }, 'activity changed');
    this.#deps.onChange?.(step.beach);
  }

  #publish({ beach, zones }: Reports): void {
    const sender = this.#sender();
    this.#messaging.set('activity', activityPayload(beach, sender));
    this.#messaging.set('activity/state', beach.activity);
    if (this.#settings.zones.length > 0) {
      for (const zone of zones) this.#messaging.set(`zone/${zone.zone}/activity`, zonePayload(zone, sender));
    }
    if (beach.frame !== null) this.#learning?.published(beach.frame);
    this.#publishedMs = this.#deps.clock.monotonic();
  }

  #emit(events: readonly SessionEvent[]): void {
    for (const event of events) this.#messaging.emit(eventPayload(event, this.#newId(), this.#sender()));
  }

  /** What happens by time alone: staleness, the heartbeat, health. */
  async #tick(): Promise<void> {
    const { clock } = this.#deps;
    const { heartbeatMs } = this.#settings.activity;
    const { signal } = this.#ticking;
    while (!signal.aborted) {
      const now = this.#now();
      if (this.#publishedMs !== null || now.monotonicMs - this.#startedMs >= FIRST_PICTURE_MS) {
        const observation = { ...now, frame: null, visibility: 'ok' as const, zones: {} };
        const step = track(this.#tracker, observation, this.#activity, { newId: this.#newId });
        this.#take(step, this.#frame);
        if (now.monotonicMs - (this.#publishedMs ?? 0) >= heartbeatMs)
          this.#publish(reportOf(this.#tracker, this.#frame));
      }
      if (this.#healthMs === 0 || now.monotonicMs - this.#healthMs >= heartbeatMs)
        await this.#publishHealth();
      await clock.sleep(TICK_MS, signal).catch(() => undefined);
    }
  }

  async #publishHealth(): Promise<void> {
    this.#healthMs = this.#deps.clock.monotonic();
    const [temperature, free] = await Promise.all([cpuTemperature(), diskFree(this.#settings.stateDir)]);
    this.#messaging.set('health', this.#health(temperature, free));
  }

  #setState(state: State['state'], reason?: string): void {
    this.#state = { state, sinceMs: this.#deps.clock.now(), ...(reason === undefined ? {} : { reason }) };
    this.#messaging.set('state', this.#stateOf());
  }

  #stateOf(): State {
    const { sinceMs, ...rest } = this.#state;
    return { v: 1, ts: iso(this.#deps.clock.now()), ...rest, since: iso(sinceMs) };
  }

  #now() {
    return { atMs: this.#deps.clock.now(), monotonicMs: this.#deps.clock.monotonic() };
  }

  #sender(): Sender {
    const { site } = this.#settings;
    return { site, model: this.#classifier?.head.manifest.id ?? '', atMs: this.#deps.clock.now() };
  }

  /** The answer to `status`. */
  #status() {
    const { beach } = reportOf(this.#tracker, this.#frame);
    return {
      state: this.#stateOf(),
      activity: activityPayload(beach, this.#sender()),
      info: this.#classifier === undefined ? null : this.#info(),
      health: this.#health(null, null),
      learning: this.#learning?.status() ?? null,
    };
  }

  /** @throws SurfwatchError `command-busy`, `learning-off` */
  #learn(): Learning {
    if (this.#learning !== undefined) return this.#learning;
    if (this.#state.state === 'starting')
      throw new SurfwatchError('command-busy', 'the daemon is still starting');
    throw new SurfwatchError('learning-off', 'the archive could not be opened when the daemon started');
  }

  #info(): Info {
    return infoPayload({
      atMs: this.#deps.clock.now(),
      version: this.#deps.version,
      site: this.#settings.site,
      classifier: this.#classifier as Classifier,
      thresholds: this.#activity.thresholds,
      zones: this.#zones,
    });
  }

  #health(cpuTemperatureC: number | null, diskFreeMB: number | null): Health {
    return healthPayload({
      ...this.#now(),
      startedMs: this.#startedMs,
      meter: this.#meter,
      camera: this.#camera.stats,
      messaging: this.#messaging.stats,
      cpuTemperatureC,
      diskFreeMB,
    });
  }
}
