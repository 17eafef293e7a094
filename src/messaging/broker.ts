import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Aedes, type AedesOptions, type AuthenticateError, type Client } from 'aedes';
import getPort, { portNumbers } from 'get-port';
import type { Logger } from 'pino';
import { messageOf, SurfwatchError } from '../errors.ts';
import type { Clock } from '../ops/clock.ts';
import { type Credentials, isLoopback, loginMatches, strangerMayPublish } from './access.ts';
import { packetGuard } from './guard.ts';
import type { BrokerOptions } from './options.ts';
import { throttle } from './throttle.ts';

/** A subscriber that takes nothing for this long is cut off: until then it holds up the delivery to the others. */
const DRAIN_TIMEOUT_MS = 5_000;
/** Connections that have not logged in yet, beside those that have: what a port scan may hold. */
const NOT_LOGGED_IN = 16;
const PORTS_TO_TRY = 100;
/** Packets above the first size, pictures that is, that may be on their way at one time, in bytes in all. */
const LARGE_PACKET_BYTES = 1_048_576;
const MAX_LARGE_BYTES = 33_554_432;

/** CONNACK return codes of MQTT 3.1.1, section 3.2.2.3. */
const SERVER_UNAVAILABLE = 3;
const BAD_LOGIN = 4;

export interface EmbeddedBrokerSetup {
  readonly options: BrokerOptions;
  /** Topics under `<base>/` belong to the daemon, but for commands and labels. */
  readonly base: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The MQTT 3.1.1 broker inside the daemon. It keeps retained messages in memory and no sessions. */
export class EmbeddedBroker {
  /** Login of the daemon's own client, new in every process: nobody else can publish in its name. */
  readonly own: Credentials & { readonly clientId: string };

  readonly #options: BrokerOptions;
  readonly #base: string;
  readonly #log: Logger;
  readonly #mayWarn: () => boolean;
  readonly #ownClients = new WeakSet<object>();
  readonly #sockets = new Set<Socket>();
  /** Size of the large packet that a connection is sending. */
  readonly #large = new Map<Socket, number>();
  #aedes: Aedes | undefined;
  #server: Server | undefined;
  #port = 0;

  constructor({ options, base, clock, log }: EmbeddedBrokerSetup) {
    const secret = () => randomBytes(16).toString('hex');
    this.own = { username: `daemon-${secret()}`, password: secret(), clientId: `surfwatch-${secret()}` };
    this.#options = options;
    this.#base = base;
    this.#log = log;
    this.#mayWarn = throttle(clock, 60_000);
  }

