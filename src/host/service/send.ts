/** Two ways to hand systemd a message. Node.js has no datagram sockets of the family AF_UNIX, and a native module is not worth it. */
import { execFile } from 'node:child_process';
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ServiceEnvironment } from './environment.ts';

/** Sends assignments such as `READY=1` as one message. Rejects where it could not be handed over. */
export type Send = (assignments: readonly string[]) => Promise<void>;

const SEND_DEFAULTS = {
  program: 'systemd-notify',
  timeoutMs: 10_000,
  retries: 100,
  retryMs: 50,
} as const;

/** Through the socket that was handed in, else with the program `systemd-notify`, which needs `NotifyAccess=all`. */
export function senderFor({ descriptor, socket }: ServiceEnvironment, env: NodeJS.ProcessEnv): Send {
  return descriptor === undefined ? programSender(socket, env) : descriptorSender(descriptor);
}

/**
 * A write to a connected datagram socket is one message. The socket does not block, so that it costs microseconds; no
 * thread, process or memory has to be free for it. Where systemd is behind with reading it is tried again for a while.
 */
function descriptorSender(
  descriptor: number,
  { retries, retryMs }: { readonly retries: number; readonly retryMs: number } = SEND_DEFAULTS,
): Send {
  return async assignments => {
    const message = assignments.join('\n');
    for (let left = retries; !wrote(descriptor, message, left === 0); left--) await delay(retryMs);
  };
}

/** @param last whether a full queue is an error, too */
function wrote(descriptor: number, message: string, last: boolean): boolean {
  try {
    writeSync(descriptor, message);
    return true;
  } catch (error) {
    if (last || (error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    return false;
  }
}

/** It returns when systemd has taken the message: else systemd could no longer tell whose it was. */
export function programSender(
  socket: string,
  env: NodeJS.ProcessEnv,
  { program, timeoutMs }: { readonly program: string; readonly timeoutMs: number } = SEND_DEFAULTS,
): Send {
  const run = promisify(execFile);
  const environment = { PATH: env.PATH, NOTIFY_SOCKET: socket };
  return async assignments => {
    await run(program, [...assignments], { env: environment, timeout: timeoutMs, killSignal: 'SIGKILL' });
  };
}
