/** The daemon as a service: its messages to systemd, and the watchdog of its frame loop. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import { takeServiceEnvironment } from './environment.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { Watchdog } from './watchdog.ts';

export interface ServiceParts {
  /** The environment of this process; what systemd put there is taken out. */
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Service {
  readonly notifier: Notifier;
  readonly watchdog: Watchdog;
}

/** Without a service manager the notifier does nothing, and the watchdog only says what it finds. */
export function createService({ env, clock, log }: ServiceParts): Service {
  const service = takeServiceEnvironment(env);
  const notifier = createNotifier(service, env, log);
  const { watchdogMs } = service ?? {};
  return { notifier, watchdog: new Watchdog({ notifier, watchdogMs, clock, log }) };
}
