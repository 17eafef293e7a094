/** Checks logins without letting them burn the processor: hashes are computed one at a time, and outcomes kept. */
import { createHmac, randomBytes } from 'node:crypto';
import { type Bucket, bucketOf } from '../../base/bucket.ts';
import type { Clock } from '../../base/clock.ts';
import { passwordMatches } from './password.ts';

/** Checks that wait for their turn; more are refused. */
const MAX_WAITING = 64;
const MAX_KEPT = 2_000;
/** What one address may get wrong: some typing errors, then one in ten seconds. */
const WRONG = { burst: 10, perSecond: 0.1 };
const MAX_ADDRESSES = 2_000;
const MAX_PASSWORD_BYTES = 1024;
/** Of nobody's password: what an unknown name is checked against, so that it takes as long as a known one. */
const DECOY = `$scrypt$ln=14,r=8,p=5$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** `busy`: not checked; it may be tried again later. */
export type Verdict = 'right' | 'wrong' | 'busy';

export interface Verifier {
  /**
   * @param hash of the user; undefined where there is no such user
   * @param address of the client: one that was wrong too often is told `busy`, unless it gives what was right before
   */
  verify(name: string, password: Uint8Array, hash: string | undefined, address: string): Promise<Verdict>;
}

/** @param matches computes the hash */
export function newVerifier(clock: Clock, matches = passwordMatches): Verifier {
  const key = randomBytes(32);
  /** By a digest that only this process can compute: no password stays in memory. */
  const known = new Map<string, boolean>();
  const checking = new Map<string, Promise<boolean>>();
  const wrong = new Map<string, Bucket>();
  let turn: Promise<unknown> = Promise.resolve();

  function check(digest: string, password: Uint8Array, hash: string | undefined): Promise<boolean> {
    const outcome = turn.then(async () => {
      const isRight = await matches(password, hash ?? DECOY).catch(() => false);
      return isRight && hash !== undefined;
    });
    turn = outcome;
    checking.set(digest, outcome);
    void outcome.then(isRight => {
      checking.delete(digest);
      keepBounded(known, digest, isRight, MAX_KEPT);
    });
    return outcome;
  }

  function mayTry(address: string): boolean {
    return (wrong.get(address)?.tokens(clock.monotonic()) ?? WRONG.burst) >= 1;
  }

  function note(address: string): void {
    const bucket = wrong.get(address) ?? bucketOf(WRONG, clock.monotonic());
    bucket.take(clock.monotonic());
    keepBounded(wrong, address, bucket, MAX_ADDRESSES);
  }

  return {
    async verify(name, password, hash, address) {
      if (password.length > MAX_PASSWORD_BYTES) return 'wrong';
      const digest = createHmac('sha256', key)
        .update(JSON.stringify([name, hash ?? null]))
        .update('\0')
        .update(password)
        .digest('base64');
      const before = known.get(digest);
      if (before !== undefined) return before ? 'right' : 'wrong';
      const same = checking.get(digest);
      if (same === undefined && (checking.size >= MAX_WAITING || !mayTry(address))) return 'busy';
      const isRight = await (same ?? check(digest, password, hash));
      if (!isRight && same === undefined) note(address);
      return isRight ? 'right' : 'wrong';
    },
  };
}

function keepBounded<V>(map: Map<string, V>, key: string, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
