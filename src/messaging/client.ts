import type { Logger } from 'pino';
import { SurfwatchError } from '../errors.ts';
import type { Clock } from '../ops/clock.ts';
import { backoffMs } from './backoff.ts';
import { type Connection, type Incoming, type Message, openConnection } from './connection.ts';
import { withoutCredentials } from './faults.ts';
import type { MqttOptions } from './options.ts';
import { readTls } from './tls.ts';

/** A connection that lasted this long was a good one: the next attempt after it starts with the shortest pause. */
const STABLE_MS = 10_000;

export interface MqttLinkSetup {
  /** With the address of the broker in `url`: here the embedded one is like any other. */
  readonly options: MqttOptions;
  readonly will: Message;
  /** Subscribed to at every connection. */
  readonly subscriptions: readonly string[];
  /** Largest packet taken from the broker, in bytes. */
  readonly maxPacketBytes: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onConnected: () => void;
  readonly onDisconnected: () => void;
  readonly onMessage: (message: Incoming) => void;
}

/**
 * The link to a broker: connects, and connects again whenever the connection is lost, until it is stopped. It keeps
 * no messages; what is published while it is down is refused.
 */
export class MqttLink {
  readonly #setup: MqttLinkSetup;
  readonly #login: { readonly username?: string; readonly password?: string };
  readonly #stopping = new AbortController();
  /** When each message that waits for its acknowledgement was sent, oldest first. */
  readonly #unacknowledged = new Map<number, number>();
  #nextId = 0;
  #connection: Connection | undefined;
  #connections = 0;
  #version: 4 | 5;
  #lastFault = '';
  #running: Promise<void> = Promise.resolve();
  #leaving = false;

  /** The address without credentials, for logs. */
  readonly address: string;