  /** Where it listens; `port` is 0 before the start. */
  get address(): { readonly host: string; readonly port: number } {
    return { host: this.#options.host, port: this.#port };
  }

  /** @throws SurfwatchError `broker-open-refused`, `broker-port-taken` or `broker-listen-failed`. */
  async start(): Promise<void> {
    const { host, username, password } = this.#options;
    if (!isLoopback(host) && !(username && password)) {
      throw new SurfwatchError(
        'broker-open-refused',
        `broker.host is ${host}, which other computers can reach, but broker.username and broker.password are not both set`,
      );
    }
    const aedes = await Aedes.createBroker(this.#handlers());
    aedes.on('clientError', (client, error) => this.#clientFault(client, error));
    aedes.on('connectionError', (client, error) => this.#clientFault(client, error));
    // Not in its types; without a listener an error in its own work would end the process.
    (aedes as NodeJS.EventEmitter).on('error', error => this.#log.error({ err: error }, 'embedded broker'));
    this.#aedes = aedes;
    try {
      this.#server = await this.#listen(aedes);
    } catch (error) {
      await closeAedes(aedes);
      throw error;
    }
    this.#log.info({ host, port: this.#port }, 'embedded broker listens');
  }

  /** Ends all connections and frees the port. */
  async stop(): Promise<void> {
    const [server, aedes] = [this.#server, this.#aedes];
    this.#server = undefined;
    this.#aedes = undefined;
    const closed = server && new Promise(resolve => server.close(resolve));
    // A PUBACK precedes the delivery to subscribers by a few turns of the event loop: let the last messages go out.
    for (let i = 0; i < 10; i++) await turn();
    if (aedes) await closeAedes(aedes);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #handlers(): AedesOptions {
    const { username, password, connectTimeoutMs, maxConnections } = this.#options;
    return {
      connectTimeout: connectTimeoutMs,
      drainTimeout: DRAIN_TIMEOUT_MS,
      preConnect: (_client, packet, done) => {
        // A session kept for a client that never returns would queue messages for ever.
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, name, secret, done) => {
        const given = secret ?? Buffer.alloc(0);
        if (loginMatches(this.own, name ?? '', given)) {
          this.#ownClients.add(client);
          return done(null, true);
        }
        // A second client with its id would throw the daemon's own client out.
        if (client.id === this.own.clientId) return done(refusal(BAD_LOGIN), false);
        const expected = username && password ? { username, password } : undefined;
        if (expected && !loginMatches(expected, name ?? '', given)) {
          if (this.#mayWarn()) this.#log.warn({ client: client.id }, 'a client gave a wrong login');
          return done(refusal(BAD_LOGIN), false);
        }
        if ((this.#aedes?.connectedClients ?? 0) > maxConnections) {
          if (this.#mayWarn()) this.#log.warn({ maxConnections }, 'too many clients, one was refused');
          return done(refusal(SERVER_UNAVAILABLE), false);
        }
        done(null, true);
      },
      authorizePublish: (client, packet, done) => {
        if (client !== null && this.#ownClients.has(client)) return done(null);
        if (strangerMayPublish(packet.topic, this.#base)) {
          // Retained commands and pictures would be ignored at best, and fill the memory.
          if (packet.topic.startsWith(`${this.#base}/`)) packet.retain = false;
          return done(null);
        }
        if (this.#mayWarn()) {
          this.#log.warn(
            { client: client?.id, topic: packet.topic },
            "a client published on one of the daemon's topics",
          );
        }
        done(new Error(`publishing on ${packet.topic} is not permitted`));
      },
    };
  }

  async #listen(aedes: Aedes): Promise<Server> {
    const { host, port: wanted, portFallback } = this.#options;
    let port = wanted;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#listenOn(aedes, port);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code !== 'EADDRINUSE') {
          throw new SurfwatchError(
            'broker-listen-failed',
            `listening on ${host}:${port}: ${messageOf(error)}`,
            {
              cause: error,
            },
          );
        }
        if (!portFallback || attempt >= 5) {
          throw new SurfwatchError('broker-port-taken', `port ${port} on ${host} is taken`, { cause: error });
        }
        const last = Math.min(wanted + PORTS_TO_TRY, 65_535);
        port = await getPort({ host, port: portNumbers(Math.min(port + 1, last), last) });
      }
    }
  }

  async #listenOn(aedes: Aedes, port: number): Promise<Server> {
    const { host, maxConnections } = this.#options;
    // noDelay: an acknowledgement must not wait for Nagle's algorithm and the peer's delayed ACK (up to 40 ms).
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, socket =>
      this.#accept(aedes, socket),
    );
    server.maxConnections = maxConnections + 1 + NOT_LOGGED_IN;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', error => this.#log.error({ err: error }, 'embedded broker'));
    const address = server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : port;
    return server;
  }

  #accept(aedes: Aedes, socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#large.delete(socket);
    });
    const sound = packetGuard(this.#options.maxPacketBytes, bytes => this.#hasRoom(socket, bytes));
    // aedes takes its bytes by read(): the one place to see them first without a stream in between, which costs time.
    const read = socket.read.bind(socket);
    socket.read = size => {
      const chunk = read(size);
      if (chunk === null || sound(chunk)) return chunk;
      socket.destroy(new Error('packet too large'));
      return null;
    };
    aedes.handle(socket);
  }

  /** Whether a packet may come in: a hundred clients could each send a large one and fill the memory. */
  #hasRoom(socket: Socket, bytes: number): boolean {
    this.#large.delete(socket);
    if (bytes <= LARGE_PACKET_BYTES) return true;
    const others = [...this.#large.values()].reduce((sum, size) => sum + size, 0);
    if (others > 0 && others + bytes > MAX_LARGE_BYTES) return false;
    this.#large.set(socket, bytes);
    return true;
  }

  #clientFault(client: Client, error: Error): void {
    this.#log.debug({ client: client.id, reason: error.message }, 'a connection ended with an error');
  }
}

function refusal(returnCode: number): AuthenticateError {
  return Object.assign(new Error('refused'), { returnCode });
}

function closeAedes(aedes: Aedes): Promise<void> {
  return new Promise(resolve => aedes.close(() => resolve()));
}
