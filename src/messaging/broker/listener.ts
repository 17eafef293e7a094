/** The sockets of the embedded broker: where it listens, with TLS or without, and what a connection may take. */
import { createServer, type Server, type ServerOpts, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import getPort, { portNumbers } from 'get-port';
import type { Logger } from 'pino';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { packetGuard } from '../guard.ts';
import type { BrokerOptions } from '../options.ts';
import type { ServerTls } from './tls.ts';

/** Connections that have not logged in yet, beside those that have: what a port scan may hold. */
const NOT_LOGGED_IN = 16;
const PORTS_TO_TRY = 100;
/** Packets above the first size, pictures that is, that may be on their way at one time, in bytes in all. */
const LARGE_PACKET_BYTES = 1_048_576;
const MAX_LARGE_BYTES = 33_554_432;
// noDelay: an acknowledgement must not wait for Nagle's algorithm and the peer's delayed ACK (up to 40 ms).
const SOCKET: ServerOpts = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

export interface ListenerSetup {
  readonly options: BrokerOptions;
  readonly log: Logger;
  /** @param isOwn of a way in that only this process knows of */
  readonly onConnection: (socket: Socket, isOwn: boolean) => void;
  readonly onRefused: (why: string, address: string) => void;
  /** What may wait to be sent on one connection before its writer is told to wait. */
  readonly maxUnsentBytes: () => number;
}

export class Listener {
  readonly #setup: ListenerSetup;
  readonly #sockets = new Set<Socket>();
  readonly #byAddress = new Map<string, number>();
  /** Size of the large packet that a connection is sending. */
  readonly #large = new Map<Socket, number>();
  #servers: Server[] = [];
  #tls: TlsServer | undefined;
  port = 0;
  /** Where the daemon's own client connects without TLS; `port` where there is none. */
  ownPort = 0;

  constructor(setup: ListenerSetup) {
    this.#setup = setup;
  }

  /** @throws SurfwatchError `broker-port-taken`, `broker-listen-failed` */
  async start(tls: ServerTls | undefined): Promise<void> {
    this.port = await this.#listen(tls);
    this.ownPort = this.port;
    if (tls === undefined) return;
    const own = createServer(SOCKET, socket => this.#accept(socket, true));
    this.ownPort = await bind(own, 0, '127.0.0.1');
    this.#keep(own);
  }

  /** For connections from now on. */
  renew(tls: ServerTls): void {
    this.#tls?.setSecureContext(tls);
  }

  /** No more connections are taken from here on; resolves when all have ended. */
  stop(): Promise<unknown> {
    const servers = this.#servers;
    this.#servers = [];
    return Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #listen(tls: ServerTls | undefined): Promise<number> {
    const { host, port: wanted, portFallback } = this.#setup.options;
    let port = wanted;
    for (let attempt = 0; ; attempt++) {
      const server = this.#serverFor(tls);
      try {
        const taken = await bind(server, port, host);
        this.#keep(server);
        return taken;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code !== 'EADDRINUSE') {
          const what = `listening on ${host}:${port}: ${messageOf(error)}`;
          throw new SurfwatchError('broker-listen-failed', what, { cause: error });
        }
        if (!portFallback || attempt >= 5) {
          throw new SurfwatchError('broker-port-taken', `port ${port} on ${host} is taken`, { cause: error });
        }
        const last = Math.min(wanted + PORTS_TO_TRY, 65_535);
        port = await getPort({ host, port: portNumbers(Math.min(port + 1, last), last) });
      }
    }
  }

  /** Without a listener an error, as for want of file descriptors, would end the process. */
  #keep(server: Server): void {
    server.on('error', error => this.#setup.log.error({ err: error }, 'embedded broker'));
    this.#servers.push(server);
  }

  #serverFor(tls: ServerTls | undefined): Server {
    const { maxConnections, connectTimeoutMs } = this.#setup.options;
    const server = tls === undefined ? createServer(SOCKET) : this.#tlsServer(tls, connectTimeoutMs);
    server.maxConnections = maxConnections + 1 + NOT_LOGGED_IN;
    server.on('connection', socket => {
      if (this.#count(socket) && tls === undefined) this.#accept(socket, false);
    });
    return server;
  }

  #tlsServer(tls: ServerTls, handshakeTimeout: number): TlsServer {
    const clients = { requestCert: tls.ca !== undefined, rejectUnauthorized: tls.ca !== undefined };
    const server = createTlsServer({ ...SOCKET, ...tls, ...clients, handshakeTimeout }, socket =>
      this.#accept(socket, false),
    );
    server.on('tlsClientError', (error, socket) => {
      this.#setup.onRefused(`no TLS: ${error.message}`, socket.remoteAddress ?? '');
    });
    this.#tls = server;
    return server;
  }

  /** @returns false where an address has too many connections: this one is ended */
  #count(socket: Socket): boolean {
    const address = socket.remoteAddress ?? '';
    const count = this.#byAddress.get(address) ?? 0;
    socket.on('error', () => undefined);
    if (count >= this.#setup.options.maxConnectionsPerAddress) {
      this.#setup.onRefused('too many connections from one address', address);
      socket.destroy();
      return false;
    }
    this.#byAddress.set(address, count + 1);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      const left = (this.#byAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#byAddress.set(address, left);
      else this.#byAddress.delete(address);
    });
    return true;
  }

  #accept(socket: Socket, isOwn: boolean): void {
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#large.delete(socket);
    });
    const sound = packetGuard(this.#setup.options.maxPacketBytes, bytes => this.#hasRoom(socket, bytes));
    // aedes takes its bytes by read(): the one place to see them first without a stream in between, which costs time.
    const read = socket.read.bind(socket);
    socket.read = size => {
      const chunk = read(size);
      if (chunk === null || sound(chunk)) return chunk;
      socket.destroy(new Error('packet too large'));
      return null;
    };
    // At the usual 16 KiB aedes would hold up the delivery to all others until this client has taken its part.
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) =>
      write(...args) || socket.writableLength <= this.#setup.maxUnsentBytes();
    this.#setup.onConnection(socket, isOwn);
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
}

/** @returns the port that was taken */
async function bind(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
