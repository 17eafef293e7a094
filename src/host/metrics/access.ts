/** Who may read the metrics. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../../base/loopback.ts';
import type { Settings } from '../../config/settings.ts';

/** Whether a request may be answered, by its header `Authorization` (RFC 6750). */
export function mayRead({ token }: Pick<Settings['metrics'], 'token'>, authorization = ''): boolean {
  if (token === undefined) return true;
  const given = /^bearer +(.*)$/is.exec(authorization)?.[1];
  return given !== undefined && isSame(given, token);
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
