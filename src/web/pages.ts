/** The pages of all cameras on one server, with the same logins; where there are several, a first page lists them. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import * as z from 'zod';
import type { Clock } from '../base/clock.ts';
import { PACKAGE_ROOT } from '../base/paths.ts';
import { readStateFile, type StateFile, writeStateFile } from '../base/state-file.ts';
import type { Settings } from '../config/settings.ts';
import type { MetricsOutlets } from '../host/metrics/outlets.ts';
import { loginGuard } from './access.ts';
import type { AppDeps } from './app.ts';
import { readWebFiles } from './files.ts';
import { cameraRoutes, type ListedCamera } from './routes/cameras.ts';
import type { WebServer } from './server.ts';

export interface PagesDeps {
  readonly options: Settings['web'];
  /** By which a program reads the metrics. */
  readonly token?: string;
  /** Where the key of the logins is kept. */
  readonly stateDir: string;
  /** Whether each camera has its page below `/<site>/`; else the only one has it at the top. */
  readonly isList: boolean;
  readonly metrics: Pick<MetricsOutlets, 'text' | 'liveness' | 'readiness'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The page of a camera. */
export interface CameraPage extends ListedCamera, Pick<AppDeps, 'routes' | 'plain' | 'open'> {}

/** What all apps have in common. */
type Common = Pick<AppDeps, 'options' | 'guard' | 'files' | 'clock' | 'log'>;

export class Pages {
  readonly #deps: PagesDeps;
  readonly #cameras: CameraPage[] = [];
  /** By the first name of the address; `''` for all others. */
  readonly #apps = new Map<string, Hono>();
  #common: Common | undefined;
  #server: WebServer | undefined;

  constructor(deps: PagesDeps) {
    this.#deps = deps;
  }

  /** Serves one more page; the first begins to listen. @throws SurfwatchError `web-listen-failed` */
  async add(page: CameraPage): Promise<void> {
    const { options, isList, log } = this.#deps;
    const [{ createApp }, { WebServer }] = await Promise.all([import('./app.ts'), import('./server.ts')]);
    this.#common ??= await this.#read();
    this.#cameras.push(page);
    const { site, routes, plain, open } = page;
    if (isList) {
      this.#apps.set(
        site,
        createApp({ ...this.#common, place: 'entry', at: `/${site}`, routes, plain, open }),
      );
      if (!this.#apps.has('')) this.#apps.set('', createApp({ ...this.#common, ...this.#list() }));
    } else this.#apps.set('', createApp({ ...this.#common, place: 'only', at: '', routes, plain, open }));
    if (this.#server !== undefined) return;
    this.#server = new WebServer(options, (request, env) => this.#appOf(request).fetch(request, env), log);
    await this.#server.start();
  }

  /** Safe to call twice, and where nothing is served. */
  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** `http://127.0.0.1:8321`; empty where nothing is served. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  #appOf({ url }: Request): Hono {
    const first = new URL(url).pathname.split('/')[1] ?? '';
    return this.#apps.get(first) ?? (this.#apps.get('') as Hono);
  }

  /** The first page, where there are several. */
  #list(): Omit<AppDeps, keyof Common> {
    const { metrics } = this.#deps;
    return {
      place: 'list',
      at: '',
      routes: cameraRoutes(() => this.#cameras),
      plain: {
        '/metrics': () => metrics.text(),
        '/healthz': () => metrics.liveness(),
        '/readyz': () => metrics.readiness(),
      },
      open: {},
    };
  }

  async #read(): Promise<Common> {
    const { options, token, stateDir, clock, log } = this.#deps;
    const cookieKey = await readCookieKey(stateDir, clock.now(), log);
    return {
      options: { ...options, cookieKey, ...(token !== undefined && { token }) },
      guard: loginGuard(clock),
      files: await readWebFiles(join(PACKAGE_ROOT, 'dist', 'web')),
      clock,
      log,
    };
  }
}

/** `<stateDir>/web.json`: the key that signs the cookies of the page, so that logins outlive a restart. */
const schema = z.object({ cookieKey: z.string().min(32) });

/** That of an earlier run, or a new one; one that cannot be kept ends with the process. Never rejects. */
export async function readCookieKey(stateDir: string, now: number, log: Logger): Promise<string> {
  const file: StateFile<z.infer<typeof schema>> = { path: join(stateDir, 'web.json'), version: 1, schema };
  const { value, damage } = await readStateFile(file, now);
  if (value !== null) return value.cookieKey;
  if (damage !== null) log.warn(`the logins of the page are over: ${damage}`);
  const cookieKey = randomBytes(32).toString('base64url');
  await writeStateFile(file, { cookieKey }).catch((error: unknown) =>
    log.warn({ err: error }, 'the logins of the page end with this run'),
  );
  return cookieKey;
}
