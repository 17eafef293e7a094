/** Basic (RFC 7617) and digest (RFC 7616) authentication, as far as cameras use them. */
import { createHash } from 'node:crypto';

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface DigestRequest {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly uri: string;
  /** How many requests used this nonce, this one included. */
  readonly count: number;
  /** The client's own nonce: random. */
  readonly cnonce: string;
}

// A word alone is a scheme, a word with a value its parameter (RFC 9110, 11.6.1).
const WORD = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;

const HASHES: Readonly<Record<string, string>> = { 'sha-256': 'sha256', md5: 'md5' };

/** The challenges of a `WWW-Authenticate` header, several of them joined by commas or given apart. */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
  const challenges: { scheme: string; params: Record<string, string> }[] = [];
  for (const [, word = '', quoted, plain] of [header ?? []].flat().join(', ').matchAll(WORD)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: word.toLowerCase(), params: {} });
    else Object.assign(challenges.at(-1)?.params ?? {}, { [word.toLowerCase()]: value });
  }
  return challenges;
}

/** The strongest challenge that can be answered: digest with SHA-256, digest with MD5, basic. */
export function strongest(challenges: readonly Challenge[]): Challenge | undefined {
  for (const hash of Object.keys(HASHES)) {
    const digest = challenges.find(challenge => challenge.scheme === 'digest' && usable(challenge, hash));
    if (digest !== undefined) return digest;
  }
  return challenges.find(challenge => challenge.scheme === 'basic');
}

export function basicAuthorization({ username, password }: Login): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** @param challenge one that {@link strongest} chose. */
export function digestAuthorization(challenge: Challenge, login: Login, request: DigestRequest): string {
  const { realm = '', nonce = '', algorithm = 'MD5', qop, opaque } = challenge.params;
  const { method, uri, cnonce } = request;
  const name = HASHES[baseOf(algorithm)] ?? 'md5';
  const hash = (...parts: string[]) => createHash(name).update(parts.join(':')).digest('hex');
  const user = hash(login.username, realm, login.password);
  const a1 = isSession(algorithm) ? hash(user, nonce, cnonce) : user;
  const a2 = hash(method, uri);
  const nc = request.count.toString(16).padStart(8, '0');
  // Without qop it is the older scheme of RFC 2069.
  const response = qop === undefined ? hash(a1, nonce, a2) : hash(a1, nonce, nc, cnonce, 'auth', a2);
  const fields = [
    `username=${quote(login.username)}, realm=${quote(realm)}, uri=${quote(uri)}, algorithm=${algorithm}`,
    `nonce=${quote(nonce)}, response="${response}"`,
    ...(qop === undefined ? [] : [`nc=${nc}, qop=auth`]),
    ...(qop === undefined && !isSession(algorithm) ? [] : [`cnonce=${quote(cnonce)}`]),
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ];
  return `Digest ${fields.join(', ')}`;
}

function usable({ params }: Challenge, hash: string): boolean {
  const offered = params.qop?.toLowerCase().split(/[\s,]+/);
  return baseOf(params.algorithm ?? 'MD5') === hash && (offered === undefined || offered.includes('auth'));
}

function baseOf(algorithm: string): string {
  return algorithm.toLowerCase().replace(/-sess$/, '');
}

function isSession(algorithm: string): boolean {
  return /-sess$/i.test(algorithm);
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
