/** The daemon: starts its parts in two phases, and stops them in the reverse order. */
import type { EffectiveSetting } from '../config/effective.ts';
import type { Settings } from '../config/settings.ts';
import type { Reloaded } from '../control/runtime-options.ts';
import type { LoopProgress } from '../pipeline/frame-loop.ts';
import { type DaemonDeps, openFoundation } from './foundation.ts';
import { startParts } from './parts.ts';
import { Shutdown } from './shutdown.ts';

/** A daemon that runs. */
export interface Daemon {
  /** The broker's address without credentials, `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  /** Address of the page, `http://127.0.0.1:8321`; empty where it is not served. */
  readonly pageUrl: string;
  /** The settings in force: those of the configuration, under those that were changed while it ran. */
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
    const foundation = await openFoundation(configured, deps, shutdown);
    const { frameLoop, page } = await startParts(foundation, shutdown);
    const { messaging, options } = foundation;
    return {
      get address() {
        return messaging.address;
      },
      get pageUrl() {
        return page.url;
      },
      get settings() {
        return options.settings;
      },
      get progress() {
        return frameLoop.progress;
      },
      reload: (settings, effective) => options.reload(settings, effective),
      stop: () => shutdown.run(),
    };
  } catch (error) {
    await shutdown.run().catch(() => undefined);
    throw error;
  }
}
