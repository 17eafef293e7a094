/** The page's HTTP interface: routes, and who may use them. */
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Logger } from 'pino';
import * as z from 'zod';
import type { Clock } from '../base/clock.ts';
import { isLoopback } from '../base/loopback.ts';
import { type ErrorCode, SurfwatchError } from '../errors.ts';
import type { Outlet } from '../host/metrics/outlets.ts';
import { iso } from '../messaging/from-report.ts';
import {
  type AccessOptions,
  asksForLogin,
  bearsToken,
  cookieName,
  isMeantForHere,
  type LoginGuard,
  mayDo,
  type Role,
  roleOfCookie,
  roleOfPassword,
  SESSION_SECONDS,
  sessionCookie,
} from './access.ts';
import { jsonOf, parsed } from './body.ts';
import type { WebFile } from './files.ts';
import { guarded } from './guarded.ts';
import type { Route, RouteShape } from './route.ts';

export interface AppOptions extends AccessOptions {
  /** Behind a proxy that sets `X-Forwarded-For` and `X-Forwarded-Proto`. */
  readonly trustProxy: boolean;
  /** By which a program reads what is plain. */
  readonly token?: string;
}

/** Of what camera a page is: the only one, one of several, or the list of these. */
export type PagePlace = 'only' | 'entry' | 'list';

