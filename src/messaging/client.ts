import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { backoffMs } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { type Connection, type Incoming, openConnection, type Publication } from './connection.ts';
import type { Message } from './connection-options.ts';
import { isHangUp, twinFault } from './faults.ts';
import { MQTT_PACE, type MqttOptions, type MqttPace } from './options.ts';
import { loginOf, type Server, serversOf, tryOtherVersion, urlWithoutLogin } from './servers.ts';
import { checkTls, readTls } from './tls.ts';

/** A connection that lasted this long was a good one: the next attempt after it starts with the shortest pause. */
const STABLE_MS = 10_000;

/** A broker that throws a client out for another one does so again and again; MQTT 3.1.1 has no word for it. */
const SHORT_MS = 60_000;
const MANY_HANG_UPS = 3;

export interface MqttLinkDeps {
  /** With at least one address in `url`. */
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
  /** Told at every connection which of the subscriptions the broker refuses, if any. */
  readonly onSubscribed?: (refused: readonly string[]) => void;
  readonly onMessage: (message: Incoming) => void;
  /** Gives the network connection, or throws `mqtt-unreachable`; where absent, one to the server is made. */
  readonly openStream?: () => Duplex;
}

/**
 * The link to a broker: connects, and connects again whenever the connection is lost, until it is stopped; where there
 * are several servers, to the next one after each failure. It keeps no messages; what is published while it is down is
 * refused.
 */
export class MqttLink {
  readonly #deps: MqttLinkDeps;
  readonly #pace: MqttPace;
  readonly #servers: readonly Server[];
  readonly #stopping = new AbortController();
  /** When each message that waits for its acknowledgement was sent, oldest first. */
  readonly #unacknowledged = new Map<number, number>();
  #nextId = 0;
  #connection: Connection | undefined;
  #connections = 0;
  /** Index in #servers of the one in use or tried next. */
  #turn = 0;
  /** What was last said of each server. */
  readonly #faults = new Map<Server, string>();
  #running: Promise<void> = Promise.resolve();
  #leaving = false;

  constructor(deps: MqttLinkDeps) {
    this.#deps = deps;
    this.#pace = { ...MQTT_PACE, ...deps.options };
    this.#servers = serversOf(deps.options);
  }

