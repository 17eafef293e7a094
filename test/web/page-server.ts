/**
 * Serves the built page with the daemon's HTTP interface in front of real frames and the payloads of docs/mqtt.md, so
 * that the page can be looked at and tested without a daemon: `npx tsx test/web/serve.ts`.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import sharp from 'sharp';

/** As the daemon sends it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface Asked {
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** What `*` of the route stands for. */
  readonly rest: string;
}

/** An error as the daemon answers it. */
export class Answer {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

/** By `METHOD /path` under /api, `POST /commands/explain` say; a path may end in `*`. What is returned is sent as JSON. */
export type PageRoutes = Readonly<Record<string, (asked: Asked) => unknown>>;

export interface PageServer {
  readonly url: string;
  /** Sends a topic and its value, and to whoever comes later. */
  say(topic: string, value: unknown): void;
  /** Sends a frame that was judged; those who come later get the newest. */
  frame(frame: { readonly frame: string } & Readonly<Record<string, unknown>>): void;
  event(value: unknown): void;
  /** Ends the session of whoever is logged in, as a changed password does. */
  endSession(): void;
  stop(): Promise<void>;
}

export interface PageOptions {
  /** What `buildPage` of scripts/build.js wrote. */
  readonly folder: string;
  readonly port?: number;
  readonly role?: 'look' | 'operate';
  /** Without one nobody has to log in. */
  readonly password?: string;
  readonly routes: PageRoutes;
  /** JPEG of a frame, or null. @param id a ULID or `latest` */
  readonly picture: (id: string) => Promise<Uint8Array | null>;
}

export async function servePage(options: PageOptions): Promise<PageServer> {
  const { folder, port = 0, role = 'operate', password, routes, picture } = options;
  const topics = new Map<string, unknown>();
  const viewers = new Set<ServerResponse>();
  let newest: unknown;
  let loggedIn = password === undefined;

  const send = (event: string, data: unknown, to: Iterable<ServerResponse> = viewers) => {
    for (const viewer of to) viewer.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  const follow = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    viewers.add(response);
    response.on('close', () => viewers.delete(response));
    for (const [topic, value] of topics) send('state', { topic, value }, [response]);
    if (newest !== undefined) send('frame', newest, [response]);
  };

  const started = new Date().toISOString();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://page');
    response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
    if (!url.pathname.startsWith('/api/')) return await sendFile(folder, url.pathname, response);
    const path = url.pathname.slice('/api'.length);
    const body = request.method === 'GET' ? undefined : await jsonOf(request);
    if (path === '/session') {
      const login = password !== undefined;
      return sendJson(response, 200, { role: loggedIn ? role : null, login, started, page: 'only' });
    }
    if (path === '/login') {
      loggedIn = (body as { password: string }).password === password;
      if (loggedIn) return sendJson(response, 200, { role });
    }
    if (path === '/logout') {
      loggedIn = false;
      return sendJson(response, 200, { role: null });
    }
    if (!loggedIn) {
      const fault = { code: 'web-login', message: 'this password opens nothing', remedy: 'Type it again.' };
      return sendJson(response, 401, fault);
    }
    if (path === '/live') return follow(response);
    const [, frame] = /^\/frames\/([^/]+)\/picture$/.exec(path) ?? [];
    if (frame !== undefined) return await sendPicture(await picture(frame), url.searchParams, response);
    for (const [route, run] of Object.entries(routes)) {
      const wanted = `${request.method} ${path}`;
      const start = route.replace(/\*$/, '');
      if (route !== wanted && !(route.endsWith('*') && wanted.startsWith(start))) continue;
      const answered = await run({ query: url.searchParams, body, rest: wanted.slice(start.length) });
      if (answered instanceof Answer) return sendJson(response, answered.status, answered.body);
      if (typeof answered !== 'string') return sendJson(response, 200, answered);
      response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' }).end(answered);
      return;
    }
    sendJson(response, 404, { code: 'web-unknown', message: `there is no ${path}`, remedy: 'See the docs.' });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    say: (topic, value) => {
      topics.set(topic, value);
      send('state', { topic, value });
    },
    frame: frame => {
      newest = frame;
      send('frame', frame);
    },
    event: value => send('event', value),
    endSession: () => {
      loggedIn = false;
      for (const viewer of viewers) viewer.end();
    },
    stop: () => stopped(server),
  };
}

async function stopped(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function sendFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const file = normalize(path === '/' ? '/index.html' : path);
  const bytes = await readFile(join(folder, file)).catch(() => null);
  if (bytes === null) response.writeHead(404).end('There is no such page.\n');
  else response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(bytes);
}

/** A part of it and so wide as asked, as the daemon does. */
async function sendPicture(
  jpeg: Uint8Array | null,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  if (jpeg === null) {
    sendJson(response, 404, { code: 'label-frame-unknown', message: 'no such frame', remedy: 'It is gone.' });
    return;
  }
  const { width = 1, height = 1 } = await sharp(jpeg).metadata();
  const [x, y, w, h] = ['x', 'y', 'w', 'h']
    .map(name => query.get(name))
    .map(text => Number(text ?? Number.NaN));
  const picture = sharp(jpeg);
  if (x !== undefined && y !== undefined && w !== undefined && h !== undefined && !Number.isNaN(x)) {
    const left = Math.round(Math.max(0, x) * width);
    const top = Math.round(Math.max(0, y) * height);
    picture.extract({
      left,
      top,
      width: Math.max(1, Math.min(width - left, Math.round(w * width))),
      height: Math.max(1, Math.min(height - top, Math.round(h * height))),
    });
  }
  const asked = query.get('width');
  if (asked !== null) picture.resize({ width: Number(asked), withoutEnlargement: true });
  response.writeHead(200, { 'content-type': 'image/jpeg', 'cache-control': 'no-store' });
  response.end(await picture.jpeg().toBuffer());
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}
