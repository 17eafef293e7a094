/** Runs the daemon in this process until it is told to stop. */
import { constants } from 'node:os';
import type { Logger } from 'pino';
import { systemClock } from '../base/clock.ts';
import { deferred } from '../base/deferred.ts';
import { createLogger, partLogger } from '../base/log.ts';
import { packageVersion } from '../base/version.ts';
import { describeFault } from '../config/fault.ts';
import type { LoadedCameras } from '../config/load.ts';
import type { ConfigSource } from '../config/source.ts';
import { type Daemon, startDaemon } from '../daemon/daemon.ts';
import type { DaemonDeps } from '../daemon/shared.ts';
import { LIVENESS_DEFAULTS, longestStepMs } from '../host/service/liveness.ts';
import type { Notifier } from '../host/service/notifier.ts';
import { createService, type Service } from '../host/service/service.ts';
import { countOne } from '../pipeline/metrics-snapshot.ts';

export interface RunHooks extends Pick<DaemonDeps, 'onChange'> {
  /** Called when all parts run; again after each start anew. */
  readonly onStarted?: (daemon: Daemon) => void;
}

/**
 * Starts the daemon and resolves when a signal (SIGINT, SIGTERM) has stopped it. A second signal ends it at once; SIGHUP
 * has it read its configuration again. Where the page asks for it, it stops and starts anew with the configuration as it is.
 *
 * @throws SurfwatchError what starting it throws
 */
export async function runDaemon(source: ConfigSource, hooks: RunHooks = {}): Promise<void> {
  // What it keeps is for its owner alone, also where no unit sees to it.
  process.umask(0o077);
  let loaded = source.load();
  const errors = new Map<string, number>();
  const newLog = () =>
    createLogger(loaded.cameras[0].settings.log, undefined, code => countOne(errors, code), process.env);
  const first = newLog();
  const service = createService({ env: process.env, clock: systemClock, log: partLogger(first, 'ops') });
  const stopped = untilSignal(partLogger(first, 'daemon'));
  for (let root = first; ; root = newLog()) {
    const isOver = await runOnce({ source, loaded, root, errors, service, stopped, hooks });
    if (isOver) break;
    partLogger(root, 'daemon').info('starting anew');
    service.notifier.reloading();
    loaded = source.load();
  }
  await service.notifier.flush();
}

interface Run {
  readonly source: ConfigSource;
  readonly loaded: LoadedCameras;
  readonly root: Logger;
  readonly errors: Map<string, number>;
  readonly service: Service;
  readonly stopped: Promise<void>;
  readonly hooks: RunHooks;
}

/** @returns false where it is to be started anew */
async function runOnce({ source, loaded, root, errors, service, stopped, hooks }: Run): Promise<boolean> {
  const { warnings } = loaded;
  const { notifier, watchdog } = service;
  for (const warning of warnings) partLogger(root, 'config').warn(describeFault(warning));
  const again = deferred<'again'>();
  const activities = new Map<string, string>();
  // Until there is a daemon to reload: by default the signal would end the process.
  let onHangup = () => undefined as unknown;
  const hangup = () => void onHangup();
  process.on('SIGHUP', hangup);
  try {
    const daemon = await startDaemon(loaded, {
      clock: systemClock,
      log: root,
      version: packageVersion(),
      errors,
      source,
      restart: () => again.resolve('again'),
      stalled: () => watchdog.stalled,
      onStep: step => {
        notifier.starting(step);
        // systemd goes on waiting for signs of life where the daemon is started anew.
        notifier.alive();
      },
      onChange: (report, origin, site) => {
        activities.set(
          site,
          `${report.activity}${report.visibility === 'ok' ? '' : ` (${report.visibility})`}`,
        );
        notifier.status(statusLine(activities, loaded.isList));
        hooks.onChange?.(report, origin, site);
      },
    });
    onHangup = () => reloadDaemon(daemon, source.load, notifier, partLogger(root, 'config'));
    notifier.ready(`broker ${daemon.address}`);
    watchdog.start(
      daemon.cameras.map(camera => ({
        progress: () => camera.progress,
        options: () => ({ ...LIVENESS_DEFAULTS, stepMs: longestStepMs(camera.settings.camera) }),
      })),
    );
    hooks.onStarted?.(daemon);
    const isOver = (await Promise.race([stopped, again.promise])) !== 'again';
    if (isOver) notifier.stopping();
    await watchdog.stop();
    await daemon.stop();
    return isOver;
  } finally {
    process.off('SIGHUP', hangup);
  }
}

/** What `systemctl status` shows: `surfing`, of several cameras `north-pier: surfing, south-bay: none`. */
function statusLine(activities: ReadonlyMap<string, string>, isList: boolean): string {
  return [...activities].map(([site, activity]) => (isList ? `${site}: ${activity}` : activity)).join(', ');
}

/** A wrong configuration changes nothing. */
async function reloadDaemon(
  daemon: Daemon,
  reload: () => LoadedCameras,
  notifier: Notifier,
  log: Logger,
): Promise<void> {
  notifier.reloading();
  try {
    const loaded = reload();
    for (const warning of loaded.warnings) log.warn(describeFault(warning));
    const { restart } = await daemon.reload(loaded);
    if (restart.length > 0) log.warn({ settings: restart }, 'these settings change only with a restart');
    notifier.ready('the configuration was read again');
  } catch (error) {
    log.error({ err: error }, 'the configuration is wrong: the previous one stays in force');
    notifier.ready('the configuration is wrong: the previous one stays in force');
  }
}

function untilSignal(log: Logger): Promise<void> {
  return new Promise(resolve => {
    let asked = false;
    const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
      if (asked) process.exit(128 + constants.signals[signal]);
      asked = true;
      log.info({ signal }, 'stopping');
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
