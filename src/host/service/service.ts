/** The daemon as a service: its messages to systemd, and the watch over its pipeline. */
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import type { Pulse } from '../../pipeline/pulse.ts';
import { takeServiceEnvironment } from './environment.ts';
import { LIVENESS_DEFAULTS, longestStepMs } from './liveness.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { Watchdog } from './watchdog.ts';

export interface ServiceParts {
  /** The environment of this process; what systemd put there is taken out. */
  readonly env: NodeJS.ProcessEnv;
  /** Its settings in force. */
  readonly camera: () => Parameters<typeof longestStepMs>[0];
  /** How the pipeline is now. */
  readonly pulse: () => Pulse;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Service {
  readonly notifier: Notifier;
  readonly watchdog: Watchdog;
}

/** Where no service manager is, the notifier does nothing and the watchdog only looks. */
export function createService({ env, camera, pulse, clock, log }: ServiceParts): Service {
  const service = takeServiceEnvironment(env);
  const notifier = createNotifier(service, env, log);
  const options = () => ({ ...LIVENESS_DEFAULTS, stepMs: longestStepMs(camera()) });
  const { watchdogMs } = service ?? {};
  return { notifier, watchdog: new Watchdog({ notifier, pulse, watchdogMs, options, clock, log }) };
}
