/** Looks at the beach while it is to be looked at: the camera, what its frames lead to, and what time alone does. */
import type { Logger } from 'pino';
import type { ActivityReport } from '../activity/report.ts';
import type { TrackerStep } from '../activity/tracker.ts';
import type { Clock } from '../base/clock.ts';
import { liveView } from '../base/live-view.ts';
import { partLogger } from '../base/log.ts';
import { serially } from '../base/serially.ts';
import { Camera, type CameraStats, type StatusChange } from '../capture/camera.ts';
import { createSource } from '../capture/create.ts';
import type { Frame } from '../capture/source.ts';
import type { Settings } from '../config/settings.ts';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { History } from '../history/history.ts';
import type { Messaging } from '../messaging/messaging.ts';
import { createSchedule, type Schedule } from '../schedule/schedule.ts';
import { type Closed, closedBecause } from './attendance.ts';
import { CameraSwitch } from './camera-switch.ts';
import { deferred, examineOnce, NextLook } from './capture-now.ts';
import { type Condition, cameraFaultOf, conditionOf, sameCondition } from './condition.ts';
import type { PauseState } from './pause.ts';
import type { Pulse } from './pulse.ts';
import type { Reporter } from './reporter.ts';
import type { Look, Watch } from './watch.ts';

/** How often time is looked at without a picture: staleness, heartbeat, schedule. */
const TICK_MS = 1_000;
/** A camera that has shown nothing this long after the start is reported as not there. */
const FIRST_PICTURE_MS = 3_000;

export interface LookoutParts {
  /** Those in force: asked for at each use. */
  readonly settings: () => Settings;
  readonly watch: Watch;
  readonly reporter: Reporter;
  readonly history: Pick<History, 'take' | 'sessions'>;
  readonly messaging: Pick<Messaging, 'set' | 'alert'>;
  /** The pause that holds. */
  readonly paused: () => PauseState | null;
  /** Given each frame after what it says was published: nobody waits for what may be kept of it. */
  readonly onLooked: (look: Look) => void;
  /** The id of a frame was published. */
  readonly onPublished: (frame: string) => void;
  readonly onCondition: (condition: Condition) => void;
  /** Given the origin of the newest frame too. */
  readonly onChange: (report: ActivityReport, origin: string) => void;
  /** At every heartbeat. */
  readonly onHeartbeat: () => void;
  readonly newId: () => string;
  readonly clock: Clock;
  /** The root of the log. */
  readonly log: Logger;
}

/**
 * The time between two pictures while a change of activity awaits its confirmation, when seconds count: four times as
 * many, and no more than two a second, which the slowest boards can read.
 */
export function pendingIntervalMs(intervalMs: number): number {
  return Math.min(intervalMs, Math.max(500, intervalMs / 4));
}

export class Lookout {
  readonly #parts: LookoutParts;
  readonly #log: Logger;
  readonly #camera: CameraSwitch;
  readonly #nextLook = new NextLook();
  readonly #inTurn = serially();
  readonly #ticking = new AbortController();
  #schedule: Schedule;
  #closed: Closed | null = null;
  #cameraFault: string | undefined;
  /** Why the newest frame was not judged; null where it was. */
  #lookFault: string | null = null;
  /** When a frame was judged last, or the camera came online; monotonic. */
  #judgedMs = 0;
  #condition: Condition = { state: 'starting' };
  /** Monotonic; null before the start. */
  #startedMs: number | null = null;
  #isReady = false;
  /** Resolves when the model is loaded, or when it will not be any more. */
  readonly #readyOrStopped = deferred<void>();
  #beatMs: number | null = null;
  /** Where the newest frame came from. */
  #origin = '';

  constructor(parts: LookoutParts) {
    this.#parts = parts;
    this.#log = partLogger(parts.log, 'daemon');
    this.#schedule = createSchedule(parts.settings().schedule);
    this.#camera = new CameraSwitch(() => this.#newCamera());
  }

  /** Opens the camera, if it is to be. It may still be on its way when this returns; its first picture waits for the model. */
  async start(): Promise<void> {
    this.#startedMs = this.#parts.clock.monotonic();
    await this.attend();
  }

