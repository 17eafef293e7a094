/** `/metrics`, `/healthz` and `/readyz` over HTTP. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Settings } from '../../config/settings.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { isMeantForHere, mayRead } from './access.ts';
import type { Metrics } from './metrics.ts';
import type { Verdict } from './readiness.ts';

export interface MetricsServerParts {
  readonly options: Settings['metrics'];
  readonly metrics: Metrics;
  readonly liveness: () => Verdict;
  readonly readiness: () => Verdict;
  readonly log: Logger;
}

/** A scraper has one or two; nobody needs more. */
const MOST_CONNECTIONS = 20;
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class MetricsServer {
  readonly #parts: MetricsServerParts;
  #server: Server | undefined;
  /** Several scrapers at one time get the same text. */
  #text: Promise<string> | undefined;

  constructor(parts: MetricsServerParts) {
    this.#parts = parts;
  }

  /** @throws SurfwatchError `metrics-listen-failed` */
  async start(): Promise<void> {
    const { host, port } = this.#parts.options;
    const server = createServer(LIMITS, (request, response) => void this.#serve(request, response));
    server.maxConnections = MOST_CONNECTIONS;
    try {
      server.listen({ host, port });
      await once(server, 'listening');
    } catch (error) {
      throw new SurfwatchError('metrics-listen-failed', `${host}:${port}: ${messageOf(error)}`, {
        cause: error,
      });
    }
    this.#server = server;
    this.#parts.log.info({ url: this.url }, 'metrics can be read');
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** `http://127.0.0.1:9477`; empty while it does not listen. */
  get url(): string {
    const address = this.#server?.address() as AddressInfo | null | undefined;
    if (address === null || address === undefined) return '';
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#answer(request);
    } catch (error) {
      this.#parts.log.error({ err: error }, 'the metrics cannot be read');
      answer = plain(500, 'the metrics cannot be read');
    }
    const { status, type, body, headers } = answer;
    response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // What a client sends along is not read.
      ...(hasBody(request) ? { connection: 'close' } : {}),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  async #answer({ method, url, headers }: IncomingMessage): Promise<Answer> {
    const { options } = this.#parts;
    if (!mayRead(options, headers.authorization)) {
      return { ...plain(401, 'who are you?'), headers: { 'www-authenticate': 'Bearer realm="surfwatch"' } };
    }
    if (options.token === undefined && !isMeantForHere(headers.host)) return plain(421, 'ask for 127.0.0.1');
    if (method !== 'GET' && method !== 'HEAD') {
      return { ...plain(405, 'only GET and HEAD'), headers: { allow: 'GET, HEAD' } };
    }
    const { metrics, liveness, readiness } = this.#parts;
    switch (url?.split('?')[0]) {
      case '/metrics':
        return { status: 200, type: metrics.contentType, body: await this.#metrics() };
      case '/healthz':
        return verdict(liveness());
      case '/readyz':
        return verdict(readiness());
      default:
        return plain(404, 'there are /metrics, /healthz and /readyz');
    }
  }

  #metrics(): Promise<string> {
    this.#text ??= this.#parts.metrics.text().finally(() => {
      this.#text = undefined;
    });
    return this.#text;
  }
}

function plain(status: number, text: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}

function verdict(found: Verdict): Answer {
  return { status: found.ok ? 200 : 503, type: 'application/json', body: `${JSON.stringify(found)}\n` };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
