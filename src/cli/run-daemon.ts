/** Runs the daemon in this process until it is told to stop. */
import { constants } from 'node:os';
import type { Logger } from 'pino';
import { systemClock } from '../base/clock.ts';
import { createLogger, partLogger } from '../base/log.ts';
import { packageVersion } from '../base/version.ts';
import { describeFault } from '../config/fault.ts';
import type { LoadedConfig } from '../config/load.ts';
import { type Daemon, startDaemon } from '../daemon/daemon.ts';
import type { DaemonDeps } from '../daemon/foundation.ts';
import { LIVENESS_DEFAULTS, longestStepMs } from '../host/service/liveness.ts';
import type { Notifier } from '../host/service/notifier.ts';
import { createService } from '../host/service/service.ts';
import { countOne } from '../pipeline/metrics-snapshot.ts';

export interface RunHooks extends Pick<DaemonDeps, 'onChange'> {
  /** Called when all parts run. */
  readonly onStarted?: (daemon: Daemon) => void;
}

/**
 * Starts the daemon and resolves when a signal (SIGINT, SIGTERM) has stopped it. A second signal ends it at once; SIGHUP
 * has it read its configuration again.
 *
 * @param reload reads the configuration anew
 * @throws SurfwatchError what starting it throws
 */
export async function runDaemon(
  { settings, effective, warnings }: LoadedConfig,
  reload: () => LoadedConfig,
  hooks: RunHooks = {},
): Promise<void> {
  // What it keeps is for its owner alone, also where no unit sees to it.
  process.umask(0o077);
  const errors = new Map<string, number>();
  const root = createLogger(settings.log, undefined, code => countOne(errors, code), process.env);
  const log = partLogger(root, 'daemon');
  for (const warning of warnings) partLogger(root, 'config').warn(describeFault(warning));
  const { notifier, watchdog } = createService({
    env: process.env,
    clock: systemClock,
    log: partLogger(root, 'ops'),
  });
  const stopped = untilSignal(log);
  // Until there is a daemon to reload: by default the signal would end the process.
  const ignore = () => undefined;
  process.on('SIGHUP', ignore);
  const daemon = await startDaemon(settings, {
    clock: systemClock,
    log: root,
    version: packageVersion(),
    effective,
    errors,
    stalled: () => watchdog.stalled,
    onStep: step => notifier.starting(step),
    onChange: (report, origin) => {
      notifier.status(`${report.activity}${report.visibility === 'ok' ? '' : ` (${report.visibility})`}`);
      hooks.onChange?.(report, origin);
    },
  });
  process.off('SIGHUP', ignore);
  process.on('SIGHUP', () => void reloadDaemon(daemon, reload, notifier, partLogger(root, 'config')));
  notifier.ready(`broker ${daemon.address}`);
  watchdog.start({
    progress: () => daemon.progress,
    options: () => ({ ...LIVENESS_DEFAULTS, stepMs: longestStepMs(daemon.settings.camera) }),
  });
  hooks.onStarted?.(daemon);
  await stopped;
  notifier.stopping();
  await watchdog.stop();
  await daemon.stop();
  await notifier.flush();
}

/** A wrong configuration changes nothing. */
async function reloadDaemon(
  daemon: Daemon,
  reload: () => LoadedConfig,
  notifier: Notifier,
  log: Logger,
): Promise<void> {
  notifier.reloading();
  try {
    const { settings, effective, warnings } = reload();
    for (const warning of warnings) log.warn(describeFault(warning));
    const { restart } = await daemon.reload(settings, effective);
    if (restart.length > 0) log.warn({ settings: restart }, 'these change with a restart only');
    notifier.ready('the configuration was read again');
  } catch (error) {
    log.error({ err: error }, 'the configuration is wrong: that of before stays in force');
    notifier.ready('the configuration is wrong: that of before stays in force');
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