  /** To be called when the model is loaded: pictures are looked at from now on, and time counts. */
  modelLoaded(): void {
    this.#startedMs = this.#parts.clock.monotonic();
    this.#isReady = true;
    this.#readyOrStopped.resolve();
    if (this.#camera.stats.status === 'offline') this.#take(this.#parts.watch.blind('camera-lost'));
    void this.#tick();
  }

  /** Frees the camera, ends the sessions, and says that the activity is not known any more. */
  async stop(): Promise<void> {
    this.#ticking.abort();
    this.#readyOrStopped.resolve();
    await this.#inTurn(() => this.#camera.close());
    if (!this.#isReady) return;
    this.#endSessions();
    // Who reads only the activity must not take the last one for the present one.
    this.#parts.reporter.publish(this.#parts.watch.blind(this.#closed?.state ?? 'camera-lost'));
  }

  get cameraStats(): CameraStats {
    return this.#camera.stats;
  }

  get condition(): Condition {
    return this.#condition;
  }

  /** For whoever watches over this process: grows as long as the pipeline lives. */
  get pulse(): Pulse {
    const { judged, workingSinceMs } = this.#parts.watch;
    const { status, failures } = this.#camera.stats;
    return {
      steps: judged + failures,
      frameSinceMs: workingSinceMs,
      resting: !this.#camera.isOpen || status === 'ended',
    };
  }

  /** Other settings are in force. */
  useSettings(): void {
    const { schedule, camera } = this.#parts.settings();
    this.#schedule = createSchedule(schedule);
    this.#camera.setPace(camera.intervalMs);
  }

  /** Opens or closes the camera, as pause and schedule have it. Before the start nothing happens. */
  attend(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#startedMs === null || this.#ticking.signal.aborted) return;
      const { paused, settings, clock, watch, messaging } = this.#parts;
      const closed = closedBecause(paused(), this.#schedule.at(clock.now()), settings().schedule);
      const before = this.#closed;
      this.#closed = closed;
      if (closed === null) {
        // What was said of the pause or the night is over, whether or not a picture comes.
        if (before !== null) this.#take(watch.blind('camera-lost'));
        await this.#camera.open();
      } else {
        if (this.#camera.isOpen) {
          await this.#camera.close();
          this.#nextLook.give(null);
          this.#cameraFault = undefined;
          messaging.alert('camera-lost', null);
          this.#endSessions();
        }
        this.#take(watch.blind(closed.state));
      }
      this.#updateCondition();
    });
  }

  /**
   * A frame that is taken from now on; by a source of its own while the camera is closed, or gives no more.
   *
   * @throws SurfwatchError `camera-*`, and `capture-paused` where a pause begins meanwhile
   */
  async lookNow(signal: AbortSignal): Promise<Look> {
    const { settings, clock, log, newId, watch, paused } = this.#parts;
    const { camera } = settings();
    if (this.#camera.isOpen && this.#camera.stats.status !== 'ended') {
      const next = this.#nextLook.within(camera.timeoutMs, clock, signal);
      this.#camera.takeNow();
      const look = await next;
      if (look !== null) return look;
      if (paused() !== null) throw new SurfwatchError('capture-paused', 'a pause began meanwhile');
    }
    const source = createSource(camera, { clock, log: partLogger(log, 'capture') });
    return examineOnce(source, { clock, timeoutMs: camera.timeoutMs, newId, watch }, signal);
  }

  #newCamera(): Camera {
    const { settings, clock } = this.#parts;
    const log = partLogger(this.#parts.log, 'capture');
    return new Camera({
      source: createSource(settings().camera, { clock, log }),
      clock,
      log,
      options: liveView(() => settings().camera),
      onFrame: frame => this.#onFrame(frame),
      onStatus: change => this.#onCameraStatus(change),
      onFailure: ({ code, message }) => this.#nextLook.fail(new SurfwatchError(code, message)),
    });
  }

  async #onFrame(frame: Frame): Promise<void> {
    const { watch, messaging, clock, onLooked } = this.#parts;
    await this.#readyOrStopped.promise;
    if (!this.#isReady) return;
    let look: Look;
    this.#origin = frame.origin;
    try {
      look = await watch.look(frame);
    } catch (error) {
      // The engine failed: nothing is known of this picture, and staleness will say so if it goes on.
      messaging.alert('model-failed', messageOf(error));
      this.#lookFault = 'model-failed';
      this.#nextLook.fail(error);
      throw error;
    }
    this.#nextLook.give(look);
    const { looked, step } = look;
    this.#lookFault = looked.error?.code ?? null;
    if (looked.error === undefined) this.#judgedMs = clock.monotonic();
    else this.#log.warn({ err: looked.error, origin: frame.origin }, 'the picture cannot be read');
    this.#updateCondition();
    messaging.alert('model-failed', null);
    if (step === undefined) return;
    this.#take(step);
    onLooked(look);
  }

  #onCameraStatus({ status, error }: StatusChange): void {
    const { messaging, watch, clock } = this.#parts;
    const online = status === 'online';
    if (online) this.#judgedMs = clock.monotonic();
    if (status === 'ended') this.#nextLook.give(null);
    messaging.set('camera/availability', online ? 'online' : 'offline');
    this.#cameraFault = online ? undefined : cameraFaultOf(status, error);
    messaging.alert('camera-lost', this.#cameraFault ?? null);
    this.#updateCondition();
    if (!online) this.#take(watch.blind('camera-lost'));
  }

  #take(step: TrackerStep): void {
    // Nothing is said of the beach before it is known which model says it.
    if (!this.#isReady) return;
    const { settings, reporter, history, onChange, onPublished } = this.#parts;
    const { intervalMs } = settings().camera;
    this.#camera.setPace(step.pending ? pendingIntervalMs(intervalMs) : intervalMs);
    history.take(step);
    if (!reporter.take(step)) return;
    const { activity, activities, visibility, frame } = step.beach;
    if (frame !== null) onPublished(frame);
    if (!step.changed.beach) return;
    this.#log.info({ activity, activities, visibility, frame }, 'activity changed');
    onChange(step.beach, this.#origin);
  }

  #endSessions(): void {
    const { watch, reporter, history } = this.#parts;
    const events = watch.endSessions();
    history.sessions(events);
    reporter.emit(events);
  }

  /** What happens by time alone: staleness, the heartbeat, the schedule. */
  async #tick(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#ticking;
    while (!signal.aborted) {
      await this.attend();
      this.#letTimePass();
      this.#beat(clock.monotonic());
      await clock.sleep(TICK_MS, signal).catch(() => undefined);
    }
  }