export interface AppDeps {
  readonly options: AppOptions;
  readonly place: PagePlace;
  /** What all its addresses begin with: `/north-pier`, or nothing. */
  readonly at: string;
  readonly guard: LoginGuard;
  readonly routes: readonly Route[];
  /** What programs read outside of `/api`: with the token, a login, or on this computer. By address: `/metrics`. */
  readonly plain: Readonly<Record<string, () => Outlet | Promise<Outlet>>>;
  /** For everybody, and to be embedded, in the languages of a browser (`Accept-Language`): `/widget`. */
  readonly open: Readonly<Record<string, (languages: string) => Outlet>>;
  /** The files of the page, by address. */
  readonly files: ReadonlyMap<string, WebFile>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A config file with many zones fits. */
const MOST_BODY_BYTES = 262_144;
const MOST_LOGIN_BYTES = 4_096;
const MOST_PARAM_CHARACTERS = 100;
/** Requests at work at one time, live streams not counted. */
const MOST_AT_WORK = 64;

const role = z.enum(['look', 'operate']);
const loginBody = z.object({ password: z.string().max(1_000) });

/** What the page asks before anything else. */
export const SESSION_ROUTES = {
  session: {
    method: 'get',
    path: '/session',
    role: null,
    doc: 'Who asks: `look`, `operate`, or null without a login; `login` says whether there are logins at all, `started` since when the daemon runs: another time after a restart, `page` whether this is the page of the only camera, of one of several (`entry`), or the `list` of these.',
    answer: z.object({
      role: role.nullable(),
      login: z.boolean(),
      started: z.iso.datetime(),
      page: z.enum(['only', 'entry', 'list']),
    }),
  },
  login: {
    method: 'post',
    path: '/login',
    role: null,
    doc: 'Logs in for 30 days, by a cookie. Wrong passwords are slowed down.',
    body: loginBody,
    answer: z.object({ role }),
  },
  logout: {
    method: 'post',
    path: '/logout',
    role: null,
    doc: 'Takes the cookie away.',
    body: z.object({}),
    answer: z.object({ role: z.null() }),
  },
} as const satisfies Record<string, RouteShape>;

/** Statuses of errors that are not simply a bad request. */
const STATUSES: { readonly [code in ErrorCode]?: 401 | 403 | 404 | 409 | 429 | 500 | 502 | 503 | 504 } = {
  'web-login': 401,
  'web-forbidden': 403,
  'web-unknown': 404,
  'command-unknown': 404,
  'label-frame-unknown': 404,
  'model-unknown': 404,
  'history-none': 404,
  'web-conflict': 409,
  'capture-paused': 409,
  'retrain-busy': 409,
  'web-tries': 429,
  'web-failed': 500,
  'command-failed': 500,
  'config-unwritable': 500,
  'disk-full': 500,
  'state-unwritable': 500,
  'storage-failed': 500,
  'camera-unreachable': 502,
  'mqtt-unreachable': 502,
  'web-busy': 503,
  'command-busy': 503,
  'command-starting': 503,
  'learning-off': 503,
  'camera-timeout': 504,
  'command-timeout': 504,
};

export function createApp(deps: AppDeps): Hono {
  const { options, place, at, guard, routes, plain, open, files, clock, log } = deps;
  const app = new Hono().basePath(at);
  const cookie = cookieName(options);
  const started = iso(clock.now());
  let atWork = 0;

  const roleOf = (context: Context): Role | null => {
    if (!asksForLogin(options)) return 'operate';
    const [, basic] = /^basic (.+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
    if (basic !== undefined)
      return checkedRole(
        context,
        Buffer.from(basic, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''),
      );
    return roleOfCookie(options, getCookie(context, cookie), clock.now());
  };

  const checkedRole = (context: Context, password: string): Role => {
    const address = addressOf(context, options.trustProxy);
    if (!guard.mayTry(address)) throw new SurfwatchError('web-tries', 'too many wrong passwords');
    const role = roleOfPassword(options, password);
    if (role !== null) return role;
    guard.failed(address);
    log.warn({ address }, 'wrong password for the page');
    throw new SurfwatchError('web-login', 'this password opens nothing');
  };

  const isOfProgram = (context: Context) =>
    bearsToken(options.token, context.req.header('authorization')) || isFromHere(context, options.trustProxy);

  app.use(guarded(options, { at, plain, open }));

  const { session, login, logout } = SESSION_ROUTES;
  app.get(`/api${session.path}`, context =>
    context.json({ role: roleOf(context), login: asksForLogin(options), started, page: place }),
  );
  app.post(`/api${login.path}`, async context => {
    const { password } = parsed(login.body, await jsonOf(context.req.raw, MOST_LOGIN_BYTES));
    const role = checkedRole(context, password);
    setCookie(context, cookie, sessionCookie(options, role, clock.now()), {
      httpOnly: true,
      sameSite: 'Strict',
      secure: isSecure(context, options.trustProxy),
      path: '/',
      maxAge: SESSION_SECONDS,
    });
    return context.json({ role });
  });
  app.post(`/api${logout.path}`, context => {
    deleteCookie(context, cookie, { path: '/' });
    return context.json({ role: null });
  });

  for (const route of routes) {
    app.on(route.method.toUpperCase(), `/api${route.path}`, async context => {
      const role = roleOf(context);
      if (role === null) throw new SurfwatchError('web-login', 'log in first');
      if (!mayDo(role, route.role)) throw new SurfwatchError('web-forbidden', 'your login may look only');
      const params = context.req.param() as Readonly<Record<string, string>>;
      if (Object.values(params).some(value => value.length > MOST_PARAM_CHARACTERS)) {
        throw new SurfwatchError('web-unknown', 'a part of the address is too long');
      }
      const query = route.query === undefined ? {} : parsed(route.query, context.req.query());
      if (atWork >= MOST_AT_WORK) throw new SurfwatchError('web-busy', 'too many requests at one time');
      atWork += 1;
      try {
        const body =
          route.body === undefined
            ? undefined
            : parsed(route.body, await jsonOf(context.req.raw, MOST_BODY_BYTES));
        const answer = await route.run({ params, query, body, role, signal: context.req.raw.signal });
        return answer instanceof Response ? answer : context.json(answer as object);
      } finally {
        atWork -= 1;
      }
    });
  }
  app.all('/api/*', () => {
    throw new SurfwatchError('web-unknown', 'there is no such address');
  });

  for (const [path, answer] of Object.entries(plain)) {
    app.get(path, async context => {
      if (!isOfProgram(context) && (!asksForLogin(options) || roleOf(context) === null)) {
        const headers = { 'WWW-Authenticate': 'Bearer realm="surfwatch"' };
        return context.text('log in, or send metrics.token\n', 401, headers);
      }
      const { status, type, body } = await answer();
      return context.body(body, status as 200, { 'Content-Type': type });
    });
  }
  for (const [path, answer] of Object.entries(open)) {
    app.get(path, context => {
      const { status, type, body } = answer(context.req.header('accept-language') ?? '');
      return context.body(body, status as 200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
    });
  }
  // The page asks by relative addresses.
  if (at !== '') app.get('/', context => context.redirect(`${context.req.path.slice(1)}/`, 308));
  app.get('*', context => {
    const path = context.req.path.slice(at.length);
    const file = files.get(path);
    if (file === undefined) return context.text('There is no such page.\n', 404);
    // Files with a hash in their names never change.
    if (path.startsWith('/assets/')) {
      context.header('Cache-Control', 'public, max-age=31536000, immutable');
    }
    return context.body(file.bytes, 200, { 'Content-Type': file.type });
  });
  app.onError((error, context) => {
    const known =
      error instanceof SurfwatchError ? error : new SurfwatchError('web-failed', 'an unexpected error');
    if (known !== error) log.error({ err: error, path: context.req.path }, 'a request of the page failed');
    const { code, message, remedy } = known;
    return context.json({ code, message, remedy }, STATUSES[code] ?? 400);
  });
  return app;
}

function isSecure(context: Context, trustProxy: boolean): boolean {
  if (trustProxy && context.req.header('x-forwarded-proto') === 'https') return true;
  return new URL(context.req.url).protocol === 'https:';
}

/** From this computer, and meant for it: no proxy has passed it on, and no web page made it up (DNS rebinding). */
function isFromHere(context: Context, trustProxy: boolean): boolean {
  if (!trustProxy && context.req.header('x-forwarded-for') !== undefined) return false;
  return isLoopback(addressOf(context, trustProxy)) && isMeantForHere(context.req.header('host'));
}

/** That of the client; behind a proxy that which the proxy saw: the last one in the header, others may be made up. */
function addressOf(context: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  const bindings = context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return forwarded ?? bindings?.incoming?.socket?.remoteAddress ?? 'unknown';
}
