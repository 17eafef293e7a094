/** Tells systemd how the daemon is (sd_notify): that it starts, runs, reloads, stops, lives. */
import type { Logger } from 'pino';
import type { ServiceEnvironment } from './environment.ts';
import { type Send, senderFor } from './send.ts';

export interface NotifierParts {
  /** `undefined`: nobody waits for messages, and none is sent. */
  readonly send: Send | undefined;
  readonly log: Logger;
  /** CLOCK_MONOTONIC in nanoseconds. */
  readonly monotonicNs?: () => bigint;
}

/** Added to the time a start or stop may take, each time one of its steps is reported. */
const STEP_MS = 60_000;
const NS_PER_US = 1_000n;
const US_PER_MS = 1_000;
/** PID 1 refuses longer ones. */
const LONGEST_STATUS = 1_000;

/** Messages go out one after the other. One that cannot be sent is logged and never breaks what it is about. */
export class Notifier {
  readonly #parts: NotifierParts;
  #sending: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
  }

  /** A step of the start; gives it another minute. A step that hangs longer ends the start, and systemd tries again. */
  starting(step: string): void {
    this.#tell([status(`starting: ${step}`), moreTime(STEP_MS)]);
  }

  /** The start, or the reload, is complete. */
  ready(text: string): void {
    this.#tell(['READY=1', status(text)]);
  }

  /** The line that `systemctl status` shows. */
  status(text: string): void {
    this.#tell([status(text)]);
  }

  /** Must be followed by `ready`. The time stamp is what `Type=notify-reload` asks for. */
  reloading(): void {
    const { monotonicNs = process.hrtime.bigint } = this.#parts;
    const stamp = `MONOTONIC_USEC=${monotonicNs() / NS_PER_US}`;
    this.#tell(['RELOADING=1', stamp, status('reloading the settings')]);
  }

  stopping(): void {
    this.#tell(['STOPPING=1', status('stopping')]);
  }

  /** A step of the stop that may take long; gives it another minute. */
  stoppingStep(step: string): void {
    this.#tell([status(`stopping: ${step}`), moreTime(STEP_MS)]);
  }

  /** A sign of life, for `WatchdogSec`. */
  alive(): void {
    this.#tell(['WATCHDOG=1']);
  }

  /** Has systemd kill and restart the daemon at once, as if signs of life had been missing. */
  wedged(why: string): void {
    this.#tell([status(`wedged: ${why}`), 'WATCHDOG=trigger']);
  }

  /** Resolves when all messages so far were sent or given up. */
  async flush(): Promise<void> {
    await this.#sending;
  }

  #tell(assignments: readonly string[]): void {
    const { send } = this.#parts;
    if (send === undefined) return;
    this.#sending = this.#sending
      .then(() => send(assignments))
      .then(
        () => {
          this.#failing = false;
        },
        (error: unknown) => this.#complain(error),
      );
  }

  /** Once for each row of failures. */
  #complain(error: unknown): void {
    if (!this.#failing) this.#parts.log.error({ err: error }, 'the status could not be sent to systemd');
    this.#failing = true;
  }
}

/** The notifier of this process; without a service manager one that does nothing. */
export function createNotifier(
  service: ServiceEnvironment | undefined,
  env: NodeJS.ProcessEnv,
  log: Logger,
): Notifier {
  return new Notifier({ send: service === undefined ? undefined : senderFor(service, env), log });
}

/** On one line: a line break would begin an assignment. */
function status(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in it
  return `STATUS=${text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, LONGEST_STATUS)}`;
}

function moreTime(ms: number): string {
  return `EXTEND_TIMEOUT_USEC=${ms * US_PER_MS}`;
}
