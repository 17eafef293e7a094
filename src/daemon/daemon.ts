/** The daemon: opens what its cameras share, starts one camera after the other, and stops all in the reverse order. */
import type { CameraConfig } from '../config/resolve.ts';
import type { Settings } from '../config/settings.ts';
import type { Reloaded } from '../control/runtime-options.ts';
import type { LoopProgress } from '../pipeline/frame-loop.ts';
import { openFoundation } from './foundation.ts';
import { startParts } from './parts.ts';
import { type DaemonConfig, type DaemonDeps, type Reload, type Shared, shareAmong } from './shared.ts';
import { Shutdown } from './shutdown.ts';

/** A daemon that runs. */
export interface Daemon {
  /** The broker's address without credentials, `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  /** Address of the page, `http://127.0.0.1:8321`; empty where it is not served. */
  readonly pageUrl: string;
  /** At least one. */
  readonly cameras: readonly [RunningCamera, ...RunningCamera[]];
  /** Takes another configuration: what can change without a restart changes. */
  readonly reload: Reload;
  /** Ends within about two seconds, whatever the cameras and the broker do. Safe to call twice. */
  stop(): Promise<void>;
}

/** One camera of a daemon that runs. */
export interface RunningCamera {
  readonly site: string;
  /** The broker's address without credentials. */
  readonly address: string;
  /** The settings in force: those of the configuration, under those that were changed while it ran. */
  readonly settings: Settings;
  /** For whoever watches over this process. */
  readonly progress: LoopProgress;
  reload(config: CameraConfig): Promise<Reloaded>;
}

/**
 * Resolves when the parts run; the broker and the cameras may still be on their way.
 *
 * @throws SurfwatchError `state-*`, `broker-*`, `model-*`, `engine-*`, `mqtt-tls-invalid`
 */
export async function startDaemon(config: DaemonConfig, deps: DaemonDeps): Promise<Daemon> {
  const shutdown = new Shutdown();
  const ofCameras: Shutdown[] = [];
  const cameras: RunningCamera[] = [];
  const reload: Reload = next => reloadCameras(cameras, next);
  try {
    const shared = shareAmong(config, deps, reload, shutdown);
    shutdown.add(() => stopAll(ofCameras));
    for (const camera of config.cameras) {
      const ofCamera = new Shutdown();
      ofCameras.push(ofCamera);
      cameras.push(await startCamera(shared, camera, deps, ofCamera));
    }
    await shared.metrics.start();
    const [first, ...others] = cameras as [RunningCamera, ...RunningCamera[]];
    return {
      get address() {
        return first.address;
      },
      get pageUrl() {
        return shared.pages.url;
      },
      cameras: [first, ...others],
      reload,
      stop: () => shutdown.run(),
    };
  } catch (error) {
    await shutdown.run().catch(() => undefined);
    throw error;
  }
}

async function startCamera(
  shared: Shared,
  config: CameraConfig,
  deps: DaemonDeps,
  shutdown: Shutdown,
): Promise<RunningCamera> {
  const foundation = await openFoundation(shared, config, deps, shutdown);
  const frameLoop = await startParts(foundation, shutdown);
  const { messaging, options } = foundation;
  return {
    site: config.settings.site,
    get address() {
      return messaging.address;
    },
    get settings() {
      return options.settings;
    },
    get progress() {
      return frameLoop.progress;
    },
    reload: ({ settings, effective }) => options.reload(settings, effective),
  };
}

/** At one time: each may wait for a broker that is away. @throws what the first that failed threw */
async function stopAll(shutdowns: readonly Shutdown[]): Promise<void> {
  const ends = await Promise.allSettled(shutdowns.map(shutdown => shutdown.run()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** A camera that is new, or gone, is there, or is not, after a restart. */
async function reloadCameras(
  running: readonly RunningCamera[],
  { cameras }: DaemonConfig,
): Promise<Reloaded> {
  const configs = new Map(cameras.map(config => [config.settings.site, config]));
  const all: Reloaded[] = [];
  for (const camera of running) {
    const config = running.length === 1 ? cameras[0] : configs.get(camera.site);
    if (config !== undefined) all.push(await camera.reload(config));
  }
  const isOther = configs.size !== running.length || running.some(({ site }) => !configs.has(site));
  const unique = (paths: readonly string[]) => [...new Set(paths)];
  return {
    changed: unique(all.flatMap(({ changed }) => changed)),
    restart: unique([
      ...all.flatMap(({ restart }) => restart),
      ...(isOther && running.length > 1 ? ['cameras'] : []),
    ]),
  };
}
