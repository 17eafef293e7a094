/** Who may read the metrics. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../../base/loopback.ts';
import type { MetricsOptions } from '../../config/schema/metrics.ts';

type Login = Pick<MetricsOptions, 'token' | 'username' | 'password'>;

/** Whether a reader has to say who it is. */
export function asksForLogin({ token, username }: Login): boolean {
  return token !== undefined || username !== undefined;
}

/** Whether a request may be answered, by its header `Authorization` (RFC 6750, RFC 7617). */
export function mayRead(login: Login, authorization: string | undefined): boolean {
  if (!asksForLogin(login)) return true;
  const [scheme = '', given = ''] = (authorization ?? '').split(/ +(.*)/s);
  const { token, username, password } = login;
  if (/^bearer$/i.test(scheme)) return token !== undefined && isSame(given, token);
  if (!/^basic$/i.test(scheme) || username === undefined || password === undefined) return false;
  return isSame(Buffer.from(given, 'base64').toString(), `${username}:${password}`);
}

/**
 * Whether a request without a login was meant for this computer by its header `Host`. A web page in a browser here can
 * send requests to names of its own that lead to 127.0.0.1 (DNS rebinding).
 */
export function isMeantForHere(host: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host ?? '')?.[1] ?? '';
  return isLoopback(name.replace(/^\[|\]$/g, ''));
}

/** Takes the same time wherever they differ: digests have one length. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
