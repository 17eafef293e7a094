/** Who may do what on the page: two roles, signed cookies, and what keeps other web sites out. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { isLoopback } from '../base/loopback.ts';

/** `look` sees everything, `operate` changes things too. */
export type Role = 'look' | 'operate';

export interface AccessOptions {
  /** Password of the role `look`. */
  readonly lookPassword?: string;
  /** Password of the role `operate`. Without any password everybody who reaches the page may operate. */
  readonly operatePassword?: string;
  /**
   * Signs the cookies together with the passwords: without it who has a cookie could try passwords against its signature,
   * as fast as a processor can.
   */
  readonly cookieKey: string;
}

/** A name of its own for each daemon: a browser gives its cookies to all ports of a computer. */
export function cookieName({ cookieKey }: Pick<AccessOptions, 'cookieKey'>): string {
  return `surfwatch-${createHash('sha256').update(cookieKey).digest('hex').slice(0, 8)}`;
}

/** How long a login lasts, in milliseconds: a season's phone should not have to ask each week. */
const SESSION_MS = 30 * 86_400_000;
/** Wrong passwords from one address, and from all together, before others have to wait; they come back at this rate. */
const TRIES = { perAddress: 5, all: 30, perMinute: 5 };
/** Addresses that are remembered for their wrong passwords. */
const MAX_ADDRESSES = 1_000;

/** Whether anybody has to log in. */
export function asksForLogin({
  lookPassword,
  operatePassword,
}: Pick<AccessOptions, 'lookPassword' | 'operatePassword'>): boolean {
  return lookPassword !== undefined || operatePassword !== undefined;
}

export function mayDo(role: Role | null, needed: Role): boolean {
  return role === 'operate' || (role === 'look' && needed === 'look');
}

/** The role that a password opens, or null. Takes the same time for every wrong one. */
export function roleOfPassword(options: AccessOptions, given: string): Role | null {
  const operates = isSame(given, options.operatePassword);
  const looks = isSame(given, options.lookPassword);
  return operates ? 'operate' : looks ? 'look' : null;
}

/** The content of a cookie: role, end in milliseconds since the epoch, and the signature of both. */
export function sessionCookie(options: AccessOptions, role: Role, nowMs: number): string {
  const said = `${role}.${nowMs + SESSION_MS}`;
  return `${said}.${signature(options, said)}`;
}

/** The role of a cookie that is genuine and not over, or null. A changed password ends every session. */
export function roleOfCookie(options: AccessOptions, cookie: string | undefined, nowMs: number): Role | null {
  const [role = '', end = '', signed = ''] = (cookie ?? '').split('.');
  if (role !== 'look' && role !== 'operate') return null;
  if (!isSame(signed, signature(options, `${role}.${end}`))) return null;
  return Number(end) > nowMs ? role : null;
}

export const SESSION_SECONDS = SESSION_MS / 1000;

/**
 * Whether a request without a login was meant for this computer, by its header `Host`. A web page in a browser here can
 * send requests to names of its own that lead to 127.0.0.1 (DNS rebinding).
 */
export function isMeantForHere(host: string | undefined): boolean {
  const name = /^(\[[^\]]*\]|[^:]*)(:\d+)?$/.exec(host ?? '')?.[1] ?? '';
  return isLoopback(name.replace(/^\[|\]$/g, ''));
}

/** Counts wrong passwords, so that guessing is slow. */
export interface LoginGuard {
  readonly mayTry: (address: string) => boolean;
  readonly failed: (address: string) => void;
}

/** Bounded in memory, however many addresses try. */
export function loginGuard(clock: Clock): LoginGuard {
  const tries = new Map<string, { left: number; atMs: number }>();
  const refilled = (key: string, most: number) => {
    const nowMs = clock.monotonic();
    const { left, atMs } = tries.get(key) ?? { left: most, atMs: nowMs };
    return { left: Math.min(most, left + ((nowMs - atMs) / 60_000) * TRIES.perMinute), atMs: nowMs };
  };
  const mostOf = (key: string) => (key === '' ? TRIES.all : TRIES.perAddress);
  return {
    mayTry: address => ['', address].every(key => refilled(key, mostOf(key)).left >= 1),
    failed: address => {
      for (const key of ['', address]) {
        const bucket = refilled(key, mostOf(key));
        tries.delete(key);
        tries.set(key, { ...bucket, left: bucket.left - 1 });
      }
      const [oldest] = [...tries.keys()].filter(key => key !== '');
      if (tries.size > MAX_ADDRESSES && oldest !== undefined) tries.delete(oldest);
    },
  };
}

function signature(options: AccessOptions, text: string): string {
  const { cookieKey, lookPassword, operatePassword } = options;
  const key = createHash('sha256').update(JSON.stringify([cookieKey, lookPassword, operatePassword]));
  return createHmac('sha256', key.digest()).update(text).digest('base64url');
}

/** Whether a request bears the token, by its header `Authorization` (RFC 6750). */
export function bearsToken(token: string | undefined, authorization = ''): boolean {
  return isSame(/^bearer +(.*)$/is.exec(authorization)?.[1] ?? '', token);
}

/** Takes the same time wherever they differ: digests have one length. */
function isSame(given: string, expected: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected ?? '')) && expected !== undefined && expected !== '';
}
