/** What systemd tells a service by its environment. */

export interface ServiceEnvironment {
  /** Path of systemd's socket, or `@name` of an abstract one. */
  readonly socket: string;
  /** Descriptor of a datagram socket that is connected to it already, from `systemd/notify-exec`. */
  readonly descriptor: number | undefined;
  /** Longest time between two signs of life that systemd accepts; `undefined` where it waits for none from this process. */
  readonly watchdogMs: number | undefined;
}

const VARIABLES = ['NOTIFY_SOCKET', 'NOTIFY_FD', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/**
 * Reads it and removes it, so that no child takes itself for the service.
 *
 * @returns `undefined` where no service manager waits for messages
 */
export function takeServiceEnvironment(
  env: NodeJS.ProcessEnv,
  pid: number = process.pid,
): ServiceEnvironment | undefined {
  const { NOTIFY_SOCKET: socket, NOTIFY_FD: descriptor, WATCHDOG_USEC, WATCHDOG_PID } = env;
  for (const name of VARIABLES) delete env[name];
  if (socket === undefined || !/^[/@]/.test(socket)) return undefined;
  const watched = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === pid;
  const watchdogMs = watched ? positive(WATCHDOG_USEC, 1_000) : undefined;
  return { socket, descriptor: positive(descriptor, 1), watchdogMs };
}

function positive(text: string | undefined, divisor: number): number | undefined {
  const value = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) / divisor : 0;
  return value > 0 ? value : undefined;
}
