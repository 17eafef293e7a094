/** Runs the daemon in this process until it is told to stop. */
import { constants } from 'node:os';
import type { Logger } from 'pino';
import { describeFault } from '../config/fault.ts';
import type { LoadedConfig } from '../config/load.ts';
import { Daemon, type DaemonDeps } from '../daemon.ts';
import { systemClock } from '../ops/clock.ts';
import { createLogger, partLogger } from '../ops/log.ts';
import { packageVersion } from '../ops/version.ts';

/**
 * Starts the daemon and resolves when a signal (SIGINT, SIGTERM) has stopped it. A second signal ends it at once.
 *
 * @param onStarted called when all parts run
 * @throws SurfwatchError what starting it throws
 */
export async function runDaemon(
  { settings, warnings }: LoadedConfig,
  hooks: { onStarted?: (daemon: Daemon) => void } & Pick<DaemonDeps, 'onChange'> = {},
): Promise<void> {
  const log = createLogger(settings.log);
  for (const warning of warnings) partLogger(log, 'config').warn(describeFault(warning));
  const { onStarted, ...deps } = hooks;
  const daemon = new Daemon(settings, { clock: systemClock, log, version: packageVersion(), ...deps });
  const stopped = untilSignal(partLogger(log, 'daemon'));
  await daemon.start();
  onStarted?.(daemon);
  await stopped;
  await daemon.stop();
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
