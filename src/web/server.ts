/** Serves the page and its interface over HTTP or HTTPS. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { messageOf, SurfwatchError } from '../errors.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** PEM files; both or none. */
  readonly cert?: string;
  readonly key?: string;
  /** How long a request may take until all of it is there, in milliseconds. Default 30 s. */
  readonly requestTimeoutMs?: number;
}

/** Viewers keep one connection for what is live and a few for pictures. */
const MOST_CONNECTIONS = 400;
/** What a slow client may take, in milliseconds, and send, in bytes, before it is heard. */
const LIMITS = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
};
/** How often slow clients are looked for. */
const CHECKING_MS = 5_000;
/** A client that takes nothing of an answer for so long is cut off; what is live says something every 20 seconds. */
const SILENT_MS = 90_000;
/** Answers under way at a stop have so long to be taken. */
const GRACE_MS = 500;
/** What of a request is read after its answer: so many bytes at least, looked at so often, for so long. */
const LEFTOVER_BYTES = 2 ** 20;
const LEFTOVER_LOOK_MS = 5;
const LEFTOVER_MS = 500;

/** Answers a request. */
type Answer = Parameters<typeof getRequestListener>[0];

export class WebServer {
  readonly #options: ListenOptions;
  readonly #answer: Answer;
  readonly #log: Logger;
  #server: Server | undefined;

  constructor(options: ListenOptions, answer: Answer, log: Logger) {
    this.#options = options;
    this.#answer = answer;
    this.#log = log;
  }

  /** @throws SurfwatchError `web-listen-failed` */
  async start(): Promise<void> {
    const { host, port } = this.#options;
    try {
      const server = await this.#create();
      server.maxConnections = MOST_CONNECTIONS;
      server.timeout = SILENT_MS;
      server.listen({ host, port });
      await once(server, 'listening');
      this.#server = server;
    } catch (error) {
      throw new SurfwatchError('web-listen-failed', `${host}:${port}: ${messageOf(error)}`, { cause: error });
    }
    this.#log.info({ url: this.url }, 'the page is served');
  }

  /** Safe to call twice. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    const cutOff = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    await closed;
    clearTimeout(cutOff);
  }

  /** `http://127.0.0.1:8321`; empty while it does not listen. */
  get url(): string {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    if (address === null || address === undefined) return '';
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `${this.#options.cert === undefined ? 'http' : 'https'}://${host}:${address.port}`;
  }

  async #create(): Promise<Server> {
    const answer = getRequestListener(this.#answer, { overrideGlobalObjects: false });
    const listener: RequestListener = (incoming, outgoing) => {
      outgoing.once('finish', () => endLeftover(incoming));
      void answer(incoming, outgoing);
    };
    const { cert, key, requestTimeoutMs = LIMITS.requestTimeout } = this.#options;
    const limits = {
      ...LIMITS,
      headersTimeout: Math.min(LIMITS.headersTimeout, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECKING_MS, requestTimeoutMs),
    };
    if (cert === undefined || key === undefined) return createHttpServer(limits, listener);
    const [certPem, keyPem] = await Promise.all([readFile(cert), readFile(key)]);
    return createHttpsServer({ ...limits, cert: certPem, key: keyPem }, listener);
  }
}

/**
 * What is still sent after the answer is read for a moment: a connection that is closed at once can be reset before its client
 * has the answer. Node.js alone would read all of it.
 */
function endLeftover(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  const { socket } = incoming;
  const enough = socket.bytesRead + LEFTOVER_BYTES;
  const looking = setInterval(() => {
    if (incoming.complete) clearInterval(looking);
    else if (socket.bytesRead > enough) socket.pause();
  }, LEFTOVER_LOOK_MS);
  setTimeout(() => {
    clearInterval(looking);
    if (!incoming.complete) socket.destroy();
  }, LEFTOVER_MS);
}
