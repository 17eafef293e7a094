import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Aedes } from 'aedes';
import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { SurfwatchError } from '../errors.ts';
import { type Credentials, isLoopback } from './access.ts';
import { accessRules } from './broker/access.ts';
import { type Directory, openDirectory } from './broker/directory.ts';
import { watchFiles } from './broker/file-changes.ts';
import { Gatekeeper } from './broker/gatekeeper.ts';
import { Listener } from './broker/listener.ts';
import { BrokerPersistence } from './broker/persistence.ts';
import { endOf, readServerTls, type ServerTls } from './broker/tls.ts';
import type { BrokerOptions } from './options.ts';

/** A subscriber that takes nothing for this long is cut off: until then it holds up the delivery to the others. */
const DRAIN_TIMEOUT_MS = 5_000;
const MAX_TOPIC_LEVELS = 32;
const EXPIRE_EVERY_MS = 60_000;
const LOOK_EVERY_MS = 2_000;
/** Before a certificate ends. */
const RENEWAL_MS = 14 * 86_400_000;

export interface EmbeddedBrokerSetup {
  readonly options: BrokerOptions;
  /** Topics under `<base>/` belong to the daemon, but for commands and labels. */
  readonly base: string;
  /** Home Assistant's part of the topics. Default `homeassistant`. */
  readonly discoveryPrefix?: string;
  /** SQLite file of retained messages and sessions. Default: none, they end with the process. */
  readonly file?: string;
  /** How often users and certificates are looked at, in ms. Default 2,000. */
  readonly lookEveryMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The MQTT 3.1.1 broker inside the daemon. */
export class EmbeddedBroker {
  /** Login of the daemon's own client, new in every process: nobody else can publish in its name. */
  readonly own: Credentials & { readonly clientId: string };

  readonly #setup: EmbeddedBrokerSetup;
  readonly #ended = new AbortController();
  readonly #persistence: BrokerPersistence;
  readonly #gatekeeper: Gatekeeper;
  readonly #listener: Listener;
  readonly #ownWay = new WeakSet<object>();
  #directory: Directory | undefined;
  #aedes: Aedes | undefined;
  #isEncrypted = false;

