/** Real daemons with a page, and a client that asks them as a browser does. */
import { readFile, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { loadCameras } from '../../src/config/load.ts';
import type { ConfigSource } from '../../src/config/source.ts';
import { type Daemon, startDaemon } from '../../src/daemon/daemon.ts';
import { loginGuard } from '../../src/web/access.ts';
import { type AppOptions, createApp } from '../../src/web/app.ts';
import type { Route } from '../../src/web/route.ts';
import { type ListenOptions, WebServer } from '../../src/web/server.ts';
import { QUICK } from '../daemon/support.ts';
import { BUNDLED } from '../support/defaults.ts';
import { silent } from '../support/log.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { checkAnswer } from './openapi.ts';

export interface Served {
  readonly daemon: Daemon;
  readonly url: string;
  /** The config file. */
  readonly file: string;
  readonly read: () => Promise<string>;
  /** Settled when the page has asked for a start anew. */
  readonly restarts: () => number;
}

/** A daemon with the shipped model and a page on a free port; whoever starts it stops it. @param folder an empty one */
export async function serve(folder: string, set: readonly string[] = [], config = '{}\n'): Promise<Served> {
  const file = join(folder, 'board.json');
  await writeFile(file, config);
  const own = [...QUICK, 'web.enabled=true', 'web.port=0', `stateDir=${join(folder, 'state')}`];
  const load: ConfigSource['load'] = text =>
    loadCameras({
      files: [file],
      set: [...own, ...set],
      env: {},
      cwd: folder,
      ...(text !== undefined && { inPlace: { file, text } }),
    });
  let restarts = 0;
  const daemon = await startDaemon(load(), {
    clock: systemClock,
    log: silent,
    programs: BUNDLED,
    version: '0.0.0-test',
    source: { file, load },
    restart: () => {
      restarts += 1;
    },
  });
  return {
    daemon,
    url: daemon.pageUrl,
    file,
    read: () => readFile(file, 'utf8'),
    restarts: () => restarts,
  };
}

/** For the tests of a suite, stopped when all have ended. Called while the suite is described. */
export function suiteServed(
  set: readonly string[] | (() => Promise<readonly string[]>) = [],
  config?: string,
): () => Served {
  let served: Served | undefined;
  beforeAll(async () => {
    const settings = typeof set === 'function' ? await set() : set;
    served = await serve(await temporaryFolder(), settings, config);
  });
  afterAll(() => served?.daemon.stop());
  return () => {
    if (served === undefined) throw new Error('the daemon did not start');
    return served;
  };
}

/** These routes alone, served as the page serves them; stopped at the end of the test. */
export async function serveApp(
  routes: readonly Route[],
  options: Partial<AppOptions> = {},
  listen: Partial<ListenOptions> = {},
): Promise<string> {
  const app = createApp({
    options: { cookieKey: 'k', trustProxy: false, ...options },
    place: 'only',
    at: '',
    guard: loginGuard(systemClock),
    routes,
    plain: { '/metrics': () => ({ status: 200, type: 'text/plain', body: 'none\n' }) },
    open: {},
    files: new Map(),
    clock: systemClock,
    log: silent,
  });
  const server = new WebServer({ host: '127.0.0.1', port: 0, ...listen }, app.fetch, silent);
  onTestFinished(() => server.stop());
  await server.start();
  return server.url;
}

/** No more pictures than a test needs. */
export const SMALL = ['camera.kind=simulator', 'camera.interval=1s'];

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request as it is said, also what `fetch` would put right: the path, the host, the origin. */
export function send(
  url: string,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const asking = request({ host: hostname, port, path, method, headers, agent: false }, async response => {
      try {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: await text(response) });
      } catch (error) {
        reject(error as Error);
      }
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

/** Asks the interface for JSON, and sees that the answer is as it is described. */
export async function ask(
  url: string,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
) {
  const response = await fetch(`${url}/api${path}`, {
    method,
    headers: { ...(method !== 'GET' && { 'content-type': 'application/json' }), ...headers },
    ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
  const json = (await response.json()) as any;
  checkAnswer(method, `/api${path.split('?')[0]}`, response.status, json);
  return { status: response.status, headers: response.headers, json };
}

/** The cookie of a login, to be sent along. */
export async function loggedIn(url: string, password: string): Promise<{ readonly cookie: string }> {
  const { headers } = await ask(url, 'POST', '/login', { password });
  return { cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
}

interface Told {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
  readonly data: any;
  /** When it came, by `performance.now()`. */
  readonly atMs: number;
}

/** Listens to `/api/live` until the signal aborts. */
export async function listen(
  url: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<Told[]> {
  const response = await fetch(`${url}/api/live`, { signal, headers });
  if (!response.ok || response.body === null) throw new Error(`${response.status}: ${await response.text()}`);
  const told: Told[] = [];
  const { body } = response;
  void (async () => {
    let rest = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (event !== undefined && data !== undefined)
          told.push({ event, data: JSON.parse(data), atMs: performance.now() });
      }
    }
  })().catch(() => undefined);
  return told;
}