  /** Without credentials: of the server that is connected, or tried next. */
  get address(): string {
    return this.#server.address;
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
   * @throws SurfwatchError `mqtt-tls-invalid` where what is set about encryption cannot be used.
   */
  async start(): Promise<void> {
    await checkTls(this.#deps.options);
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
   * @throws SurfwatchError `mqtt-forbidden`, `mqtt-refused` where the broker refuses it, `mqtt-unreachable` where there
   *   is no connection.
   */
  async publish(message: Publication): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined)
      throw new SurfwatchError('mqtt-unreachable', `${this.address} is not connected`);
    const id = this.#nextId++;
    this.#unacknowledged.set(id, this.#deps.clock.monotonic());
    try {
      await connection.publish(message);
    } finally {
      this.#unacknowledged.delete(id);
    }
  }

  get #server(): Server {
    const { length } = this.#servers;
    return this.#servers[this.#turn % length] ?? NO_SERVER;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { options, clock } = this.#deps;
    let failures = 0;
    let hangUps = 0;
    while (!this.#leaving) {
      const server = this.#server;
      const { fault, livedMs, mayBeVersion } = await this.#connectOnce(server, signal);
      if (this.#leaving) break;
      if (mayBeVersion && options.protocolVersion === 'auto' && tryOtherVersion(server)) continue;
      hangUps = isHangUp(fault) && livedMs > 0 && livedMs < SHORT_MS ? hangUps + 1 : 0;
      this.#report(server, hangUps < MANY_HANG_UPS ? fault : twinFault(server.address, options.clientId));
      failures = livedMs >= STABLE_MS ? 1 : failures + 1;
      if (livedMs > 0) server.otherTried = false;
      if (livedMs >= STABLE_MS) this.#faults.clear();
      this.#turn += 1;
      // Longer from round to round, so that the last of the servers is reached as soon as the second.
      const rounds = Math.ceil(failures / this.#servers.length);
      const wasLast = failures % this.#servers.length === 0;
      const slow = fault.code === 'mqtt-unauthorized' && wasLast;
      const pause = backoffMs(slow ? Number.POSITIVE_INFINITY : rounds, {
        retryMinMs: this.#pace.reconnectMinMs,
        retryMaxMs: this.#pace.reconnectMaxMs,
      });
      await clock.sleep(pause, signal).catch(() => undefined);
    }
  }

  /** One connection from its opening to its end. */
  async #connectOnce(server: Server, signal: AbortSignal): Promise<Outcome> {
    const { clock, maxPacketBytes, onMessage, openStream, options, will } = this.#deps;
    try {
      const tls = await readTls(options, server.url);
      const settings = {
        ...loginOf(server.url, options.username, options.password),
        url: urlWithoutLogin(server.url),
        clientId: options.clientId,
        protocolVersion: server.version,
        keepaliveMs: this.#pace.keepaliveMs,
        connectTimeoutMs: this.#pace.connectTimeoutMs,
        ...(tls && { tls }),
        maxPacketBytes,
        will,
        ...(openStream !== undefined && { stream: openStream() }),
      };
      const opened = await openConnection(settings, onMessage, signal);
      if (!opened.ok) return { fault: opened.fault, livedMs: 0, mayBeVersion: opened.tryOtherVersion };
      const start = clock.monotonic();
      const fault = await this.#use(opened.connection, server);
      return { fault, livedMs: Math.max(1, clock.monotonic() - start), mayBeVersion: false };
    } catch (error) {
      if (!(error instanceof SurfwatchError))
        this.#deps.log.error({ err: error }, 'connecting to the broker');
      const fault =
        error instanceof SurfwatchError ? error : new SurfwatchError('mqtt-unreachable', String(error));
      return { fault, livedMs: 0, mayBeVersion: false };
    }
  }

  async #use(connection: Connection, server: Server): Promise<SurfwatchError> {
    const { log, onConnected, onDisconnected } = this.#deps;
    this.#connection = connection;
    this.#connections += 1;
    log.info({ broker: server.address, mqtt: server.version === 5 ? '5' : '3.1.1' }, 'connected');
    const watching = new AbortController();
    void this.#watchAcknowledgements(connection, watching.signal);
    void this.#subscribe(connection);
    onConnected();
    const fault = await connection.ended;
    watching.abort();
    this.#connection = undefined;
    this.#unacknowledged.clear();
    onDisconnected();
    return fault;
  }

  async #subscribe(connection: Connection): Promise<void> {
    const { log, onSubscribed, subscriptions } = this.#deps;
    const refusal = await connection.subscribe(subscriptions);
    if (this.#connection !== connection) return;
    onSubscribed?.(refusal?.refused ?? []);
    if (refusal === undefined) return;
    const { code, message, remedy } = refusal.fault;
    log.warn({ code, remedy }, `commands will not arrive: ${message}`);
  }

  /** Keep-alive does not show a broker that answers pings but no longer takes messages. */
  async #watchAcknowledgements(connection: Connection, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const { ackTimeoutMs } = this.#pace;
    for (;;) {
      await clock.sleep(ackTimeoutMs / 4, signal).catch(() => undefined);
      if (signal.aborted) return;
      const [oldest] = this.#unacknowledged.values();
      if (oldest === undefined || clock.monotonic() - oldest < ackTimeoutMs) continue;
      const reason = `broker ${this.address} acknowledged nothing for ${ackTimeoutMs} ms`;
      connection.drop(new SurfwatchError('mqtt-unreachable', reason));
      return;
    }
  }

  /** Once for each cause: a broker can be down for days. */
  #report(server: Server, fault: SurfwatchError): void {
    const { log } = this.#deps;
    const key = `${fault.code} ${fault.message}`;
    if (key === this.#faults.get(server)) {
      log.debug({ code: fault.code }, fault.message);
      return;
    }
    this.#faults.set(server, key);
    log.warn({ code: fault.code, remedy: fault.remedy }, fault.message);
  }
}

/** Fails as an address that cannot be read does. */
const NO_SERVER: Server = { url: '', address: '', version: 5, otherTried: false };

interface Outcome {
  readonly fault: SurfwatchError;
  /** 0 where no connection was made. */
  readonly livedMs: number;
  readonly mayBeVersion: boolean;
}
