/** Leads the frames of the camera through the pipeline while capture is on, and does what time alone does. */
import type { Logger } from 'pino';
import type { ActivityReport } from '../activity/report.ts';
import type { TrackerStep } from '../activity/tracker.ts';
import type { Clock } from '../base/clock.ts';
import { deferred } from '../base/deferred.ts';
import { partLogger } from '../base/log.ts';
import { serially } from '../base/serially.ts';
import type { CameraStats, StatusChange } from '../capture/camera.ts';
import { createSource } from '../capture/create.ts';
import type { Frame } from '../capture/source.ts';
import type { Settings } from '../config/settings.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { History } from '../history/history.ts';
import type { Messaging } from '../messaging/messaging.ts';
import { createSchedule, type Schedule } from '../schedule/schedule.ts';
import type { CameraSwitch } from './camera-switch.ts';
import {
  type CaptureOff,
  type CurrentCondition,
  cameraFaultOf,
  captureOff,
  conditionOf,
  sameCondition,
} from './condition.ts';
import { FrameRequests, observeOnce } from './one-frame.ts';
import type { Pause } from './pause.ts';
import type { Pipeline } from './pipeline.ts';
import { isTracked, type ProcessedFrame, type TrackedFrame } from './processed-frame.ts';
import type { Reporter } from './reporter.ts';

/** How often time is looked at without a picture: staleness, heartbeat, schedule. */
const TICK_MS = 1_000;
/** A camera that has shown nothing this long after the start is reported as not there. */
const FIRST_PICTURE_MS = 3_000;

/**
 * The time between two pictures while a change of activity awaits its confirmation, when seconds count: four times as
 * many, and no more than two a second, which the slowest boards can read.
 */
function pendingIntervalMs(intervalMs: number): number {
  return Math.min(intervalMs, Math.max(500, intervalMs / 4));
}

export interface FrameLoopDeps {
  /** In force: asked for at each use. */
  readonly settings: () => Settings;
  readonly pipeline: Pipeline;
  readonly reporter: Reporter;
  readonly history: Pick<History, 'record' | 'sessions'>;
  readonly messaging: Pick<Messaging, 'set' | 'alert' | 'stats'>;
  readonly pause: Pick<Pause, 'state'>;
  /** It may be open already. */
  readonly camera: CameraSwitch;
  /** The id of a frame was published. */
  readonly onPublished: (frame: string) => void;
  readonly onCondition: (condition: CurrentCondition) => void;
  /** Given the origin of the newest frame too. */
  readonly onChange: (report: ActivityReport, origin: string) => void;
  readonly onHeartbeat: (camera: CameraStats) => void;
  readonly newId: () => string;
  readonly clock: Clock;
  /** The root of the log. */
  readonly log: Logger;
}

/** Given a frame after what it changes was published. It must not throw, and no frame waits for what it begins. */
export type FrameConsumer = (frame: TrackedFrame) => void;

/** How far the loop has come, for whoever watches over this process. */
export interface LoopProgress {
  /** Pictures judged or found unreadable, and failed attempts at one, since the start: grows while the loop lives. */
  readonly steps: number;
  /** Since when a frame is at work, by the monotonic clock; null where none is. */
  readonly frameSinceMs: number | null;
  /** Nothing is due: the source has ended, or capture is off. */
  readonly resting: boolean;
}

export class FrameLoop {
  readonly #deps: FrameLoopDeps;
  readonly #log: Logger;
  readonly #requests = new FrameRequests();
  readonly #consumers: FrameConsumer[] = [];
  readonly #inTurn = serially();
  readonly #ticking = new AbortController();
  #schedule: Schedule;
  #off: CaptureOff | null = null;
  #cameraFault: string | undefined;
  /** Why the newest frame was not judged; null where it was. */
  #frameFault: string | null = null;
  /** When a frame was judged last, or the camera came online; monotonic. */
  #judgedMs = 0;
  #condition: CurrentCondition;
  /** Monotonic; null before the start. */
  #startedMs: number | null = null;
  #beatMs: number | null = null;
  /** To the broker, at that time. */
  #wasConnected = false;
  /** Where the newest frame came from. */
  #origin = '';
  readonly #spoken = deferred<void>();

  constructor(deps: FrameLoopDeps) {
    this.#deps = deps;
    this.#log = partLogger(deps.log, 'daemon');
    this.#condition = { state: 'starting', sinceMs: deps.clock.monotonic() };
    this.#schedule = createSchedule(deps.settings().schedule);
  }

