import { expect, it } from 'vitest';
import { hashPassword, isPasswordHash, passwordMatches } from '../../../src/messaging/broker/password.ts';
import { newVerifier } from '../../../src/messaging/broker/verifier.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const bytes = (text: string) => Buffer.from(text);

it('a hash fits its password alone, and no two are alike', async () => {
  const [one, other] = [await hashPassword(bytes('ebb and flow')), await hashPassword(bytes('ebb and flow'))];
  expect(one).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(other);
  expect(await passwordMatches(bytes('ebb and flow'), one)).toBe(true);
  expect(await passwordMatches(bytes('ebb and flows'), one)).toBe(false);
});

it('computes what RFC 7914, section 12, gives', async () => {
  const vector =
    '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw';
  expect(await passwordMatches(bytes('pleaseletmein'), vector)).toBe(true);
});

it.each([
  '',
  'secret',
  '$argon2id$v=19$m=1,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  `$scrypt$ln=30,r=8,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  `$scrypt$ln=14,r=8,p=999$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  `$scrypt$ln=14,r=0,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
])('%s is no hash that would be computed', async hash => {
  expect(isPasswordHash(hash)).toBe(false);
  expect(await passwordMatches(bytes(''), hash)).toBe(false);
});

/** Counts what is computed; right is the password that stands in the hash. */
function counting() {
  let [computed, atOnce, most] = [0, 0, 0];
  const clock = fakeClock();
  const verifier = newVerifier(clock, async (password, hash) => {
    computed += 1;
    atOnce += 1;
    most = Math.max(most, atOnce);
    await Promise.resolve();
    atOnce -= 1;
    return Buffer.from(password).toString() === hash;
  });
  const verify = (password: string, hash: string | undefined, address = 'a') =>
    verifier.verify('anna', bytes(password), hash, address);
  return { clock, verify, counts: () => ({ computed, most }) };
}

it('a login is computed once, also where 500 come together, and wrong ones are remembered too', async () => {
  const { verify, counts } = counting();
  const all = await Promise.all(Array.from({ length: 500 }, () => verify('right', 'right')));
  expect(new Set(all)).toEqual(new Set(['right']));
  for (let i = 0; i < 5; i++) expect(await verify('wrong', 'right')).toBe('wrong');
  expect(counts()).toEqual({ computed: 2, most: 1 });
  expect(await verify('right', 'changed')).toBe('wrong');
});

it('computes one at a time, as long for nobody as for somebody, and refuses what would wait too long', async () => {
  const { verify, counts } = counting();
  const many = Array.from({ length: 100 }, (_, i) => verify(`w${i}`, undefined, `address-${i}`));
  const verdicts = await Promise.all(many);
  expect(verdicts.filter(verdict => verdict === 'wrong')).toHaveLength(64);
  expect(verdicts.filter(verdict => verdict === 'busy')).toHaveLength(36);
  expect(counts()).toEqual({ computed: 64, most: 1 });
});

it('holds up an address after ten wrong logins, but not what was right before, nor others', async () => {
  const { clock, verify } = counting();
  expect(await verify('right', 'right')).toBe('right');
  for (let i = 0; i < 10; i++) expect(await verify(`w${i}`, 'right')).toBe('wrong');
  expect(await verify('w10', 'right')).toBe('busy');
  expect(await verify('right', 'right')).toBe('right');
  expect(await verify('w10', 'right', 'b')).toBe('wrong');
  await clock.advance(10_000);
  expect(await verify('w11', 'right')).toBe('wrong');
  expect(await verify('w12', 'right')).toBe('busy');
});