  constructor(setup: EmbeddedBrokerSetup) {
    const secret = () => randomBytes(16).toString('hex');
    this.own = { username: `daemon-${secret()}`, password: secret(), clientId: `surfwatch-${secret()}` };
    this.#setup = setup;
    const { options, base, clock, log, file, discoveryPrefix = 'homeassistant' } = setup;
    const rules = accessRules(base, discoveryPrefix);
    const directory = () => {
      if (this.#directory === undefined) throw new Error('the broker is not started');
      return this.#directory;
    };
    this.#persistence = new BrokerPersistence({
      ...(file !== undefined && { path: file }),
      options,
      userOf: client => this.#gatekeeper.userOf(client),
      isUser: name => directory().identity(name) !== undefined,
      mayRead: (name, topic) => {
        const user = directory().identity(name);
        return user !== undefined && rules.mayRead(user, topic);
      },
      isOwn: topic => this.#gatekeeper.ownTopics.has(topic),
      onRefused: (what, topic) => this.#gatekeeper.refused(what, { topic }),
      clock,
      log,
    });
    this.#gatekeeper = new Gatekeeper({
      ...setup,
      own: this.own,
      cameOwnWay: ({ conn }) => this.#ownWay.has(conn),
      rules,
      directory,
      persistence: this.#persistence,
    });
    this.#listener = new Listener({
      options,
      log,
      onConnection: (socket, isOwn) => this.#take(socket, isOwn),
      onRefused: (why, address) => this.#gatekeeper.refused(why, { address }),
      maxUnsentBytes: () => this.#gatekeeper.maxUnsentBytes,
    });
  }

  /** Where it listens; `port` is 0 before the start. */
  get address(): { readonly host: string; readonly port: number; readonly isEncrypted: boolean } {
    return { host: this.#setup.options.host, port: this.#listener.port, isEncrypted: this.#isEncrypted };
  }

  /** Where the daemon's own client connects, without TLS. */
  get ownAddress(): { readonly host: string; readonly port: number } {
    const { host } = this.#setup.options;
    if (this.#isEncrypted) return { host: '127.0.0.1', port: this.#listener.ownPort };
    const near = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    return { host: near, port: this.#listener.port };
  }

  /** @throws SurfwatchError `broker-open-refused`, `broker-users-invalid`, `broker-tls-invalid`, `broker-port-taken`, `broker-listen-failed` */
  async start(): Promise<void> {
    const { options, clock, log, lookEveryMs = LOOK_EVERY_MS } = this.#setup;
    const { signal } = this.#ended;
    const tls = await readServerTls(options);
    this.#directory = await openDirectory({
      ...this.#setup,
      lookEveryMs,
      signal,
      onChanged: name => {
        this.#gatekeeper.cutOff(name);
        void this.#persistence.expire();
      },
    });
    refuseOpen(options, this.#directory.size, tls);
    this.#isEncrypted = tls !== undefined;
    const aedes = await Aedes.createBroker({
      ...this.#gatekeeper.handlers,
      persistence: this.#persistence,
      connectTimeout: options.connectTimeoutMs,
      drainTimeout: DRAIN_TIMEOUT_MS,
      maxTopicLevels: MAX_TOPIC_LEVELS,
    });
    this.#gatekeeper.watch(aedes);
    const fault = (client: { readonly id: string }, error: Error) =>
      log.debug({ client: client.id, reason: error.message }, 'a connection ended with an error');
    aedes.on('clientError', fault);
    aedes.on('connectionError', fault);
    // Not in its types; without a listener an error in its own work would end the process.
    (aedes as NodeJS.EventEmitter).on('error', error => log.error({ err: error }, 'embedded broker'));
    this.#aedes = aedes;
    try {
      await this.#listener.start(tls);
    } catch (error) {
      await this.stop();
      throw error;
    }
    if (tls !== undefined) await this.#watchCertificate(tls, lookEveryMs);
    void this.#expireNowAndThen(clock, signal);
    const { host, port, isEncrypted } = this.address;
    log.info({ host, port, tls: isEncrypted, users: this.#directory.size }, 'embedded broker listens');
  }

  /** Ends all connections, writes what is kept, and frees the port. */
  async stop(): Promise<void> {
    const aedes = this.#aedes;
    this.#aedes = undefined;
    this.#ended.abort();
    const closed = this.#listener.stop();
    // A PUBACK precedes the delivery to subscribers by a few turns of the event loop: let the last messages go out.
    for (let i = 0; i < 10; i++) await turn();
    if (aedes) {
      await new Promise<void>(resolve => aedes.close(() => resolve()));
      await this.#persistence.destroy();
    }
    this.#listener.destroyAll();
    await closed;
  }

  #take(socket: Socket, isOwn: boolean): void {
    if (this.#aedes === undefined) return void socket.destroy();
    if (isOwn) this.#ownWay.add(socket);
    this.#aedes.handle(socket);
  }

  async #watchCertificate(first: ServerTls, everyMs: number): Promise<void> {
    const { options, clock, log } = this.#setup;
    const warnOfEnd = (tls: ServerTls) => {
      const ends = endOf(tls);
      if (ends - clock.now() < RENEWAL_MS) {
        log.warn({ ends: new Date(ends).toISOString() }, 'the certificate of the embedded broker ends soon');
      }
    };
    warnOfEnd(first);
    const paths = [options.certFile, options.keyFile, options.caFile].filter(path => path !== undefined);
    const onChange = async () => {
      try {
        const tls = await readServerTls(options);
        if (tls === undefined) return;
        this.#listener.renew(tls);
        log.info('the embedded broker uses the new certificate');
        warnOfEnd(tls);
      } catch (error) {
        log.error({ err: error }, 'the new certificate can not be used: the one from before still is');
      }
    };
    await watchFiles({ paths, everyMs, clock, signal: this.#ended.signal, onChange });
  }

  async #expireNowAndThen(clock: Clock, signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await clock.sleep(EXPIRE_EVERY_MS, signal);
        await this.#persistence.expire();
      }
    } catch (error) {
      if (!signal.aborted) this.#setup.log.error({ err: error }, 'embedded broker');
    }
  }
}

function refuseOpen(
  { host, allowPlaintext }: BrokerOptions,
  users: number,
  tls: ServerTls | undefined,
): void {
  if (isLoopback(host)) return;
  const open = `broker.host is ${host}, which other computers can reach, but`;
  if (users === 0) {
    throw new SurfwatchError(
      'broker-open-refused',
      `${open} there is no user: neither in broker.usersFile nor as broker.username and broker.password`,
    );
  }
  if (tls === undefined && !allowPlaintext) {
    throw new SurfwatchError(
      'broker-open-refused',
      `${open} broker.certFile and broker.keyFile are not set, nor is broker.allowPlaintext`,
    );
  }
}