  #beat(nowMs: number): void {
    const { settings, onHeartbeat } = this.#parts;
    if (this.#beatMs !== null && nowMs - this.#beatMs < settings().activity.heartbeatMs) return;
    this.#beatMs = nowMs;
    onHeartbeat();
  }

  #letTimePass(): void {
    const { clock, settings, reporter, watch, onPublished } = this.#parts;
    const nowMs = clock.monotonic();
    const isEarly = reporter.publishedMs === null && nowMs - (this.#startedMs ?? nowMs) < FIRST_PICTURE_MS;
    if (isEarly || this.#ticking.signal.aborted) return;
    if (this.#closed === null) this.#take(watch.tick());
    if (nowMs - (reporter.publishedMs ?? 0) < settings().activity.heartbeatMs) return;
    const { reports } = watch;
    reporter.publish(reports);
    if (reports.beach.frame !== null) onPublished(reports.beach.frame);
  }

  /** Says the same as long as it lasts, whatever each picture has wrong. */
  get #unjudged(): string | undefined {
    const { clock, settings, watch } = this.#parts;
    const { staleAfterMs } = settings().activity;
    if (clock.monotonic() - this.#judgedMs <= staleAfterMs) return undefined;
    const what = `no picture was judged for ${staleAfterMs / 1000} s`;
    if (this.#lookFault !== null) return `${this.#lookFault}: ${what}`;
    return watch.workingSinceMs === null ? what : `${what}: one is still worked on`;
  }

  #updateCondition(): void {
    const camera = this.#camera.stats.status;
    const condition = conditionOf({
      closed: this.#closed,
      camera,
      cameraFault: this.#cameraFault,
      unjudged: this.#unjudged,
    });
    if (sameCondition(this.#condition, condition)) return;
    this.#condition = condition;
    this.#parts.onCondition(condition);
  }
}
