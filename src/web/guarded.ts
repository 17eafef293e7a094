/** What is checked of every request, and said with every answer, so that no other web site can use the page. */
import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { SurfwatchError } from '../errors.ts';
import { type AccessOptions, asksForLogin, isMeantForHere } from './access.ts';
import { WIDGET_POLICY } from './widget.ts';

/** Addresses outside of `/api`, by their path without what all begin with. */
interface Others {
  /** What all addresses begin with: `/north-pier`, or nothing. */
  readonly at: string;
  /** Read by programs too, by any name of this computer. */
  readonly plain: object;
  /** For everybody, and to be embedded. */
  readonly open: object;
}

/** @throws SurfwatchError `web-forbidden`, `web-invalid` */
export function guarded(options: AccessOptions, { at, plain, open }: Others): MiddlewareHandler {
  const ofPage = secureHeaders({
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
    // It would bind other programs of this computer too.
    strictTransportSecurity: false,
  });
  const ofWidget = secureHeaders({
    crossOriginResourcePolicy: 'cross-origin',
    referrerPolicy: 'no-referrer',
    xFrameOptions: false,
    strictTransportSecurity: false,
  });
  return async (context, next) => {
    const { method } = context.req;
    const path = context.req.path.slice(at.length);
    const isOpen = Object.hasOwn(open, path);
    const needsNoHost = isOpen || Object.hasOwn(plain, path);
    return (isOpen ? ofWidget : ofPage)(context, async () => {
      if (!needsNoHost && !asksForLogin(options) && !isMeantForHere(context.req.header('host'))) {
        throw new SurfwatchError(
          'web-forbidden',
          'without a password the page is served to this computer only',
        );
      }
      if (path.startsWith('/api/')) checkSite(context);
      if (method !== 'GET' && method !== 'HEAD') checkOrigin(context);
      await next();
      if (isOpen) context.header('Content-Security-Policy', WIDGET_POLICY);
      if (!context.res.headers.has('Cache-Control')) context.header('Cache-Control', 'no-store');
    });
  };
}

/** Another web site in the same browser must not command the daemon, nor take up its viewers: browsers say who asks. */
function checkSite(context: Context): void {
  const site = context.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new SurfwatchError('web-forbidden', 'sent from another web site');
  }
}

/** For browsers that do not say so: they name the sender of what they send. */
function checkOrigin(context: Context): void {
  const origin = context.req.header('origin');
  if (origin !== undefined && hostOf(origin) !== context.req.header('host')) {
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