  constructor(setup: MqttLinkSetup) {
    const { url, username, password, protocolVersion } = setup.options;
    this.#setup = setup;
    this.address = withoutCredentials(url);
    this.#login = loginOf(url, username, password);
    this.#version = protocolVersion === '4' ? 4 : 5;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Messages that may wait for their acknowledgement at one time; 0 while not connected. */
  get window(): number {
    return this.#connection?.window ?? 0;
  }

  /** Connections made after the first. */
  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /**
   * Starts connecting and returns at once: a broker that is down is no reason not to start.
   *
   * @throws SurfwatchError `mqtt-tls-invalid` where a certificate file can not be read.
   */
  async start(): Promise<void> {
    await readTls(this.#setup.options);
    this.#running = this.#run(this.#stopping.signal);
  }

  /** Disconnects. With `graceful` the broker is told, within `graceMs`, and does not send the last will. */
  async stop({ graceful, graceMs }: { readonly graceful: boolean; readonly graceMs: number }): Promise<void> {
    this.#leaving = true;
    const connection = this.#connection;
    if (connection && graceful) await connection.close(graceMs);
    this.#stopping.abort();
    await this.#running;
  }

  /**
   * Resolves when the broker has acknowledged the message; may stay open when the connection ends first.
   *
   * @throws SurfwatchError `mqtt-refused` where the broker refuses it, `mqtt-unreachable` where there is no connection.
   */
  async publish(message: Message): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined)
      throw new SurfwatchError('mqtt-unreachable', `${this.address} is not connected`);
    const id = this.#nextId++;
    this.#unacknowledged.set(id, this.#setup.clock.monotonic());
    try {
      await connection.publish(message);
    } finally {
      this.#unacknowledged.delete(id);
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { options, clock } = this.#setup;
    let failures = 0;
    let otherVersionTried = false;
    while (!this.#leaving) {
      const { fault, livedMs, tryOtherVersion } = await this.#connectOnce(signal);
      if (this.#leaving) break;
      if (tryOtherVersion && options.protocolVersion === 'auto') {
        this.#version = this.#version === 5 ? 4 : 5;
        if (!otherVersionTried) {
          otherVersionTried = true;
          continue;
        }
      }
      this.#report(fault);
      failures = livedMs >= STABLE_MS ? 0 : failures + 1;
      if (livedMs > 0) otherVersionTried = false;
      const slow = fault.code === 'mqtt-unauthorized';
      const pause = backoffMs(slow ? Number.POSITIVE_INFINITY : failures, options, Math.random());
      await clock.sleep(pause, signal).catch(() => undefined);
    }
  }

  /** One connection from its opening to its end. */
  async #connectOnce(signal: AbortSignal): Promise<Outcome> {
    const { clock, maxPacketBytes, onMessage, options, will } = this.#setup;
    try {
      const tls = await readTls(options);
      const settings = {
        ...this.#login,
        url: urlWithoutLogin(options.url),
        clientId: options.clientId,
        protocolVersion: this.#version,
        keepaliveMs: options.keepaliveMs,
        connectTimeoutMs: options.connectTimeoutMs,
        ...(tls && { tls }),
        maxPacketBytes,
        will,
      };
      const opened = await openConnection(settings, onMessage, signal);
      if (!opened.ok) return { fault: opened.fault, livedMs: 0, tryOtherVersion: opened.tryOtherVersion };
      const start = clock.monotonic();
      const fault = await this.#use(opened.connection);
      return { fault, livedMs: Math.max(1, clock.monotonic() - start), tryOtherVersion: false };
    } catch (error) {
      if (!(error instanceof SurfwatchError))
        this.#setup.log.error({ err: error }, 'connecting to the broker');
      const fault =
        error instanceof SurfwatchError ? error : new SurfwatchError('mqtt-unreachable', String(error));
      return { fault, livedMs: 0, tryOtherVersion: false };
    }
  }

  async #use(connection: Connection): Promise<SurfwatchError> {
    const { log, onConnected, onDisconnected, subscriptions } = this.#setup;
    this.#connection = connection;
    this.#connections += 1;
    this.#lastFault = '';
    log.info({ broker: this.address, mqtt: this.#version === 5 ? '5' : '3.1.1' }, 'connected');
    const watching = new AbortController();
    void this.#watchAcknowledgements(connection, watching.signal);
    connection.subscribe(subscriptions).catch((error: unknown) => {
      if (this.#connection === connection)
        log.warn({ err: error, subscriptions }, 'commands will not arrive');
    });
    onConnected();
    const fault = await connection.ended;
    watching.abort();
    this.#connection = undefined;
    this.#unacknowledged.clear();
    onDisconnected();
    return fault;
  }

  /** Keep-alive does not show a broker that answers pings but no longer takes messages. */
  async #watchAcknowledgements(connection: Connection, signal: AbortSignal): Promise<void> {
    const { clock, options } = this.#setup;
    for (;;) {
      await clock.sleep(options.ackTimeoutMs / 4, signal).catch(() => undefined);
      if (signal.aborted) return;
      const [oldest] = this.#unacknowledged.values();
      if (oldest === undefined || clock.monotonic() - oldest < options.ackTimeoutMs) continue;
      const reason = `broker ${this.address} acknowledged nothing for ${options.ackTimeoutMs} ms`;
      connection.drop(new SurfwatchError('mqtt-unreachable', reason));
      return;
    }
  }

  /** Once for each cause: a broker can be down for days. */
  #report(fault: SurfwatchError): void {
    const { log } = this.#setup;
    const key = `${fault.code} ${fault.message}`;
    if (key === this.#lastFault) {
      log.debug({ code: fault.code }, fault.message);
      return;
    }
    this.#lastFault = key;
    log.warn({ code: fault.code, remedy: fault.remedy }, fault.message);
  }
}

interface Outcome {
  readonly fault: SurfwatchError;
  /** 0 where no connection was made. */
  readonly livedMs: number;
  readonly tryOtherVersion: boolean;
}

/** The login in the options goes before one in the address. */
export function loginOf(url: string, username?: string, password?: string) {
  const inUrl = URL.canParse(url) ? new URL(url) : undefined;
  const name = username ?? (inUrl?.username ? decodeURIComponent(inUrl.username) : undefined);
  const secret = password ?? (inUrl?.password ? decodeURIComponent(inUrl.password) : undefined);
  return { ...(name !== undefined && { username: name }), ...(secret !== undefined && { password: secret }) };
}

export function urlWithoutLogin(url: string): string {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}
