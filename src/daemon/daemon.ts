/** The daemon: starts its parts in order, stops them in order. They are built and wired in `wiring/`. */
import type { Logger } from 'pino';
import { partLogger } from '../base/log.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Settings } from '../config/settings.ts';
import type { Reloaded } from '../control/runtime-options.ts';
import { openState } from '../host/state/open.ts';
import { useSmallSlabs } from '../messaging/packet-buffers.ts';
import type { Pulse } from '../pipeline/pulse.ts';
import { loadModel, openLearning } from './model.ts';
import { createWiring } from './parts.ts';
import { type DaemonDeps, type Parts, tellDamage, type Wiring } from './wiring.ts';

export class Daemon {
  readonly #wiring: Wiring;
  readonly #parts: Parts;
  readonly #log: Logger;
  #stopped: Promise<void> | undefined;
  /** There are more parts to stop than the broker connection. */
  #opened = false;

  constructor(settings: Settings, deps: DaemonDeps) {
    this.#wiring = createWiring(settings, deps);
    this.#parts = this.#wiring.parts();
    this.#log = partLogger(deps.log, 'daemon');
  }

  /** The broker's address without credentials, `mqtt://127.0.0.1:1883`. */
  get address(): string {
    return this.#parts.messaging.address;
  }

  /** Address of the metrics, empty where none are served. */
  get metricsUrl(): string {
    return this.#parts.outlets.url;
  }

  /** In force: those of the configuration, under those that were changed while it ran. */
  get settings(): Settings {
    return this.#parts.control.settings;
  }

  /** For whoever watches over this process. */
  get pulse(): Pulse {
    return this.#parts.lookout.pulse;
  }

  /**
   * Returns when the parts run; the broker and the camera may still be on their way.
   *
   * @throws SurfwatchError `state-*`, `broker-*`, `model-*`, `engine-*`, `mqtt-tls-invalid`
   */
  async start(): Promise<void> {
    const { configured, deps } = this.#wiring;
    const { messaging, portrait, outlets, view, history, monitor, control, lookout, late } = this.#parts;
    const { clock, version, onStep } = deps;
    useSmallSlabs();
    onStep?.('opening the state folder');
    const log = partLogger(deps.log, 'ops');
    late.state = await openState({ stateDir: configured.stateDir, appVersion: version, clock, log });
    try {
      await messaging.start();
      messaging.set('camera/availability', 'offline');
      messaging.set('state', portrait.state());
    } catch (error) {
      await this.#end();
      throw error;
    }
    this.#opened = true;
    onStep?.('opening the camera');
    // Figures that can't be read are no reason not to watch.
    await outlets
      .start()
      .catch((error: unknown) => this.#log.error({ err: error }, 'the metrics cannot be read'));
    await view.start();
    history.start();
    monitor.start();
    await control.start();
    messaging.alert('state-not-kept', late.state.notKept);
    await tellDamage(this.#parts);
    // Before the model is loaded: a camera may take as long, and its first picture waits.
    await lookout.start();
    try {
      onStep?.('loading the model');
      const model = await loadModel(this.#wiring);
      lookout.modelLoaded();
      late.learningOpened = openLearning(this.#wiring, model);
      await late.learningOpened;
    } catch (error) {
      await this.stop();
      throw error;
    }
    late.started = true;
  }

  /** Takes another configuration: what can change without a restart changes. */
  reload(settings: Settings, effective?: readonly EffectiveSetting[]): Promise<Reloaded> {
    return this.#parts.control.reload(settings, effective);
  }

  /** Ends within about two seconds, whatever the camera and the broker do. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { control, lookout, history, view, monitor } = this.#parts;
    if (this.#opened) {
      await control.stop();
      await lookout.stop();
      history.stop();
      await view.stop();
      await monitor.stop();
    }
    await this.#end();
  }

  async #end(): Promise<void> {
    const { outlets, late, messaging } = this.#parts;
    await outlets.stop();
    await late.learning?.stop();
    await messaging.stop();
    await late.reader?.close();
    late.state?.close();
  }
}
