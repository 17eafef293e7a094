/** The page's HTTP interface: routes, who may use them, and what every answer says to a browser. */
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { ERRORS, SurfwatchError } from '../errors.ts';
import {
  type AccessOptions,
  asksForLogin,
  isMeantForHere,
  loginGuard,
  mayDo,
  type Role,
  roleOfCookie,
  roleOfPassword,
  SESSION_SECONDS,
  sessionCookie,
} from './access.ts';
import type { Route } from './route.ts';

export interface AppOptions extends AccessOptions {
  /** Behind a proxy that sets `X-Forwarded-For` and `X-Forwarded-Proto`. */
  readonly trustProxy: boolean;
}

export interface AppDeps {
  readonly options: AppOptions;
  readonly routes: readonly Route[];
  /** Answers what is no route: the files of the page. */
  readonly files: (path: string) => Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly type: string } | null>;
  readonly clock: Clock;
  readonly log: Logger;
}

const COOKIE = 'surfwatch';
/** Of a JSON body; a config file with many zones fits. */
const MAX_BODY_BYTES = 262_144;
const MAX_PARAM_CHARACTERS = 100;
/** Requests at work at one time, live streams not counted. */
const MOST_AT_WORK = 32;

const loginBody = z.object({ password: z.string().max(1_000) });

/** Statuses of errors that are not simply a bad request. */
const STATUSES: Readonly<Record<string, 401 | 403 | 404 | 409 | 429 | 503>> = {
  'web-login': 401,
  'web-forbidden': 403,
  'web-unknown': 404,
  'label-frame-unknown': 404,
  'web-conflict': 409,
  'web-busy': 503,
  'web-tries': 429,
  'command-busy': 503,
};

export function createApp({ options, routes, files, clock, log }: AppDeps): Hono {
  const app = new Hono();
  const guard = loginGuard(clock);
  let atWork = 0;

  const roleOf = (context: Context): Role | null => {
    if (!asksForLogin(options)) return 'operate';
    const [, basic] = /^basic (.+)$/i.exec(context.req.header('authorization') ?? '') ?? [];
    if (basic !== undefined) return checkedRole(context, Buffer.from(basic, 'base64').toString().replace(/^[^:]*:/, ''));
    return roleOfCookie(options, getCookie(context, COOKIE), clock.now());
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

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
      crossOriginResourcePolicy: 'same-origin',
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'DENY',
    }),
  );
  app.use(async (context, next) => {
    if (!asksForLogin(options) && !isMeantForHere(context.req.header('host'))) {
      throw new SurfwatchError('web-forbidden', 'without a password the page is served to this computer only');
    }
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') checkOrigin(context);
    context.header('Cache-Control', 'no-store');
    await next();
  });
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new SurfwatchError('web-invalid', `a body has at most ${MAX_BODY_BYTES} bytes`);
      },
    }),
  );

  app.get('/api/session', context =>
    context.json({ role: roleOf(context), login: asksForLogin(options) }),
  );
  app.post('/api/login', async context => {
    const { password } = parsed(loginBody, await jsonOf(context));
    const role = checkedRole(context, password);
    setCookie(context, COOKIE, sessionCookie(options, role, clock.now()), {
      httpOnly: true,
      sameSite: 'Strict',
      secure: isSecure(context, options.trustProxy),
      path: '/',
      maxAge: SESSION_SECONDS,
    });
    return context.json({ role });
  });
  app.post('/api/logout', context => {
    deleteCookie(context, COOKIE, { path: '/' });
    return context.json({ role: null });
  });

  for (const route of routes) {
    app.on(route.method.toUpperCase(), `/api${route.path}`, async context => {
      const role = roleOf(context);
      if (role === null) throw new SurfwatchError('web-login', 'log in first');
      if (!mayDo(role, route.role)) throw new SurfwatchError('web-forbidden', 'your login may look only');
      const params = context.req.param() as Readonly<Record<string, string>>;
      if (Object.values(params).some(value => value.length > MAX_PARAM_CHARACTERS)) {
        throw new SurfwatchError('web-unknown', 'a part of the address is too long');
      }
      const query = route.query === undefined ? {} : parsed(route.query, context.req.query());
      const body = route.body === undefined ? undefined : parsed(route.body, await jsonOf(context));
      if (atWork >= MOST_AT_WORK) throw new SurfwatchError('web-busy', 'too many requests at one time');
      atWork += 1;
      try {
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
  app.get('*', async context => {
    const file = await files(context.req.path);
    if (file === null) return context.text('There is no such page.\n', 404);
    // Files with a hash in their names never change.
    const isHashed = context.req.path.startsWith('/assets/');
    if (isHashed) context.header('Cache-Control', 'public, max-age=31536000, immutable');
    return context.body(file.bytes, 200, { 'Content-Type': file.type });
  });
  app.onError((error, context) => {
    if (error instanceof SurfwatchError) {
      const { code, message } = error;
      return context.json({ code, message, remedy: ERRORS[code].remedy }, STATUSES[code] ?? 400);
    }
    log.error({ err: error, path: context.req.path }, 'a request of the page failed');
    return context.json({ code: 'web-failed', message: 'an unexpected error', remedy: ERRORS['web-failed'].remedy }, 500);
  });
  return app;
}

/** Another web site in the same browser must not command the daemon: browsers name the sender of what they send. */
function checkOrigin(context: Context): void {
  const origin = context.req.header('origin');
  const site = context.req.header('sec-fetch-site');
  const isOwn = origin === undefined || hostOf(origin) === context.req.header('host');
  if (!isOwn || (site !== undefined && site !== 'same-origin' && site !== 'none')) {
    throw new SurfwatchError('web-forbidden', 'sent from another web site');
  }
  // Forms of other sites cannot send JSON without asking first.
  if (!/^application\/json\b/.test(context.req.header('content-type') ?? '')) {
    throw new SurfwatchError('web-invalid', 'a body is JSON, and says so by its content type');
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function isSecure(context: Context, trustProxy: boolean): boolean {
  if (trustProxy && context.req.header('x-forwarded-proto') === 'https') return true;
  return new URL(context.req.url).protocol === 'https:';
}

/** Of the client; behind a proxy that which the proxy saw: the last one in the header, others may be made up. */
function addressOf(context: Context, trustProxy: boolean): string {
  const forwarded = trustProxy ? context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
  const bindings = context.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined;
  return forwarded ?? bindings?.incoming?.socket?.remoteAddress ?? 'unknown';
}

async function jsonOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch {
    throw new SurfwatchError('web-invalid', 'the body is not JSON');
  }
}

function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const checked = schema.safeParse(value);
  if (!checked.success) throw new SurfwatchError('web-invalid', z.prettifyError(checked.error));
  return checked.data;
}
