/** All that a running daemon is controlled by: pause, settings, pictures by hand and for a dashboard. */
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { partLogger, setLogLevels } from '../base/log.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Settings } from '../config/settings.ts';
import type { Messaging } from '../messaging/messaging.ts';
import type { Verbs } from '../messaging/verbs.ts';
import { Pause, type PauseParts, type PauseState } from '../pipeline/pause.ts';
import type { Look } from '../pipeline/watch.ts';
import type { Zone } from '../vision/zone.ts';
import { type CaptureParts, capture } from './capture.ts';
import { type Reloaded, RuntimeOptions } from './runtime-options.ts';
import { visibleZones } from './shown-picture.ts';
import { Snapshots } from './snapshots.ts';
import { type ControlParts, controlVerbs } from './verbs.ts';

export interface ControlSetup extends Pick<PauseParts, 'onPause' | 'onResume'> {
  /** Of the configuration, with where each comes from. */
  readonly settings: Settings;
  readonly effective?: readonly EffectiveSetting[];
  /** Those that are judged. */
  readonly zones: readonly Pick<Zone, 'points'>[];
  /** Asked for when something is to be said: it is made with the verbs of this. */
  readonly messaging: () => Pick<Messaging, 'alert' | 'setSnapshot'>;
  /** Other settings are in force; levels of the log and snapshots are seen to already. */
  readonly onSettings: (settings: Settings, paths: readonly string[]) => void;
  readonly look: CaptureParts['look'];
  readonly keep: CaptureParts['keep'];
  readonly remember: CaptureParts['remember'];
  readonly thresholds: CaptureParts['thresholds'];
  /** What is known of the camera's view. */
  readonly view: ControlParts['view'];
  readonly clock: Clock;
  /** The root of the log. */
  readonly log: Logger;
}

export class Control {
  /** `pause`, `resume`, `capture`, `options` and `view`. */
  readonly verbs: Verbs;
  readonly #pause: Pause;
  readonly #options: RuntimeOptions;
  readonly #snapshots: Snapshots;

  constructor(setup: ControlSetup) {
    const { settings, effective, zones, messaging, onSettings, onPause, clock } = setup;
    const log = partLogger(setup.log, 'daemon');
    const onlyZones = () => visibleZones(this.settings.learning, zones);
    this.#options = new RuntimeOptions({
      settings,
      ...(effective !== undefined && { effective }),
      onChange: (now, paths) => {
        if (paths.some(path => path.startsWith('log.'))) setLogLevels(setup.log, now.log);
        if (paths.some(path => path.startsWith('snapshot.'))) this.#snapshots.refresh();
        // One of before may show what is no longer to be seen.
        if (paths.includes('learning.pixelate')) this.#snapshots.remove();
        onSettings(now, paths);
      },
      onAlert: text => messaging().alert('options-ignored', text),
      clock,
      log,
    });
    this.#snapshots = new Snapshots({
      options: () => this.settings.snapshot,
      onlyZones,
      publish: jpeg => messaging().setSnapshot(jpeg),
      clock,
      log,
    });
    this.#pause = new Pause({
      stateDir: settings.stateDir,
      onPause: async pause => {
        await onPause(pause);
        // After the camera was left alone: a frame at work may have put one there.
        this.#snapshots.remove();
      },
      onResume: setup.onResume,
      onAlert: text => messaging().alert('pause-not-kept', text),
      clock,
      log,
    });
    const { look, keep, remember, thresholds } = setup;
    const paused = () => this.paused;
    const parts: CaptureParts = { paused, look, keep, remember, thresholds, onlyZones };
    this.verbs = controlVerbs({
      pause: request => this.#pause.pause(request),
      resume: () => this.#pause.resume(),
      capture: (request, signal) => capture(parts, request, signal),
      options: request => this.#options.change(request),
      view: setup.view,
    });
  }

  /** In force. */
  get settings(): Settings {
    return this.#options.settings;
  }

  /** Null where the camera may be asked. */
  get paused(): PauseState | null {
    return this.#pause.state;
  }

  /** Takes up settings and pause of an earlier run: before the camera is opened. Never rejects for a damaged file. */
  async start(): Promise<void> {
    await this.#options.start();
    this.#snapshots.start();
    await this.#pause.start();
  }

  /** Settings and pause are kept. */
  async stop(): Promise<void> {
    this.#pause.stop();
    await this.#snapshots.stop();
  }

  /** To be given each frame that was looked at, after it was published. */
  seen({ frame, looked, step }: Look): void {
    if (looked.read === undefined || step === undefined || this.paused !== null) return;
    this.#snapshots.take(frame, step.changed.beach || step.changed.zones.length > 0);
  }

  /** Another configuration, at a SIGHUP say. */
  reload(settings: Settings, effective?: readonly EffectiveSetting[]): Promise<Reloaded> {
    return this.#options.reload(settings, effective);
  }
}
