import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** Who may do what at the embedded broker. */

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Whether a login is the expected one; takes the same time wherever they differ. */
export function loginMatches(expected: Credentials, username: string, password: Uint8Array): boolean {
  const name = sameBytes(Buffer.from(expected.username), Buffer.from(username));
  const secret = sameBytes(Buffer.from(expected.password), password);
  return name && secret;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  // Digests have one length, which timingSafeEqual needs, and do not give away that of the secret.
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether only this computer can reach a listener on `host`. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
