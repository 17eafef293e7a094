/** Passwords of the embedded broker's users: scrypt (RFC 7914), written as a PHC string. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** One of the settings that OWASP's password storage cheat sheet gives for scrypt: the one with the least memory, 16 MiB. */
const LN = 14;
const R = 8;
const P = 5;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** What a hash in a users file may ask for: 128 MiB, and 16 times the work of our own. */
const MAX_MEMORY = 134_217_728;
const MAX_WORK = 16 * 2 ** LN * R * P;

interface Parsed {
  readonly ln: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** `$scrypt$ln=14,r=8,p=5$SALT$HASH`; the salt is random. Takes some 100 ms on a thread of its own. */
export async function hashPassword(password: Uint8Array): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, { ln: LN, r: R, p: P, salt, hash: Buffer.alloc(HASH_BYTES) });
  return `$scrypt$ln=${LN},r=${R},p=${P}$${base64(salt)}$${base64(hash)}`;
}

/** Whether a password is the one of a hash; takes the same time wherever they differ. */
export async function passwordMatches(password: Uint8Array, phc: string): Promise<boolean> {
  const parsed = parseHash(phc);
  return parsed !== undefined && timingSafeEqual(await derive(password, parsed), parsed.hash);
}

/** Whether a text is a hash that {@link passwordMatches} can check within bounds. */
export function isPasswordHash(phc: string): boolean {
  return parseHash(phc) !== undefined;
}

const PHC =
  /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

function parseHash(phc: string): Parsed | undefined {
  const [, ln, r, p, salt = '', hash = ''] = PHC.exec(phc) ?? [];
  const parsed = {
    ln: Number(ln),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
  const block = 2 ** parsed.ln * parsed.r;
  const isBounded = parsed.ln > 0 && block > 0 && 128 * block <= MAX_MEMORY && block * parsed.p <= MAX_WORK;
  return isBounded && parsed.p > 0 ? parsed : undefined;
}

function derive(password: Uint8Array, { ln, r, p, salt, hash }: Parsed): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 2 * MAX_MEMORY };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hash.length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** As the PHC string format has it: without padding. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}