  /** Each is given every frame that was read, in the order of subscription. */
  subscribe(consumer: FrameConsumer): void {
    this.#consumers.push(consumer);
  }

  /** Resolves when the first frame was judged and published, or it is known that none comes for now. */
  get spoken(): Promise<void> {
    return this.#spoken.promise;
  }

  /** The camera may still be on its way when this returns. */
  async start(): Promise<void> {
    this.#startedMs = this.#deps.clock.monotonic();
    this.#deps.camera.connect({
      onFrame: frame => this.#onFrame(frame),
      onStatus: change => this.#onCameraStatus(change),
      onFailure: error => {
        this.#requests.fail(error);
        this.#spoken.resolve();
      },
    });
    await this.updateCapture();
    void this.#tick();
  }

  /** Frees the camera, ends the sessions, and says that the activity is not known any more. */
  async stop(): Promise<void> {
    this.#ticking.abort();
    await this.#inTurn(() => this.#deps.camera.close());
    this.#endSessions();
    // Who reads only the activity must not take the last one for the present one.
    this.#deps.reporter.publish(this.#deps.pipeline.blind(this.#off?.state ?? 'camera-lost'));
  }

  get cameraStats(): CameraStats {
    return this.#deps.camera.stats;
  }

  get condition(): CurrentCondition {
    return this.#condition;
  }

  get progress(): LoopProgress {
    const { processed, workingSinceMs } = this.#deps.pipeline;
    const { status, failures } = this.#deps.camera.stats;
    return {
      steps: processed + failures,
      frameSinceMs: workingSinceMs,
      resting: !this.#deps.camera.isOpen || status === 'ended',
    };
  }

  /** Other settings are in force. */
  useSettings(): void {
    const { schedule, camera } = this.#deps.settings();
    this.#schedule = createSchedule(schedule);
    this.#deps.camera.setPace(camera.intervalMs);
  }

  /** Opens or closes the camera, as pause and schedule have it. Before the start nothing happens. */
  updateCapture(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#startedMs === null || this.#ticking.signal.aborted) return;
      const { pause, settings, clock, pipeline, messaging } = this.#deps;
      const off = captureOff(pause.state, this.#schedule.at(clock.now()), settings().schedule);
      const before = this.#off;
      this.#off = off;
      if (off === null) {
        // What was said of the pause or the night is over, whether or not a picture comes.
        if (before !== null) this.#report(pipeline.blind('camera-lost'));
        await this.#deps.camera.open();
      } else {
        if (this.#deps.camera.isOpen) {
          await this.#deps.camera.close();
          this.#requests.give(null);
          this.#cameraFault = undefined;
          messaging.alert('camera-lost', null);
          this.#endSessions();
        }
        this.#report(pipeline.blind(off.state));
        this.#spoken.resolve();
      }
      this.#updateCondition();
    });
  }

  /**
   * A frame that is taken from now on; by a source of its own while the camera is closed, or gives no more.
   *
   * @throws SurfwatchError `camera-*`, and `capture-paused` where a pause begins meanwhile
   */
  async captureNow(signal: AbortSignal): Promise<ProcessedFrame> {
    const { settings, clock, log, newId, pipeline, pause } = this.#deps;
    const { camera } = settings();
    if (this.#deps.camera.isOpen && this.#deps.camera.stats.status !== 'ended') {
      const next = this.#requests.next(camera.timeoutMs, clock, signal);
      this.#deps.camera.takeNow();
      const frame = await next;
      if (frame !== null) return frame;
      if (pause.state !== null) throw new SurfwatchError('capture-paused', 'a pause began meanwhile');
    }
    const source = createSource(camera, { clock, log: partLogger(log, 'capture') });
    return observeOnce(source, { clock, timeoutMs: camera.timeoutMs, newId, pipeline }, signal);
  }

  async #onFrame(frame: Frame): Promise<void> {
    await this.#judge(frame).finally(() => this.#spoken.resolve());
  }

  async #judge(frame: Frame): Promise<void> {
    const { pipeline, messaging, clock } = this.#deps;
    let processed: ProcessedFrame;
    this.#origin = frame.origin;
    try {
      processed = await pipeline.process(frame);
    } catch (error) {
      // The engine failed: nothing is known of this picture, and staleness will say so if it goes on.
      messaging.alert('model-failed', messageOf(error));
      this.#frameFault = 'model-failed';
      this.#requests.fail(error);
      throw error;
    }
    this.#requests.give(processed);
    const { observed, step } = processed;
    this.#frameFault = observed.error?.code ?? null;
    if (observed.error === undefined) this.#judgedMs = clock.monotonic();
    else this.#log.warn({ err: observed.error, origin: frame.origin }, 'the picture cannot be read');
    this.#updateCondition();
    messaging.alert('model-failed', null);
    if (step === undefined) return;
    this.#report(step);
    if (isTracked(processed)) for (const consumer of this.#consumers) consumer(processed);
  }

  #onCameraStatus({ status, error }: StatusChange): void {
    const { messaging, pipeline, clock } = this.#deps;
    const online = status === 'online';
    if (online) this.#judgedMs = clock.monotonic();
    if (status === 'ended') this.#requests.give(null);
    messaging.set('camera/availability', online ? 'online' : 'offline');
    this.#cameraFault = online ? undefined : cameraFaultOf(status, error);
    messaging.alert('camera-lost', this.#cameraFault ?? null);
    this.#updateCondition();
    if (online) return;
    this.#report(pipeline.blind('camera-lost'));
    this.#spoken.resolve();
  }

  #report(step: TrackerStep): void {
    const { settings, reporter, history, onChange, onPublished } = this.#deps;
    const { intervalMs } = settings().camera;
    this.#deps.camera.setPace(step.pending ? pendingIntervalMs(intervalMs) : intervalMs);
    history.record(step);
    if (!reporter.report(step)) return;
    const { activity, activities, visibility, frame } = step.beach;
    if (frame !== null) onPublished(frame);
    if (!step.changed.beach) return;
    this.#log.info({ activity, activities, visibility, frame }, 'activity changed');
    onChange(step.beach, this.#origin);
  }

  #endSessions(): void {
    const { pipeline, reporter, history } = this.#deps;
    const events = pipeline.endSessions();
    history.sessions(events);
    reporter.emit(events);
  }

  /** What happens by time alone: staleness, the heartbeat, the schedule. */
  async #tick(): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#ticking;
    while (!signal.aborted) {
      await this.updateCapture();
      this.#reportAge();
      this.#beat(clock.monotonic());
      await clock.sleep(TICK_MS, signal).catch(() => undefined);
    }
  }

  #beat(nowMs: number): void {
    const { settings, messaging, onHeartbeat } = this.#deps;
    const { connected } = messaging.stats;
    const isDue = this.#beatMs === null || nowMs - this.#beatMs >= settings().activity.heartbeatMs;
    // Whoever reads it by another way than the broker is not told for a minute that there is none.
    if (!isDue && connected === this.#wasConnected) return;
    this.#beatMs = nowMs;
    this.#wasConnected = connected;
    onHeartbeat(this.cameraStats);
  }

  /** Without new pictures what is known grows old; and it is published again at every heartbeat. */
  #reportAge(): void {
    const { clock, settings, reporter, pipeline, onPublished } = this.#deps;
    const nowMs = clock.monotonic();
    const isEarly = reporter.publishedMs === null && nowMs - (this.#startedMs ?? nowMs) < FIRST_PICTURE_MS;
    if (isEarly || this.#ticking.signal.aborted) return;
    if (this.#off === null) this.#report(pipeline.tick());
    if (nowMs - (reporter.publishedMs ?? 0) < settings().activity.heartbeatMs) return;
    const { reports } = pipeline;
    reporter.publish(reports);
    if (reports.beach.frame !== null) onPublished(reports.beach.frame);
  }

  /** The same text as long as it lasts, whatever each picture has wrong. */
  get #unjudged(): string | undefined {
    const { clock, settings, pipeline } = this.#deps;
    const { staleAfterMs } = settings().activity;
    if (clock.monotonic() - this.#judgedMs <= staleAfterMs) return undefined;
    const what = `no picture was judged for ${staleAfterMs / 1000} s`;
    if (this.#frameFault !== null) return `${this.#frameFault}: ${what}`;
    return pipeline.workingSinceMs === null ? what : `${what}: one is still worked on`;
  }

  #updateCondition(): void {
    const camera = this.#deps.camera.stats.status;
    const condition = conditionOf({
      off: this.#off,
      camera,
      cameraFault: this.#cameraFault,
      unjudged: this.#unjudged,
    });
    if (sameCondition(this.#condition, condition)) return;
    this.#condition = { ...condition, sinceMs: this.#deps.clock.monotonic() };
    this.#deps.onCondition(this.#condition);
  }
}
